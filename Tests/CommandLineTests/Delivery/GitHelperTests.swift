import Foundation
import TestSupport
import Testing
import Wire

/// The real git, cloning over HTTP with Basic authentication, through `secret helper git`.
@Suite(.ownThreads, .timeLimit(.minutes(20))) struct GitHelperTests {
    private static let token = "gitserver-2b7e151628aed2a6abf7158809cf4f3c762e7160f38b4da56a784d9045190cfe"

    private struct Clone {
        let result: ProgramResult
        let folder: String
    }

    /// - Parameter typed: what a person answers when git asks for a password; nil when nobody is there.
    private func clone(
        _ desk: Desk, _ server: GitServer, host: String? = nil, user: String? = nil, typed: String? = nil
    ) throws -> Clone {
        let folder = desk.folder + "/clone-\(UUID().uuidString.prefix(8))"
        let helper = try BuiltProgram.path("secret") + " helper git"
        let prefix = user.map { $0 + "@" } ?? ""
        var settings = desk.environment.merging(["GIT_CONFIG_NOSYSTEM": "1", "GIT_TERMINAL_PROMPT": "0"]) { $1 }
        settings["HOME"] = desk.folder
        if let typed {
            let script = desk.folder + "/askpass"
            let text = "#!/bin/sh\ncase \"$1\" in User*) echo alice;; *) echo '\(typed)';; esac\n"
            try Data(text.utf8).write(to: URL(filePath: script))
            try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: script)
            settings["GIT_ASKPASS"] = script
        }
        let url = "http://\(prefix)\(host ?? server.authority)/repo.git"
        let result = try ProgramResult.of(
            "/usr/bin/git", ["-c", "credential.helper=", "-c", "credential.helper=\(helper)", "clone", url, folder],
            environment: settings, within: .seconds(60))
        return Clone(result: result, folder: folder)
    }

    private func scene() throws -> (Desk, GitServer) {
        let desk = try Desk()
        try desk.makeVault()
        return (desk, try GitServer(folder: desk.folder, user: "alice", password: Self.token))
    }

    private func add(_ desk: Desk, _ server: GitServer, _ value: String = token) throws {
        let result = try desk.secret(
            "add", "git/local", "--stdin", "--kind", "generic.secret", "--host", server.authority, "--account", "alice",
            input: value)
        try #require(result.code == 0, "\(result.talk)")
    }

    @Test func aCloneTakesTheTokenFromTheVault() throws {
        let (desk, server) = try scene()
        try add(desk, server)
        let clone = try clone(desk, server)
        #expect(clone.result.code == 0, "\(clone.result.talk)")
        #expect(FileManager.default.fileExists(atPath: clone.folder + "/.git/HEAD"))
        #expect(try server.requests().contains("200 alice"))
        let consumer = try #require(try desk.credential("git/local").consumers.first { $0.use == "git" })
        #expect(consumer.program.hasSuffix("/git") || consumer.program.hasSuffix("/git-remote-http"), "\(consumer)")
        let traces = TokenTraces([Self.token])
        #expect(try traces.found(below: clone.folder) == [:] && traces.found(below: desk.home) == [:])
        #expect(traces.found(in: Array(clone.result.talk.utf8)).isEmpty)
    }

    @Test func anotherHostDoesNotGetIt() throws {
        let (desk, server) = try scene()
        try add(desk, server)
        let clone = try clone(desk, server, host: "localhost:\(server.port)")
        #expect(clone.result.code != 0)
        #expect(try server.requests().allSatisfy { $0 == "401 " })
    }

    @Test func anotherAccountDoesNotGetIt() throws {
        let (desk, server) = try scene()
        try add(desk, server)
        #expect(try clone(desk, server, user: "bob").result.code != 0)
        #expect(try server.requests().allSatisfy { ["401 ", "401 bob"].contains($0) })
    }

    /// git erases what a server refused; here that keeps the token from git, and a person types the next one.
    @Test func aTokenThatTheServerRefusesIsWithheldAndNotLost() throws {
        let (desk, server) = try scene()
        try add(desk, server)
        try server.accept(user: "alice", password: "the next password")
        #expect(try clone(desk, server).result.code != 0)
        #expect(try desk.value("git/local") == Self.token)
        let asked = try server.requests().count
        #expect(try clone(desk, server).result.code != 0)
        #expect(try server.requests()[asked...].allSatisfy { $0 == "401 " }, "it is not tried again")
        #expect(try clone(desk, server, typed: "the next password").result.code == 0)
        #expect(try clone(desk, server).result.code == 0, "what worked is kept")
        #expect(try desk.value("git/local") == Self.token, "another one is kept under a name of its own")
    }

    @Test func whatAPersonTypesIsKept() throws {
        let (desk, server) = try scene()
        #expect(try clone(desk, server, typed: Self.token).result.code == 0)
        let name = "git-127.0.0.1-\(server.port)/alice"
        #expect(try desk.value(name) == Self.token)
        let credential = try desk.credential(name)
        #expect(credential.hosts == [server.authority] && credential.account == "alice" && credential.version == 1)
        #expect(try clone(desk, server).result.code == 0)
        #expect(try desk.credential(name).version == 1, "what git got from here is not stored anew")
    }

    /// A person's own credential takes the new value and keeps what it is: its other hosts, its account, its kind.
    @Test func whatIsTypedForAStoredOneReplacesItsValueOnly() throws {
        let (desk, server) = try scene()
        let added = try desk.secret(
            "add", "git/both", "--stdin", "--kind", "generic.secret", "--host", server.authority, "--host",
            "git.example.com",
            input: Self.token)
        try #require(added.code == 0)
        let typed = "protocol=http\nhost=\(server.authority)\nusername=alice\npassword=another one\n\n"
        #expect(try desk.secret("helper", "git", "store", input: typed).code == 0)
        let credential = try desk.credential("git/both")
        #expect(credential.hosts == [server.authority, "git.example.com"] && credential.account == nil)
        #expect(try credential.version == 2 && desk.value("git/both") == "another one")
        #expect(try desk.report().credentials.count == 1)
    }

    @Test func aLockedVaultEndsAtOnce() throws {
        let (desk, server) = try scene()
        try add(desk, server)
        #expect(try desk.secret("lock").code == 0)
        let result = try desk.secret("helper", "git", "get", input: "protocol=http\nhost=\(server.authority)\n\n")
        #expect(result.code == 75 && result.output.isEmpty && result.duration < .seconds(2))
    }

    /// The code, and whether that is an answer that names nothing.
    @Test(arguments: [
        ("protocol=https\nhost=\n\n", 77), ("protocol=https\n\n", 77), ("protocol=http\nhost=git.example.com\n\n", 77),
        ("protocol=https\nhost=git.example.com/evil\n\n", 77), ("protocol=https\nhost=a@git.example.com\n\n", 77),
        ("protocol=https\nhost=git.example.com\r\n\n", 64), ("protocol=https\nhost=git.exa\0mple.com\n\n", 64),
        ("protocol=https\nhost=git.example.com\nhost=evil.example.com\n\n", 64), ("nonsense\n\n", 64),
        ("protocol=https\nhost=git.example.com\nusername=a\u{7F}b\n\n", 64),
        ("protocol=https\nhost=evil.example.com\n\n", 0), ("protocol=https\nhost=git.example.com:444\n\n", 0),
        ("protocol=ssh\nhost=git.example.com\n\n", 0), ("protocol=cert\npath=/a\n\n", 0),
    ])
    func whatIsNotForItsHostIsNotGiven(request: String, code: Int32) throws {
        let desk = try Desk()
        try desk.makeVault()
        let added = try desk.secret(
            "add", "git/bound", "--stdin", "--kind", "generic.secret", "--host", "git.example.com", input: Self.token)
        try #require(added.code == 0)
        let own = try desk.secret("helper", "git", "get", input: "protocol=https\nhost=git.example.com\n\n")
        #expect(own.code == 0 && own.text == "username=x-access-token\npassword=\(Self.token)\n")
        let told = try desk.secret("helper", "git", "get", input: request)
        #expect(told.code == code && told.output.isEmpty, "\(told.code) \(told.text)")
        #expect(TokenTraces([Self.token]).found(in: Array(told.talk.utf8)).isEmpty)
    }

    @Test func aValueThatALineCannotCarryIsRefused() throws {
        let desk = try Desk()
        try desk.makeVault()
        for (number, value) in ["two\nlines", "a\0b", "a\rb"].enumerated() {
            let host = "git\(number).example.com"
            let added = try desk.secret(
                "add", "git/n\(number)", "--stdin", "--kind", "generic.secret", "--host", host, input: value)
            try #require(added.code == 0)
            let told = try desk.secret("helper", "git", "get", input: "protocol=https\nhost=\(host)\n\n")
            #expect(told.code == 65 && told.output.isEmpty)
        }
    }

    @Test func whatGitDoesNotKnowYetIsLeftAlone() throws {
        let desk = try Desk()
        try desk.makeVault()
        #expect(try desk.secret("helper", "git", "capability", input: "").code == 0)
    }
}
