import Foundation
import Lifecycle
import Sealing
import Storage
import Testing
import Wire

@testable import Vault

/// Whole files become credentials, or nothing of them does.
@Suite struct ImportTests {
    static func lines(_ count: Int, from first: Int = 0) -> String {
        (first..<first + count).map { line($0) }.joined(separator: "\n")
    }

    static func line(_ number: Int, _ more: String = "") -> String {
        "{\"name\":\"many/n\(number)\",\"value\":\"\(Token.setup(UInt64(number + 1)))\"\(more)}"
    }

    static let accepted = order { $0.isAccepted = true }

    static func order(_ change: (inout ImportOrder) -> Void = { _ in }) -> ImportOrder {
        var order = ImportOrder()
        change(&order)
        return order
    }

    @Test func eachLineBecomesACredential() async throws {
        let bench = try await Bench.open()
        let text =
            "{\"name\":\"a\",\"value\":\"\(Token.setup(1))\",\"minted\":\"2026-01-01\"}\r\n\n"
            + "{\"name\":\"b/c\",\"kind\":\"anthropic.api-key\",\"value\":\" \(Token.api(2))\\n\",\"probe\":\"off\"}\n"
            + "{\"name\":\"d\",\"value\":\"sk\\u002dant-api03-\(Token.api(3).dropFirst(13))\",\"expires\":\"2030-01-01\",\"probe\":\"passive\"}"
        let report = try await bench.imported(text, Self.accepted)
        #expect(report.form == "json_lines" && report.imported == 3 && report.left.isEmpty && report.leftSecrets == 0)
        #expect(report.kinds == ["anthropic.setup-token": 1, "anthropic.api-key": 2])
        #expect(report.credentials.map(\.line) == [1, 3, 4] && report.credentials.map(\.length) == [108, 108, 108])
        #expect(try await bench.events(Bench.named("a")) == ["added", "consented"])
        let last = try await bench.vault.audit(limit: 1, before: nil).first
        #expect(last?.event == "imported" && last?.detail == "3 credentials from json_lines")
        #expect(try await bench.value("a") == Token.setup(1))
        #expect(try await bench.value("b/c") == Token.api(2))
        #expect(try await bench.value("d") == Token.api(3))
        let (b, d) = (try await bench.report(Bench.named("b/c")), try await bench.report(Bench.named("d")))
        #expect(b.probing == .off && d.probing == .passive && d.expiresAt == "2030-01-01T00:00:00Z")
        #expect(
            report.credentials.map(\.fingerprint) == [
                try await bench.report(Bench.named("a")).fingerprint, b.fingerprint, d.fingerprint,
            ])
        #expect(bench.prober.count == 0)
        #expect(try await bench.vault.verify().findings.isEmpty)
    }

    struct Refused: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let text: String
        let told: String
    }

    static let cut = String(Token.setup(9).prefix(79))
    static let refused = [
        Refused(
            testDescription: "a cut token",
            text: lines(5) + "\n{\"name\":\"x\",\"value\":\"\(cut)\"}\n" + lines(2, from: 5),
            told: "line 6: 79 of 108 characters: this looks cut at the edge of an 80-column terminal"),
        Refused(
            testDescription: "no kind", text: "{\"name\":\"x\",\"value\":\"hello\"}",
            told: "line 1: no kind of token fits these 5 characters"),
        Refused(
            testDescription: "another kind", text: line(0, ",\"kind\":\"anthropic.api-key\""),
            told: "line 1: this is an Anthropic setup-token, not an Anthropic API key"),
        Refused(
            testDescription: "an unknown kind", text: line(0, ",\"kind\":\"x.y\""),
            told: "line 1: no kind is called like that"),
        Refused(
            testDescription: "a name twice", text: lines(3) + "\n\n" + line(1),
            told: "line 5: line 2 has this name already"),
        Refused(
            testDescription: "the keyring", text: line(0, ",\"store\":\"keyring\""),
            told: "line 1: nothing is imported into the keyring; import it into the vault and move it then"),
        Refused(
            testDescription: "no JSON", text: line(0) + "\n}\n" + line(1),
            told: "line 2: this is no JSON; a quote, a comma or a bracket is missing, or there is one too many"),
        Refused(
            testDescription: "cut file", text: line(0) + "\n" + line(1).dropLast(9),
            told: "line 2: the JSON ends too early"),
        Refused(
            testDescription: "a refresh token", text: "{\"name\":\"x\",\"value\":\"\(Token.refresh(1))\"}",
            told: "line 1: this is a refresh token, which its own program must keep and renew; it is not stored"),
        Refused(
            testDescription: "four lines", text: (0..<4).map { line($0, ",\"x\":1") }.joined(separator: "\n"),
            told: [1, 2, 3].map {
                "line \($0): a member is none of name, kind, value, minted, expires, probe, store, hosts, account, base_url"
            }
            .joined(separator: "; ") + "; also line 4"),
        Refused(
            testDescription: "a known variable, cut",
            text: "A=b\nANTHROPIC_API_KEY=\(Token.api(1))\nCLAUDE_CODE_OAUTH_TOKEN=\(cut)\n",
            told: "line 3: 79 of 108 characters: this looks cut at the edge of an 80-column terminal"),
        Refused(
            testDescription: "an open quote", text: "A=\"\(Token.api(1))\nB=c",
            told: "line 1: a quote is opened and not closed"),
        Refused(
            testDescription: "a list", text: "[" + line(0) + "]",
            told: "this is a JSON list; it must be one object a line"),
        Refused(
            testDescription: "a database", text: "SQLite format 3\0",
            told: "this is a database, as OpenClaw keeps its profiles in from 2026.6 on; it is not read"),
    ]

    @Test(arguments: refused) func whatIsWrongIsNamedAndNothingIsStored(_ row: Refused) async throws {
        let bench = try await Bench.open()
        let before = try bench.store.counts()
        let told = await fault { try await bench.imported(row.text, Self.accepted) }
        #expect(told?.code == .refused && told?.message == "nothing was imported: " + row.told)
        #expect(told?.hint != nil)
        for piece in [Self.cut, Token.setup(1), Token.api(1)] {
            #expect(told?.message.contains(piece.suffix(20)) == false)
        }
        #expect(try bench.store.counts() == before)
        #expect(try await bench.vault.verify().findings.isEmpty)
    }

    @Test func tenBadLinesAreEnough() async throws {
        let bench = try await Bench.open()
        let told = await fault {
            try await bench.imported(String(repeating: "{\"name\":1\n", count: 100_000), Self.accepted)
        }
        #expect(told?.message.hasSuffix("also lines 4, 5, 6, 7, 8, 9, 10; there may be more") == true)
    }

    @Test func namesThatAreTakenAreListedOrLeft() async throws {
        let bench = try await Bench.open()
        _ = try await bench.imported(Self.lines(12), Self.accepted)
        let told = await fault { try await bench.imported(Self.lines(20), Self.accepted) }
        #expect(told?.code == .usage && told?.id == "exists")
        let names = (0..<10).map { "many/n\($0)" }.joined(separator: ", ")
        #expect(told?.message == "nothing was imported: names are stored already: \(names) and 2 more")
        #expect(try bench.store.counts().rows == 12)
        let other = Self.line(3).replacing(Token.setup(4), with: Token.setup(99)) + "\n" + Self.lines(8, from: 12)
        let report = try await bench.imported(other, Self.order { ($0.isAccepted, $0.skipsExisting) = (true, true) })
        #expect(report.imported == 8 && report.left == ["exists": 1] && report.leftSecrets == 1)
        #expect(report.skipped == [.init(line: 1, reason: .exists)])
        #expect(try await bench.value("many/n3") == Token.setup(4))
    }

    @Test func aPrefixPutsNamesBelowItself() async throws {
        let bench = try await Bench.open()
        let report = try await bench.imported(
            Self.lines(2), Self.order { ($0.isAccepted, $0.prefix) = (true, Bench.named("old/host")) })
        #expect(report.credentials.map(\.name.description) == ["old/host/many/n0", "old/host/many/n1"])
        let long = Bench.named(String(repeating: "a", count: 125))
        let told = await fault { try await bench.imported(Self.lines(1), Self.order { $0.prefix = long }) }
        #expect(
            told?.message == "nothing was imported: line 1: a credential name has at most 128 bytes; this one has 133")
    }

    @Test func openQuestionsAreAskedAtOnceAndOnce() async throws {
        let bench = try await Bench.open()
        let text =
            Self.lines(2)
            + "\n{\"name\":\"k\",\"value\":\"\(Token.api(5))\"}\n{\"name\":\"p\",\"value\":\"\(Token.admin(5))\",\"probe\":\"off\"}"
        guard
            case .question(let question) = try await bench.vault.importing(Self.order(), from: .bytes(Token.box(text)))
        else {
            Issue.record("no question")
            return
        }
        #expect(question.topic == .probe && question.text.contains("anthropic.setup-token at api.anthropic.com"))
        #expect(!question.text.contains("anthropic.admin-key"))
        #expect(try bench.store.counts().rows == 0)
        let passive = try await bench.imported(
            text, Self.order { ($0.probing, $0.prefix) = (.passive, Bench.named("p")) })
        #expect(passive.imported == 4 && bench.prober.count == 0)
        _ = try await bench.imported(text, Self.accepted)
        let again = try await bench.imported(Self.lines(1, from: 50), Self.order())
        #expect(again.imported == 1)
    }

    @Test func aRehearsalStoresNothing() async throws {
        let bench = try await Bench.open()
        let before = try bench.store.counts()
        let report = try await bench.imported(Self.lines(3), Self.order { $0.isRehearsal = true })
        #expect(report.isRehearsal && report.imported == 3 && report.credentials.count == 3)
        #expect(try bench.store.counts() == before)
        #expect(
            await fault { try await bench.imported(Self.refused[0].text, Self.order { $0.isRehearsal = true }) }?.code
                == .refused)
    }

    @Test func firstProbesAreSpread() async throws {
        let bench = try await Bench.open()
        _ = try await bench.imported(Self.lines(300), Self.accepted)
        #expect(bench.prober.count == 0)
        let dues = try bench.store.rows(after: nil, limit: 1000).compactMap(\.due).sorted()
        #expect(dues.count == 300 && Set(dues).count == 300)
        #expect(dues.first == Bench.start && dues.last == Bench.start + .seconds(2990))
        try await bench.run(until: Bench.start + .seconds(60))
        #expect(bench.prober.count == 7)
    }

    @Test func profilesOfOpenClaw() async throws {
        let bench = try await Bench.open()
        let text = """
            {"version": 1, "profiles": {
              "anthropic:main": {"type": "token", "provider": "anthropic", "token": "\(Token.setup(1))", "expires": 1900000000000},
              "anthropic:work": {"type": "api_key", "provider": "anthropic", "key": "\(Token.api(2))"},
              "anthropic:claude-cli": {"type": "oauth", "provider": "anthropic", "access": "\(Token.setup(3))", "refresh": "\(Token.refresh(3))", "expires": \(Bench.start.milliseconds + 3_600_000)},
              "acme:default": {"type": "api_key", "provider": "acme", "key": "acme_\(String(repeating: "x1", count: 26))"},
              "openai:vault": {"type": "api_key", "provider": "openai", "keyRef": {"source": "exec", "provider": "tokenward", "id": "openai/main"}}
            }, "order": {}}
            """
        let report = try await bench.imported(text, Self.accepted)
        #expect(report.form == "openclaw_profiles" && report.imported == 2)
        #expect(report.left == ["short_lived": 1, "no_kind": 1, "reference": 1] && report.leftSecrets == 2)
        #expect(
            report.skipped == [
                .init(line: 4, reason: .shortLived), .init(line: 5, reason: .noKind),
                .init(line: 6, reason: .reference),
            ])
        #expect(try await bench.report(Bench.named("anthropic/main")).expiresAt == "2030-03-17T17:46:40Z")
        let all = try await bench.imported(
            text, Self.order { ($0.isAccepted, $0.withShortLived, $0.skipsExisting) = (true, true, true) })
        #expect(all.credentials.map(\.name.description) == ["anthropic/claude-cli"])
        let only = try await bench.imported(
            text, Self.order { ($0.isAccepted, $0.kind, $0.prefix) = (true, "anthropic.api-key", Bench.named("only")) })
        #expect(only.credentials.map(\.name.description) == ["only/anthropic/work"] && only.left["other_kind"] == 1)
    }

    @Test func variablesThatAreTokens() async throws {
        let bench = try await Bench.open()
        let text = """
            # mine
            DEBUG=1
            export ANTHROPIC_API_KEY="\(Token.api(1))" # work
            MY_BOT='\(Token.setup(2))'
            OPENAI_API_KEY=ollama
            HOST=$HOME/x
            """
        let report = try await bench.imported(text, Self.accepted)
        #expect(report.form == "environment")
        #expect(report.credentials.map(\.name.description) == ["anthropic/api-key", "env/my-bot"])
        #expect(report.credentials.map(\.line) == [3, 4] && report.left == ["no_kind": 3])
        #expect(try await bench.value("env/my-bot") == Token.setup(2))
    }

    @Test func nothingToTakeIsNoProblem() async throws {
        let bench = try await Bench.open()
        let report = try await bench.imported("A=b\n", Self.order())
        #expect(report.imported == 0 && report.left == ["no_kind": 1])
        #expect(
            await fault { try await bench.imported("", Self.order()) }?.message
                == "nothing was imported: the file is empty")
    }

    @Test func aLockedVaultTakesNothing() async throws {
        let bench = try await Bench.open()
        try await bench.vault.lockByPerson()
        #expect(await fault { try await bench.imported(Self.lines(1), Self.order()) }?.id == "locked")
        let other = try await Bench.open()
        #expect(
            await fault { try await other.imported(Self.lines(1), Self.order { $0.kind = "x" }) }?.id == "unknown_kind")
        #expect(
            await fault { try await other.imported(Self.lines(1), Self.order { $0.baseURL = "x" }) }?.id == "base_url")
    }
}

extension Bench {
    func imported(_ text: String, _ order: ImportOrder) async throws -> ImportReport {
        try await imported(from: .bytes(Token.box(text)), order)
    }

    func imported(from source: ImportSource, _ order: ImportOrder) async throws -> ImportReport {
        let answer = try await vault.importing(order, from: source)
        guard case .imported(let report) = answer else { throw Unexpected(answer: answer) }
        return report
    }

    func value(_ name: String) async throws -> String { Token.text(try await vault.read(Bench.named(name)).value) }
}
