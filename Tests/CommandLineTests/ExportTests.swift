import Foundation
import TestSupport
import Testing
import Wire

/// Tokens on their way from one person's vault into another's.
@Suite(.ownThreads, .timeLimit(.minutes(20))) struct ExportTests {
    private static let passphrase = "of the file\n"

    @Test func tokensGoIntoAnotherVaultAndNowhereElse() throws {
        let first = try Desk()
        let token = try first.makeVaultWithToken()
        let other = try first.provider.mint()
        #expect(try first.add(other, name: "kind/other").code == 0)
        let file = first.folder + "/tokens.export"
        let made = try first.secret("export", file, "--passphrase-fd", "0", input: Self.passphrase)
        #expect(made.code == 0 && made.text.isEmpty)
        #expect(made.talk.contains("secret: 2 credentials are in \(file), which opens by its passphrase alone\n"))
        let facts = try FileManager.default.attributesOfItem(atPath: file)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        #expect(try first.secret("history", Desk.name).text.contains("exported"))

        let second = try Desk()
        try second.makeVault()
        let refused = try second.fault("import", file, "--passphrase-fd", "0", "--yes", input: "another\n")
        #expect(refused.code == .notPermitted && refused.id == "wrong_secret")
        #expect(try second.fault("import", file, "--no-input").id == "no_input")
        let tried = try second.secret("import", file, "--passphrase-fd", "0", "--dry-run", input: Self.passphrase)
        #expect(tried.code == 0 && tried.talk.contains("secret: would import 2 credentials"), "\(tried.talk)")
        #expect(try second.report().credentials.isEmpty)
        let taken = try second.secret("import", file, "--passphrase-fd", "0", "--yes", input: Self.passphrase)
        #expect(taken.code == 0, "\(taken.talk)")
        #expect(taken.talk.contains("secret: imported 2 credentials") && !taken.talk.contains("in clear"))
        #expect(try second.value() == token.value)
        #expect(try second.value("kind/other") == other.value)
        let again = try second.fault("import", file, "--passphrase-fd", "0", "--yes", input: Self.passphrase)
        #expect(again.id == "exists" && again.message.contains(Desk.name))
        #expect(
            try second.secret("import", file, "--passphrase-fd", "0", "--skip-existing", input: Self.passphrase).code
                == 0)
        #expect(try second.report().credentials.count == 2)
        let traces = TokenTraces([token.value, other.value])
        for desk in [first, second] {
            #expect(try traces.found(below: desk.folder) == [:])
            #expect(traces.found(in: desk.heard).isEmpty)
        }
    }

    @Test func thePassphraseIsTypedTwiceAndOnceToOpen() throws {
        let first = try Desk()
        let token = try first.makeVaultWithToken()
        let file = first.folder + "/tokens.export"
        let differing = try TerminalSession(first, "export", file)
        try differing.answer("new passphrase: ", "correct horse")
        try differing.answer("the same again: ", "correct house")
        #expect(try differing.end() == 64)
        #expect(!FileManager.default.fileExists(atPath: file))
        let made = try TerminalSession(first, "export", file)
        try made.answer("new passphrase: ", "correct horse")
        try made.answer("the same again: ", "correct horse")
        #expect(try made.end() == 0)

        let second = try Desk()
        try second.makeVault()
        let taken = try TerminalSession(second, "import", file, "--yes")
        try taken.answer("passphrase of the file: ", "correct horse")
        #expect(try taken.end() == 0)
        #expect(try second.value() == token.value)
        for session in [differing, made, taken] {
            #expect(!session.text.contains("horse"))
            #expect(try session.isRestored)
        }
    }

    @Test func eachKindOfFileHasItsOwnWayBack() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let (backup, export) = (desk.folder + "/vault.backup", desk.folder + "/tokens.export")
        #expect(try desk.secret("backup", backup).code == 0)
        #expect(try desk.secret("export", export, Desk.name, "--passphrase-fd", "0", input: "x\n").code == 0)
        #expect(try desk.fault("import", backup).hint == "secret restore \(backup)")
        #expect(try desk.fault("restore", export, "--replace", "--yes").hint == "secret import \(export)")
        #expect(
            try desk.fault("export", export, "--passphrase-fd", "0", input: "x\n").hint == "secret export \(export).new"
        )
        #expect(try desk.secret("verify").code == 0)
    }

    /// Whatever is left behind opens to nobody, or is whole.
    @Test func aKillLeavesNoHalfExport() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        var killed = 0
        for (number, wait) in stride(from: 100, to: 2_000, by: 150).enumerated() {
            let daemon = try Client.process(at: desk.places.agentSocket)
            let start = ContinuousClock.now
            let file = desk.folder + "/export\(number)"
            let result = try desk.run(
                [BuiltProgram.path("secret"), "export", file, "--passphrase-fd", "0"], input: Self.passphrase
            ) { _ in
                if start.duration(to: .now) > .milliseconds(wait) { _ = kill(daemon, SIGKILL) }
            }
            if result.code != 0 { killed += 1 }
            #expect(FileManager.default.fileExists(atPath: file) == (result.code == 0))
            #expect(try desk.value() == token.value)
        }
        print("export: killed \(killed) times, no file left")
        #expect(killed > 0)
    }
}
