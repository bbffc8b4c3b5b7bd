import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// `secret helper openclaw` as OpenClaw meets it.
@Suite(.ownThreads, .timeLimit(.minutes(20))) struct OpenClawHelperTests {
    private func resolver(_ desk: Desk) throws -> OpenClawResolver {
        OpenClawResolver(
            command: try BuiltProgram.path("secret"),
            environment: ["TOKENWARD_HOME": desk.home, "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus"])
    }

    @Test func aReferenceBecomesItsValue() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let resolution = try resolver(desk).resolve([Desk.name])
        #expect(resolution.values == [Desk.name: token.value] && resolution.refusals.isEmpty)
        let consumer = try #require(try desk.credential().consumers.first)
        #expect(consumer.use == "openclaw" && consumer.count == 1)
    }

    @Test func oneBadReferenceCostsNoOther() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let bad = ["anthropic/none", "Anthropic/Main", "anthropic:main", "a", "a/b/c/d"]
        let resolution = try resolver(desk).resolve(bad + [Desk.name])
        #expect(resolution.values == [Desk.name: token.value])
        #expect(bad.allSatisfy { resolution.codes[$0] == "NOT_FOUND" })
        #expect(
            resolution.refusals["anthropic/none"]?.text
                == "Exec provider \"vault\" failed for id \"anthropic/none\" (no credential of that name is stored; see: secret list)."
        )
    }

    @Test func fiveHundredAndTwelveInOneCall() throws {
        let desk = try Desk()
        try desk.makeVault()
        var lines: [String] = []
        var wanted: [String: String] = [:]
        for number in 0..<512 {
            let value = "value \(number) \"quoted\\\" \u{7} ⌘"
            wanted["batch/n\(number)"] = value
            let object = ["name": "batch/n\(number)", "kind": "generic.secret", "value": value]
            lines.append(String(decoding: try JSONSerialization.data(withJSONObject: object), as: UTF8.self))
        }
        let file = desk.folder + "/many.jsonl"
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(filePath: file))
        #expect(try desk.secret("import", file, "--yes").code == 0)
        let resolution = try resolver(desk).resolve(wanted.keys.sorted())
        #expect(resolution.values == wanted && resolution.refusals.isEmpty)
        print("OpenClaw: 512 ids in \(resolution.duration.milliseconds) ms, \(resolution.output.count) bytes")
    }

    /// OpenClaw then meets a 401 of one provider; an error could stop the whole gateway.
    @Test func aTokenThatIsDeadIsHandedOver() throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        let token = try desk.makeVaultWithToken()
        try desk.provider.set(token, to: "revoked")
        _ = try desk.watch { $0.state == .revoked }
        #expect(try resolver(desk).resolve([Desk.name]).values == [Desk.name: token.value])
    }

    @Test func aLockedVaultSaysSoForEach() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        #expect(try desk.secret("lock").code == 0)
        let resolution = try resolver(desk).resolve([Desk.name, "anthropic/none", "Not/AName"])
        #expect(resolution.values.isEmpty)
        #expect(resolution.codes == [Desk.name: "LOCKED", "anthropic/none": "LOCKED", "Not/AName": "NOT_FOUND"])
        #expect(resolution.duration < .seconds(2))
    }

    @Test func daemonsThatDoNotRunAreStarted() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        #expect(try desk.secret("daemon", "stop").code == 0)
        let resolution = try resolver(desk).resolve([Desk.name])
        #expect(resolution.values == [Desk.name: token.value])
        #expect(resolution.duration < .seconds(5))
    }

    /// Nothing of PATH, HOME, TOKENWARD_HOME: the home comes from the password database. Seen from a mount namespace whose home of this
    /// user is a folder of the test.
    @Test func theEnvironmentMayBeEmpty() throws {
        let desk = try Desk()
        let home = try #require(NSHomeDirectoryForUser(NSUserName()))
        let own = desk.folder + "/own"
        try FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: false)
        let script =
            "mount --bind \(own) \(home) && { [ ! -d /run/user ] || mount -t tmpfs none /run/user; } && exec \"$@\""
        let wrapper = ["/usr/bin/unshare", "-m", "/bin/sh", "-c", script, "sh"]
        let secret = try BuiltProgram.path("secret")
        func run(_ words: String...) throws -> ProgramResult {
            try ProgramResult.of(
                wrapper[0], wrapper.dropFirst() + ["/usr/bin/env", "-i", secret] + words, environment: [:],
                input: Array("just a value".utf8), within: .seconds(30))
        }
        defer { _ = try? run("daemon", "stop") }
        #expect(try run("init", "--machine", "--no-input").code == 0)
        #expect(try run("add", "any/one", "--stdin", "--kind", "generic.secret").code == 0)
        let resolver = OpenClawResolver(command: secret, wrapper: wrapper)
        #expect(try resolver.resolve(["any/one"]).values == ["any/one": "just a value"])
        #expect(FileManager.default.fileExists(atPath: own + "/.local/share/tokenward/vault.db"))
    }

    @Test(arguments: [
        "", " ", "[]", "{}", "null", "{\"protocolVersion\":2,\"provider\":\"vault\",\"ids\":[\"a\"]}",
        "{\"protocolVersion\":1,\"provider\":\"vault\",\"ids\":\"a\"}", "{\"protocolVersion\":1,\"ids\":[1]}",
        "{\"protocolVersion\":1,\"ids\":[\"a\"]",
    ])
    func whatIsNoRequestGetsNoAnswer(request: String) throws {
        let desk = try Desk()
        _ = try desk.makeVault()
        let resolver = try resolver(desk)
        #expect(throws: OpenClawResolver.Refusal("Exec provider \"vault\" exited with code 64.")) {
            try resolver.resolve(["a"], request: Array(request.utf8))
        }
    }

    @Test func noIdsAreNoValues() throws {
        let desk = try Desk()
        _ = try desk.makeVault()
        let resolution = try resolver(desk).resolve([])
        #expect(
            String(decoding: resolution.output, as: UTF8.self) == "{\"protocolVersion\":1,\"values\":{},\"errors\":{}}")
    }

    /// The harness itself refuses what OpenClaw refuses.
    @Test func theResolverChecksTheCommand() throws {
        let desk = try Desk()
        let (real, link) = (try BuiltProgram.path("secret"), desk.folder + "/link")
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
        let open = desk.folder + "/open"
        try FileManager.default.copyItem(atPath: "/bin/true", toPath: open)
        try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: open)
        for (command, part) in [
            ("secret", "absolute"), (desk.folder + "/none", "not readable"), (desk.folder, "must be a file"),
            (link, "symlink"),
            (open, "too open"),
        ] {
            let refusal = #expect(throws: OpenClawResolver.Refusal.self) {
                try OpenClawResolver(command: command).resolve(["a"])
            }
            #expect(refusal?.text.contains(part) == true, "\(refusal?.text ?? "")")
        }
        for id in ["a/../b", "-a", "a#b", "", String(repeating: "a", count: 257)] {
            #expect(throws: OpenClawResolver.Refusal.self) { try OpenClawResolver(command: real).resolve([id]) }
        }
    }
}
