import Foundation
import TestSupport
import Testing
import Wire

/// Backups as a person makes them and takes them back.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct BackupTests {
    /// "Must show" 7.
    @Test func recoveryCodeAloneOpensABackupOnASecondMachine() throws {
        let first = try Desk()
        let made = try first.secret("init", "--machine", "--no-input")
        try #require(made.code == 0)
        let token = try first.provider.mint()
        #expect(try first.add(token).code == 0)
        let file = first.folder + "/vault.backup"
        let backup = try first.secret("backup", file)
        #expect(backup.code == 0 && backup.text.isEmpty)
        #expect(backup.talk.contains("secret: 1 credentials are in \(file), which opens by: machine, recovery\n"))
        #expect(backup.talk.contains("secret: to take them back: secret restore \(file)\n"))
        let facts = try FileManager.default.attributesOfItem(atPath: file)
        #expect(facts[.posixPermissions] as? Int == 0o600)
        #expect(try !Data(contentsOf: URL(filePath: file)).contains(Data(token.value.utf8)))

        let second = try Desk()
        #expect(try second.fault("restore", file, "--no-input").id == "no_input")
        let restored = try second.secret("restore", file, "--recovery-fd", "0", input: made.text)
        #expect(restored.code == 0, "\(restored.talk)")
        #expect(restored.talk.contains("secret: 1 credentials are back as they were at "))
        #expect(restored.talk.contains("add a way: secret slot add machine\n"))
        #expect(try second.value() == token.value)
        #expect(try second.secret("slot", "add", "machine").code == 0)
        #expect(try second.secret("daemon", "stop").code == 0)
        #expect(try second.value() == token.value)
        #expect(try second.secret("verify").code == 0)
        #expect(try TokenTraces([token.value]).found(below: second.home) == [:])
    }

    @Test func aVaultThatIsHereIsReplacedOnlyWhenAskedFor() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let file = desk.folder + "/vault.backup"
        #expect(try desk.secret("backup", file).code == 0)
        let exists = try desk.fault("backup", file)
        #expect(exists.code == .inputOutput && exists.hint == "secret backup \(file).new")
        let other = try desk.provider.mint()
        #expect(try desk.add(other, name: "kind/later").code == 0)

        let refused = try desk.fault("restore", file, "--machine")
        #expect(refused.id == "vault_exists" && refused.hint == "secret restore \(file) --replace")
        let asked = try desk.fault("restore", file, "--machine", "--replace", "--no-input")
        #expect(asked.code == .usage && asked.hint == "secret restore \(file) --replace --yes")
        #expect(try desk.value("kind/later") == other.value)
        let restored = try desk.secret("restore", file, "--machine", "--replace", "--yes")
        #expect(restored.code == 0, "\(restored.talk)")
        #expect(try desk.secret("read", "kind/later").code == 66)
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.value() == token.value, "no false alarm about a roll-back")
        #expect(try desk.secret("audit").text.contains("restored"))
    }

    @Test func aFileThatCannotBeOpenedChangesNothing() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let file = desk.folder + "/vault.backup"
        #expect(try desk.secret("backup", file, "--passphrase-fd", "0", input: "of the file\n").code == 0)
        let wrong = try desk.fault(
            "restore", file, "--replace", "--yes", "--passphrase-fd", "0", input: "of another\n")
        #expect(wrong.code == .notPermitted && wrong.id == "wrong_secret")
        let bytes = try Data(contentsOf: URL(filePath: file))
        var changed = bytes
        changed[bytes.count / 2] ^= 4
        for (name, content) in [("cut", bytes.dropLast(1)), ("short", bytes.prefix(40)), ("changed", changed)] {
            let path = desk.folder + "/" + name
            try content.write(to: URL(filePath: path))
            let fault = try desk.fault("restore", path, "--replace", "--yes", "--machine")
            #expect(fault.code == .damaged && fault.id == "file_damaged", "\(name): \(fault)")
        }
        #expect(try desk.fault("restore", desk.folder, "--machine", "--replace", "--yes").id == "no_file")
        #expect(try desk.fault("restore", desk.folder + "/none", "--machine").id == "input")
        #expect(try desk.value() == token.value)
        #expect(try desk.secret("verify").code == 0)
    }

    /// The daemon cannot start over such a file: what it says leads back to the tokens.
    @Test func aVaultThatSQLiteRefusesIsReplacedAsTheHintSays() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let file = desk.folder + "/vault.backup"
        #expect(try desk.secret("backup", file).code == 0)
        #expect(try desk.secret("daemon", "stop").code == 0)
        try FileHandle(forUpdating: URL(filePath: desk.places.database)).truncate(atOffset: 5000)
        let fault = try desk.fault("restore", file, "--machine", "--replace", "--yes")
        let data = desk.places.data
        #expect(fault.code == .damaged)
        #expect(fault.hint == "mv \(data) \(data).damaged, then take a backup back: secret restore --help")
        try FileManager.default.moveItem(atPath: data, toPath: data + ".damaged")
        #expect(try desk.secret("restore", file, "--machine").code == 0)
        #expect(try desk.value() == token.value)
        #expect(try desk.secret("verify").code == 0)
    }

    /// Of the right shape, and nobody's.
    private static func token(_ number: Int) -> String {
        let digits = String(number)
        let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
        return "sk-ant-oat01-" + digits + String((digits.count..<93).map { letters[($0 * 7 + number) % letters.count] })
            + "AA"
    }

    @Test func aRestoreThatIsKilledLeavesTheVaultAsItWas() throws {
        let away = try Desk()
        let made = try away.secret("init", "--machine", "--no-input")
        try #require(made.code == 0)
        let lines = (0..<400).map { number in
            #"{"name":"many/n\#(number)","value":"\#(Self.token(number))","kind":"anthropic.setup-token","probe":"off"}"#
        }
        let list = away.folder + "/many.jsonl"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: list))
        let imported = try away.secret("import", list, "--yes")
        try #require(imported.code == 0, "\(imported.talk)")
        let file = away.folder + "/vault.backup"
        #expect(try away.secret("backup", file, "--passphrase-fd", "0", input: "of the file\n").code == 0)

        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        var killed = 0
        for wait in stride(from: 500, to: 20_000, by: 400) {
            let daemon = try Client.process(at: desk.places.agentSocket)
            let start = ContinuousClock.now
            var isKilled = false
            let result = try desk.run(
                [
                    BuiltProgram.path("secret"), "restore", file, "--replace", "--yes", "--passphrase-fd", "0",
                ], input: "of the file\n"
            ) { _ in
                guard !isKilled, start.duration(to: .now) > .milliseconds(wait) else { return }
                isKilled = true
                try? ForeignProcess.kill(daemon)
            }
            // Killed behind the commit, before the answer: the vault is the backup's, whole, and locked on this machine.
            let reading = try desk.secret("read", "many/n1").code
            let isThere = result.code == 0 || reading == 75
            if isThere { #expect(try desk.secret("unlock", "--recovery-fd", "0", input: made.text).code == 0) }
            #expect(try desk.secret("verify").code == 0)
            if isThere { break }
            #expect(result.code == 69, "\(result.talk)")
            killed += 1
            #expect(try desk.value() == token.value)
        }
        #expect(try desk.report().summary?.values.reduce(0, +) == 400)
        print("restore: killed \(killed) times, the vault as it was")
        #expect(killed > 0)
    }
}
