import Foundation
import TestSupport
import Testing

/// Python's `anthropic` client under `secret run`, against the simulator; README's second command installs it into `.build/python`.
@Suite(.ownThreads, .timeLimit(.minutes(10))) struct AnthropicClientTests {
    private static let script = """
        import anthropic
        client = anthropic.Anthropic(max_retries=0)
        try:
            print("models:", len(client.models.list(limit=1).data))
        except anthropic.APIStatusError as error:
            print("status:", error.status_code)
        print("key:", client.api_key)
        """

    private func ask(_ desk: Desk, _ name: String) throws -> ProgramResult {
        // Beside the programs: .build/x86_64-unknown-linux-gnu/debug/secret.
        let folder = URL(filePath: try BuiltProgram.path("secret")).deletingLastPathComponent()
        let python = folder.deletingLastPathComponent().deletingLastPathComponent().path + "/python/bin/python"
        try #require(FileManager.default.isExecutableFile(atPath: python), "README's second command makes \(python)")
        desk.environment["ANTHROPIC_BASE_URL"] = try desk.provider.baseURL
        defer { desk.environment["ANTHROPIC_BASE_URL"] = nil }
        let secret = try BuiltProgram.path("secret")
        return try desk.run(
            [secret, "run", "--env", "ANTHROPIC_API_KEY=\(name)", "--", python, "-c", Self.script])
    }

    @Test func itsKeyIsTheVaultsAndIsNotShown() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint("anthropic.api-key")
        try #require(desk.add(token, "--probe", "off").code == 0)
        let accepted = try ask(desk, Desk.name)
        #expect(accepted.code == 0, "\(accepted.talk)")
        #expect(
            accepted.text == "models: 1\nkey: [anthropic/main]\n"
                || accepted.text == "models: 1\nkey: sk-ant-api03-[anthropic/main]\n", "\(accepted.text)")
        #expect(TokenTraces([token.value]).found(in: accepted.output + Array(accepted.talk.utf8)).isEmpty)
        try desk.provider.set(token, to: "revoked")
        #expect(try ask(desk, Desk.name).text.hasPrefix("status: 401\n"))
    }
}
