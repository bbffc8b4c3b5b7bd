import Foundation
import TestSupport
import Testing

/// `secret helper claude`, as Claude Code runs its apiKeyHelper: through a shell, its output taken as the key.
@Suite(.ownThreads, .timeLimit(.minutes(10))) struct ClaudeHelperTests {
    private func ask(_ desk: Desk, _ name: String = Desk.name, baseURL: String?) throws -> ProgramResult {
        desk.environment["ANTHROPIC_BASE_URL"] = baseURL
        defer { desk.environment["ANTHROPIC_BASE_URL"] = nil }
        return try desk.run(["/bin/sh", "-c", "\"$SECRET\" helper claude \(name)"])
    }

    @Test func itsOwnHostGetsTheKeyAndNoOther() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let own = try ask(desk, baseURL: desk.provider.baseURL)
        #expect(own.code == 0 && own.text == token.value && own.talk.isEmpty)
        for other in [
            nil, "", "https://api.anthropic.com", "http://127.0.0.1:1", "http://evil.example.com", "nonsense",
        ] {
            let told = try ask(desk, baseURL: other)
            #expect(told.code == 77 && told.output.isEmpty, "\(other ?? "none")")
            #expect(TokenTraces([token.value]).found(in: Array(told.talk.utf8)).isEmpty)
        }
    }

    @Test func withoutABaseURLTheKindDecides() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let added = try desk.run(
            [BuiltProgram.path("secret"), "add", Desk.name, "--stdin", "--probe", "off"], input: token.value)
        try #require(added.code == 0)
        #expect(try ask(desk, baseURL: nil).text == token.value)
        #expect(try ask(desk, baseURL: "https://API.anthropic.com/").text == token.value)
        #expect(try ask(desk, baseURL: "https://gateway.example.com").code == 77)
    }

    @Test func whatFailsPrintsNoKey() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let unknown = try ask(desk, "no/such", baseURL: desk.provider.baseURL)
        #expect(unknown.code == 66 && unknown.output.isEmpty)
        #expect(try desk.secret("lock").code == 0)
        let locked = try ask(desk, baseURL: desk.provider.baseURL)
        #expect(locked.code == 75 && locked.output.isEmpty)
    }
}
