import Testing

@testable import Lifecycle

/// What becomes of a value once the paste cleaner has read it, and the names that a file's credentials get.
@Suite struct ImportDecisionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let value: String
        /// In a file that has more in it than tokens: under a name that says nothing, and under one that promises a token.
        let unnamed: String
        let named: String
        /// In JSON lines.
        let chosen: String
        var testDescription: String { String(value.prefix(40)).debugDescription }
    }

    static let whole = Sample.token()
    static let rows = [
        Row(value: whole, unnamed: "take", named: "take", chosen: "take"),
        Row(value: " \(whole)\n", unnamed: "take", named: "take", chosen: "take"),
        Row(value: Sample.token(Sample.openRouter), unnamed: "take", named: "take", chosen: "take"),
        Row(value: whole.prefix(79).description, unnamed: "odd_shape", named: "refuse", chosen: "refuse"),
        Row(value: whole + "abcd", unnamed: "odd_shape", named: "refuse", chosen: "refuse"),
        Row(value: PasteRefusalTests.loginCode, unnamed: "odd_shape", named: "refuse", chosen: "refuse"),
        Row(value: "Sk" + whole.dropFirst(2), unnamed: "odd_shape", named: "refuse", chosen: "refuse"),
        Row(value: "hello", unnamed: "no_kind", named: "no_kind", chosen: "refuse"),
        Row(value: "", unnamed: "empty", named: "empty", chosen: "refuse"),
        Row(value: "  ", unnamed: "empty", named: "empty", chosen: "refuse"),
        Row(value: "ollama", unnamed: "no_kind", named: "no_kind", chosen: "refuse"),
        Row(value: "$OPENAI_API_KEY", unnamed: "reference", named: "reference", chosen: "refuse"),
        Row(value: "${OPENAI_API_KEY}", unnamed: "reference", named: "reference", chosen: "refuse"),
        Row(value: "secret://anthropic/main", unnamed: "reference", named: "reference", chosen: "refuse"),
        Row(value: "__OPENCLAW_REDACTED__", unnamed: "placeholder", named: "placeholder", chosen: "refuse"),
        Row(value: "sk-ant-o...Q2xR7mWd", unnamed: "placeholder", named: "placeholder", chosen: "refuse"),
        Row(
            value: "oc-sent-v2.\(whole.suffix(60)).end", unnamed: "placeholder", named: "placeholder", chosen: "refuse"),
        Row(value: Sample.refreshToken(), unnamed: "refresh_token", named: "refresh_token", chosen: "refuse"),
        Row(value: whole + "," + Sample.token(seed: 2), unnamed: "several", named: "several", chosen: "refuse"),
        Row(value: String(repeating: "a", count: 300_000), unnamed: "no_kind", named: "no_kind", chosen: "refuse"),
        Row(
            value: "{\"claudeAiOauth\":{\"accessToken\":\"\(whole)\",\"expiresAt\":1790000000000}}", unnamed: "login",
            named: "login",
            chosen: "refuse"),
    ]

    @Test(arguments: rows) func decides(_ row: Row) throws {
        #expect(try Self.decision(row.value, .none) == row.unnamed)
        #expect(try Self.decision(row.value, .provider("anthropic")) == row.named)
        #expect(try Self.decision(row.value, .none, isChosen: true) == row.chosen)
    }

    static func decision(_ value: String, _ hint: ImportEntry.Hint, isChosen: Bool = false) throws -> String {
        var entry = ImportEntry(
            line: 1, name: try CredentialName("a"),
            content: .value(.init(range: 0..<value.utf8.count, spelling: .plain)))
        entry.hint = hint
        switch ImportDecision(Read(value).reading, for: entry, isChosen: isChosen) {
        case .take: return "take"
        case .skip(let skip): return skip.rawValue
        case .refuse: return "refuse"
        }
    }

    @Test func anotherKindThanTheOneAskedForIsRefused() throws {
        let entry = ImportEntry(
            line: 1, name: try CredentialName("a"), content: .skipped(.empty), hint: .kind(Sample.setupToken.id))
        let reading = Read(Sample.token(Sample.apiKey), wanted: Sample.setupToken).reading
        let refusal = PasteRefusal.otherKind(found: Sample.apiKey, wanted: Sample.setupToken)
        for isChosen in [false, true] {
            #expect(ImportDecision(reading, for: entry, isChosen: isChosen) == .refuse(.value(refusal)))
        }
    }

    @Test func namesAreUniqueAndKeepTheirLimit() throws {
        var names = ImportNames()
        let main = try CredentialName("a/main")
        #expect([main, main, main].map { names.unique($0).description } == ["a/main", "a/main-2", "a/main-3"])
        let second = try CredentialName("a/main-2")
        #expect(names.unique(second).description == "a/main-2-2")
        #expect(names.unique(main).description == "a/main-4")
        let long = try CredentialName(String(repeating: "a", count: 128))
        #expect(names.unique(long) == long)
        let other = names.unique(long)
        #expect(other.description == String(repeating: "a", count: 126) + "-2")
        for _ in 0..<100_000 { _ = names.unique(main) }
        #expect(names.unique(main).description == "a/main-100005")
    }
}
