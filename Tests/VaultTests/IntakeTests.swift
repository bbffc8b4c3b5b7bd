import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// What is refused, and what is asked first.
@Suite struct IntakeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String, paste: String, kind: String?
        init(_ name: String, _ paste: String, kind: String? = nil) {
            (testDescription, self.paste, self.kind) = (name, paste, kind)
        }
    }
    private static let token = Token.setup(1)
    static let refusals = [
        Row("nothing", ""), Row("spaces", " \r\n\t"), Row("the first line of two", String(token.prefix(79))),
        Row("a hundred characters", String(token.prefix(100))), Row("too long", token + "abcd"),
        Row("a strange character", token.prefix(40) + "!" + token.dropFirst(40)),
        Row("a refresh token", Token.refresh(1)),
        Row("a login code", token.suffix(48) + "#" + Token.setup(3).suffix(43)),
        Row("OpenClaw's marker", "__OPENCLAW_" + "REDACTED__"), Row("a sentinel", "oc-sent-v2.\(token.suffix(60)).end"),
        Row("a mask", "sk-ant-o...Q2xR7mWd"), Row("stars", "sk-ant-oat01-****************"),
        Row("a variable", "$CLAUDE_CODE_OAUTH_TOKEN"), Row("a reference", "secret://anthropic/main"),
        Row("a capital", "Sk" + token.dropFirst(2)), Row("a word", "hello"),
        Row("two tokens", token + "\n" + Token.setup(2)),
        Row("an API key, setup-token wanted", Token.api(1), kind: "anthropic.setup-token"),
        Row("an admin key, API key wanted", Token.admin(1), kind: "anthropic.api-key"),
        Row("too large", String(repeating: "a ", count: 200_000)),
    ]

    @Test(arguments: refusals) func aBadPasteStoresNothing(_ row: Row) async throws {
        let bench = try await Bench.open()
        let before = try bench.store.values(prefix: "")
        let told = await fault { try await bench.add(row.paste, as: Bench.order { $0.kind = row.kind }) }
        #expect(told?.code == .refused && told?.id == "paste_refused")
        #expect(told?.message.hasSuffix("; nothing was stored") == true && told?.hint?.isEmpty == false)
        #expect(told?.hint?.contains("<") == false)
        #expect(try bench.store.counts().rows == 0 && bench.store.values(prefix: "") == before)
        #expect(bench.prober.count == 0)
        let words = row.paste.split(whereSeparator: \.isWhitespace).filter { $0.count > 20 }
        #expect(words.allSatisfy { told?.message.contains($0.prefix(20)) == false })
    }

    @Test(arguments: refusals.filter { $0.kind == nil }) func aBadPasteRotatesNothing(_ row: Row) async throws {
        let bench = try await Bench.open()
        try await bench.add(Token.setup(9))
        let before = try bench.row()
        #expect(await fault { try await bench.rotate(row.paste) }?.code == .refused)
        #expect(try bench.row() == before && bench.prober.count == 1)
    }

    @Test func noPasteAtAllIsAnEmptyOne() async throws {
        let bench = try await Bench.open()
        #expect(await fault { try await bench.vault.add(Bench.order(), paste: nil) }?.id == "paste_refused")
    }

    private func question(_ answer: Answer) -> Question? {
        if case .question(let question) = answer { question } else { nil }
    }

    private func ask(_ bench: Bench, _ token: String, _ name: String, _ change: (inout StoreOrder) -> Void = { _ in })
        async throws
        -> Answer
    {
        try await bench.vault.add(
            Bench.order(Bench.named(name)) {
                $0.accepted = []
                change(&$0)
            }, paste: Token.box(token))
    }

    @Test func theFirstProbeOfAKindIsAskedForOnce() async throws {
        let bench = try await Bench.open()
        let first = question(try await ask(bench, Token.setup(1), "one"))
        #expect(first?.topic == .probe && first?.text.contains("api.anthropic.com") == true)
        #expect(first?.text.contains("terms") == true)
        #expect(try bench.store.counts().rows == 0 && bench.prober.count == 0)
        #expect(try bench.store.values(prefix: "consent/").isEmpty)

        try await bench.add(Token.setup(1), as: Bench.order(Bench.named("one")))
        #expect(try bench.store.values(prefix: "consent/").count == 1)
        #expect(try await bench.events(Bench.named("one")).filter { $0 == "consented" }.count == 1)
        #expect(question(try await ask(bench, Token.setup(2), "two")) == nil)
        #expect(try await bench.events(Bench.named("two")).contains("consented") == false)
    }

    @Test func anotherHostIsAskedForAnew() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let local = { (order: inout StoreOrder) in order.baseURL = "http://127.0.0.1:9" }
        #expect(
            question(try await ask(bench, Token.setup(2), "local", local))?.text.contains("http://127.0.0.1:9") == true)
        try await bench.add(Token.setup(2), as: Bench.order(Bench.named("local"), local))
        #expect(try bench.store.values(prefix: "consent/").count == 2)
        #expect(question(try await ask(bench, Token.setup(3), "third", local)) == nil)
    }

    @Test func aKindWithoutTermsIsNotAskedFor() async throws {
        let bench = try await Bench.open()
        #expect(question(try await ask(bench, Token.api(1), "key")) == nil)
        #expect(bench.prober.count == 1)
    }

    @Test func aForgedConsentIsNone() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let consents = try bench.store.values(prefix: "consent/")
        let (key, value) = try #require(consents.first)
        let other = key.replacing("api.anthropic.com", with: "http://127.0.0.1:9")
        try bench.store.apply([.setValue(other, value)])
        let answer = try await ask(bench, Token.setup(2), "local") { $0.baseURL = "http://127.0.0.1:9" }
        #expect(question(answer)?.topic == .probe)
    }

    @Test func aFirstProbeByHandIsAskedForAndRecorded() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { ($0.probing, $0.accepted) = (.passive, []) })
        let asked = try await bench.vault.probe(Bench.name, accepted: false)
        #expect(question(asked)?.topic == .probe && bench.prober.count == 0)
        _ = try await bench.vault.probe(Bench.name, accepted: true)
        #expect(bench.prober.count == 1)
        #expect(try await bench.events().contains("consented"))
        #expect(question(try await bench.vault.probe(Bench.name, accepted: false)) == nil)
        #expect(bench.prober.count == 2)
    }

    @Test func aCredentialsFileIsOffered() async throws {
        let bench = try await Bench.open()
        let end = Bench.start + .hours(7)
        let file = """
            {"claudeAiOauth":{"accessToken":"\(Token.setup(1))","refreshToken":"\(Token.refresh(1))",\
            "expiresAt":\(end.milliseconds),"scopes":["user:inference"]}}
            """
        let asked = question(try await bench.vault.add(Bench.order(), paste: Token.box(file)))
        #expect(asked?.topic == .credentialsFile && asked?.text.contains(end.rfc3339) == true)
        #expect(try bench.store.counts().rows == 0 && bench.prober.count == 0)
        let report = try await bench.add(file, as: Bench.order { $0.accepted = [.probe, .credentialsFile] })
        #expect(report.credential.expiresAt == end.rfc3339 && report.credential.expirySource == "declared")
        #expect(bench.prober.tokens == [Token.setup(1)])
    }

    @Test func aCredentialsFileWithoutAWholeTokenIsRefused() async throws {
        let bench = try await Bench.open()
        let file = #"{"claudeAiOauth":{"accessToken":"","refreshToken":"\#(Token.refresh(1))"}}"#
        let told = await fault {
            try await bench.add(file, as: Bench.order { $0.accepted = [.probe, .credentialsFile] })
        }
        #expect(told?.code == .refused)
        #expect(try bench.store.counts().rows == 0)
    }
}
