import Foundation
import Glibc
import Lifecycle
import TestSupport
import Testing
import Wire

/// `secret import` as people and scripts use it.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct ImportTests {
    private static func line(_ name: String, _ token: Provider.Token) -> String {
        "{\"name\":\"\(name)\",\"value\":\"\(token.value)\"}\n"
    }

    @Test func aFileOfLinesIsTakenAndSaidToBeInClear() throws {
        let desk = try Desk()
        try desk.makeVault()
        let tokens = try (0..<3).map { _ in try desk.provider.mint() }
        let path = try desk.file(
            "tokens for me.jsonl", tokens.enumerated().map { Self.line("n/\($0.offset)", $0.element) }.joined())
        let result = try desk.importing(path, "--yes")
        #expect(result.code == 0 && result.text.isEmpty)
        #expect(result.talk.contains("secret: imported 3 credentials: 3 anthropic.setup-token\n"))
        #expect(
            result.talk.contains(
                "secret: '\(path)' still holds these 3 values in clear, and so may backups and copies of it\n"))
        #expect(result.talk.contains("secret: nothing else is in it; remove it with: shred -u '\(path)'\n"))
        for (number, token) in tokens.enumerated() { #expect(try desk.value("n/\(number)") == token.value) }
        try desk.paste(commandAfter: "remove it with: ", from: result)
        #expect(!FileManager.default.fileExists(atPath: path))
    }

    @Test func theTimerAsksWhatWasImported() throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        try desk.makeVault()
        let path = try desk.file("a.jsonl", Self.line(Desk.name, try desk.provider.mint()))
        #expect(try desk.importing(path, "--yes").code == 0)
        #expect(try desk.watch { $0.state == .healthy }.state == .healthy)
    }

    @Test func variablesAreTakenOutByTheirLines() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let path = try desk.file(
            ".env", "# mine\nDEBUG=1\nexport CLAUDE_CODE_OAUTH_TOKEN=\"\(token.value)\"\nOPENAI_API_KEY=\n", mode: 0o644
        )
        let result = try desk.importing(path, "--yes")
        #expect(result.code == 0)
        #expect(result.talk.contains("secret: left 1 alone: no kind of token fits the value (line 2)\n"))
        #expect(result.talk.contains("secret: left 1 alone: the value is empty (line 4)\n"))
        #expect(result.talk.contains("secret: others can read it until: chmod 600 \(path)\n"))
        #expect(
            result.talk.contains(
                "secret: there is more in it, so it is not to be deleted; remove line 3 in an editor\n"))
        #expect(!result.talk.contains("shred"))
        try desk.paste(commandAfter: "until: ", from: result)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try desk.value("anthropic/claude-code-oauth-token") == token.value)
    }

    struct Sheet: Decodable {
        struct Clear: Decodable {
            let values: Int
            let command: String?
        }
        let schema: Int
        let form: String
        let imported: Int
        let left: [String: Int]
        let file: String?
        let clear: Clear
    }

    private func sheet(_ result: ProgramResult) throws -> Sheet {
        try #require(result.code == 0, "\(result.talk)")
        return try JSONDecoder().decode(Sheet.self, from: Data(result.output))
    }

    @Test func filesOfTheHostsAreReadAndLeftToThem() throws {
        let desk = try Desk()
        try desk.makeVault()
        let (one, two) = (try desk.provider.mint(), try desk.provider.mint())
        let profiles =
            "{\"version\":1,\"profiles\":{\"anthropic:main\":{\"type\":\"token\",\"provider\":\"anthropic\",\"token\":\"\(one.value)\"}}}"
        let openClaw = try sheet(desk.importing(try desk.file("auth-profiles.json", profiles), "--yes", "--json"))
        #expect(
            openClaw.form == "openclaw_profiles" && openClaw.imported == 1
                && openClaw.clear.command == "openclaw secrets configure")
        let login =
            "{\"claudeAiOauth\":{\"accessToken\":\"\(two.value)\",\"refreshToken\":\"x\",\"expiresAt\":4000000000000}}"
        let path = try desk.file(".credentials.json", login)
        let careful = try sheet(desk.importing(path, "--yes", "--json"))
        #expect(
            careful.imported == 0 && careful.left == ["short_lived": 1] && careful.clear.values == 0
                && careful.clear.command == nil)
        let all = try sheet(desk.importing(path, "--yes", "--json", "--with-short-lived"))
        #expect(all.imported == 1 && all.clear.command == "claude auth logout" && all.schema == 1 && all.file == path)
        #expect(try desk.value("anthropic/main") == one.value && desk.value("anthropic/claude-login") == two.value)
    }

    @Test func aPipeWorksToo() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let words = [try BuiltProgram.path("secret"), "import", "-", "--yes", "--base-url", try desk.provider.baseURL]
        let result = try desk.run(words, input: Self.line("piped", token))
        #expect(result.code == 0 && result.talk.contains("what was read still holds this value in clear"))
        #expect(try desk.value("piped") == token.value)
        let large = try desk.run(["/bin/sh", "-c", "head -c 600000 /dev/zero | \"$SECRET\" import - --yes"])
        #expect(
            large.code == 65 && large.talk.contains("more than 512 KiB came through the pipe; nothing was imported"))
        let empty = try desk.fault("import", "-", "--yes", input: "")
        #expect(empty.code == .refused && empty.message == "nothing was imported: the file is empty")
    }

    /// A redirected file goes as a descriptor, however large it is.
    @Test func aRedirectedFileMayBeLarge() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let blanks = String(repeating: String(repeating: " ", count: 1023) + "\n", count: 5000)
        let text = Self.line("near", token) + blanks + Self.line("far", token)
        let path = try desk.file("large.jsonl", text)
        let result = try desk.run(["/bin/sh", "-c", "\"$SECRET\" import - --yes --probe off < '\(path)'"])
        #expect(result.code == 0 && result.talk.contains("(line 5002)"), "\(result.talk)")
        #expect(try desk.value("far") == token.value)
    }

    @Test func aRehearsalStoresNothing() throws {
        let desk = try Desk()
        try desk.makeVault()
        let path = try desk.file("a.jsonl", Self.line("a", try desk.provider.mint()))
        let result = try desk.importing(path, "--dry-run")
        #expect(
            result.code == 0 && result.talk.contains("secret: would import 1 credential: 1 anthropic.setup-token\n"))
        #expect(try desk.report().credentials.isEmpty)
    }

    @Test func whatCannotBeImportedIsNamed() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let folder = try desk.fault("import", desk.folder, "--yes")
        #expect(folder.code == .inputOutput && folder.id == "no_file")
        let pipe = desk.folder + "/pipe"
        #expect(unsafe mkfifo(pipe, 0o600) == 0)
        #expect(try desk.fault("import", pipe, "--yes").id == "no_file")
        #expect(try desk.fault("import", desk.folder + "/none", "--yes").id == "input")
        #expect(try desk.fault("import", "/dev/null", "--yes").id == "no_file")
        let path = try desk.file(
            "a.jsonl", Self.line("a", token) + "{\"name\":\"b\",\"value\":\"\(token.value.dropLast(9))\"}\n")
        let cut = try desk.fault("import", path, "--yes")
        #expect(cut.code == .refused && cut.message.hasPrefix("nothing was imported: line 2: 99 of 108 characters"))
        #expect(try desk.fault("import", path, "--yes", "--probe", "sometimes").id == "probe_choice")
        #expect(try desk.fault("import", path, "--yes", "--kind", "x.y").id == "unknown_kind")
        #expect(try desk.fault("import", path, "--yes", "--prefix", "A").id == "bad_name")
        #expect(try desk.report().credentials.isEmpty)
        let good = try desk.file("b.jsonl", Self.line("a", token))
        let open = try desk.fault("import", good, "--no-input")
        #expect(
            open.code == .usage && open.id == "needs_answer"
                && open.hint?.contains("`secret import \(good) --yes`") == true)
        #expect(try desk.importing(good, "--yes").code == 0)
        #expect(try desk.fault("import", good, "--yes").id == "exists")
        let again = try desk.importing(good, "--yes", "--skip-existing")
        #expect(
            again.code == 0 && again.talk.contains("left 1 alone: a credential is called like that already (line 1)"))
    }

    @Test func aPersonIsAskedOnceForAllKinds() throws {
        let desk = try Desk()
        try desk.makeVault()
        let tokens = try (0..<2).map { _ in try desk.provider.mint() }
        let path = try desk.file("a.jsonl", tokens.enumerated().map { Self.line("n\($0.offset)", $0.element) }.joined())
        let declined = try TerminalSession(desk, "import", path, "--base-url", desk.provider.baseURL)
        try declined.wait(for: "Agree?")
        #expect(try declined.text.contains("anthropic.setup-token at \(desk.provider.baseURL)"))
        try declined.type("n\r")
        #expect(try declined.end() == 77 && declined.text.contains("declined; nothing was stored"))
        #expect(try desk.report().credentials.isEmpty)
        let agreed = try TerminalSession(desk, "import", path, "--base-url", desk.provider.baseURL)
        try agreed.wait(for: "Agree?")
        try agreed.type("y\r")
        #expect(try agreed.end() == 0 && agreed.text.contains("imported 2 credentials"))
    }

    /// After an import the token is in no file but its source, and nothing that was said holds it.
    @Test func nothingButTheSourceHoldsTheTokens() throws {
        let desk = try Desk()
        try desk.makeVault()
        let tokens = try (0..<4).map { _ in try desk.provider.mint() }
        let traces = TokenTraces(tokens.map(\.value))
        let sources = [
            try desk.file("a.jsonl", Self.line("a", tokens[0])),
            try desk.file("b.env", "ANTHROPIC_API_KEY='\(tokens[1].value)'\nX=1\n"),
            try desk.file(
                "c.json", "{\"claudeAiOauth\":{\"accessToken\":\"\(tokens[2].value)\",\"refreshToken\":\"x\"}}"),
            try desk.file(
                "bad.jsonl", Self.line("d", tokens[3]) + "{\"name\":\"\(tokens[3].value)\",\"\(tokens[3].value)\":1}\n"),
        ]
        for path in sources { _ = try desk.importing(path, "--yes", "--with-short-lived") }
        #expect(try desk.report().credentials.count == 3)
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(traces.found(in: desk.heard).isEmpty)
        let found = try traces.found(below: desk.folder)
        #expect(Set(found.keys) == Set(sources.map { String($0.dropFirst(desk.folder.count + 1)) }))
    }
}

extension Desk {
    /// A file on the desk, outside of Tokenward's home.
    func file(_ name: String, _ content: String, mode: Int = 0o600) throws -> String {
        let path = folder + "/" + name
        try Data(content.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
        return path
    }

    func importing(_ path: String, _ words: String...) throws -> ProgramResult {
        try run([try BuiltProgram.path("secret"), "import", path, "--base-url", provider.baseURL] + words)
    }

    /// What a person does with an advice: copies the rest of the line into a shell.
    func paste(commandAfter words: String, from result: ProgramResult) throws {
        let line = try #require(result.talk.split(separator: "\n").first { $0.contains(words) })
        let command = try #require(line.range(of: words).map { String(line[$0.upperBound...]) })
        #expect(try run(["/bin/sh", "-c", command]).code == 0)
    }
}
