import Foundation
import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

@Suite struct AddTests {
    @Test func aPasteIsStoredAskedAboutAndTold() async throws {
        let bench = try await Bench.open()
        let report = try await bench.add()
        #expect(report.role == .live && report.removed == nil && report.notes.isEmpty)
        #expect(report.outcome == OutcomeReport(.accepted))
        #expect(report.credential.state == .healthy && report.credential.kind == "anthropic.setup-token")
        #expect(bench.prober.tokens == [Token.setup(1)])
        #expect(bench.prober.orders == [ProbeOrder(kind: "anthropic.setup-token")])
        #expect(try await bench.events() == ["added", "consented", "probed", "verdict"])
    }

    @Test func aDirtyPasteIsCleaned() async throws {
        let bench = try await Bench.open()
        let token = Token.setup(1)
        let paste = "Bearer \"\(token.prefix(80))\r\n\(token.dropFirst(80))\"\r\n"
        let report = try await bench.add(paste)
        #expect(report.credential.length == 108 && report.removed?.hasPrefix("removed ") == true)
        #expect(Token.text(try await bench.vault.read(Bench.name).value) == token)
        #expect(bench.prober.tokens == [token])
    }

    struct Told: Sendable, CustomTestStringConvertible {
        let outcome: Outcome, state: State, action: String?
        var testDescription: String { "\(outcome.kind.rawValue) \(outcome.reason)" }
    }
    private static let rotate = "secret rotate anthropic/main"
    static let told = [
        Told(outcome: .accepted, state: .healthy, action: nil),
        Told(outcome: .expired, state: .expired, action: rotate),
        Told(outcome: .revoked, state: .refused, action: rotate),
        Told(
            outcome: Outcome(.wrongKind, reason: "refused_outside"), state: .miswired,
            action: "secret history anthropic/main"),
        Told(outcome: Outcome(.quotaOrBilling, reason: "no_credit"), state: .degraded, action: nil),
        Told(outcome: Outcome(.insufficientScope, reason: "scope", provesLive: true), state: .healthy, action: nil),
        Told(outcome: .limited, state: .unverified, action: nil), Told(outcome: .down, state: .unverified, action: nil),
        Told(outcome: .noAnswer, state: .unverified, action: nil),
    ]

    @Test(arguments: told) func whateverTheProviderSaysItIsStored(_ row: Told) async throws {
        let bench = try await Bench.open()
        bench.prober.answers(row.outcome)
        let report = try await bench.add()
        #expect(report.credential.state == row.state && report.credential.action == row.action)
        #expect(report.outcome == OutcomeReport(row.outcome))
        #expect(try await bench.report() == report.credential)
    }

    @Test func withoutAProberItIsStoredAndAskedSoon() async throws {
        let bench = try await Bench.open()
        bench.prober.goAway()
        let report = try await bench.add()
        #expect(report.outcome == nil && report.credential.state == .unverified)
        #expect(try await bench.vault.nextDue() == Bench.start + .seconds(30))
    }

    @Test func aNameIsTakenOnce() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let told = await fault { try await bench.add(Token.setup(2)) }
        #expect(told?.code == .usage && told?.id == "exists" && told?.hint == "secret rotate anthropic/main")
        #expect(Token.text(try await bench.vault.read(Bench.name).value) == Token.setup(1))
    }

    @Test func theSameValueUnderAnotherNameIsNoted() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let second = try await bench.add(as: Bench.order(Bench.named("copy")))
        #expect(second.notes == ["the same value is stored as anthropic/main"])
        let other = try await bench.add(Token.setup(3), as: Bench.order(Bench.named("other")))
        #expect(other.notes.isEmpty)
        #expect(second.credential.fingerprint != other.credential.fingerprint)
    }

    @Test func anUnknownKindIsRefusedByName() async throws {
        let bench = try await Bench.open()
        let told = await fault { try await bench.add(as: Bench.order { $0.kind = "anthropic.setup" }) }
        #expect(told?.code == .usage && told?.id == "unknown_kind")
        #expect(told?.hint?.contains("anthropic.setup-token") == true)
        let token = Token.setup(1)
        let typed = await fault { try await bench.add(as: Bench.order { $0.kind = token }) }
        #expect(typed?.message.contains(token) == false)
    }

    @Test(arguments: ["ftp://x", "http://example.com", "https://user@example.com", "nonsense", Token.setup(1)])
    func aBadBaseURLStoresNothing(text: String) async throws {
        let bench = try await Bench.open()
        let told = await fault { try await bench.add(as: Bench.order { $0.baseURL = text }) }
        #expect(told?.code == .usage && told?.id == "base_url")
        #expect(told?.message.contains(text) == false)
        #expect(try bench.store.counts().rows == 0 && bench.prober.count == 0)
    }

    @Test func theBaseURLIsSealedWithTheCredential() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.baseURL = "http://127.0.0.1:8080/" })
        #expect(bench.prober.orders.map(\.baseURL) == ["http://127.0.0.1:8080"])
        let row = try bench.row()
        #expect(!String(decoding: row.body, as: UTF8.self).contains("127.0.0.1"))
    }

    @Test(arguments: [StoreOrder.ProbeChoice.passive, .off]) func withoutAskingNothingIsAsked(
        choice: StoreOrder.ProbeChoice
    ) async throws {
        let bench = try await Bench.open()
        let order = Bench.order {
            $0.probing = choice
            $0.accepted = []
        }
        let report = try await bench.add(as: order)
        #expect(report.outcome == nil && report.credential.probing.rawValue == choice.rawValue)
        #expect(report.credential.nextProbeAt == nil)
        try await bench.run(until: Bench.start + .days(30))
        #expect(bench.prober.count == 0)
        #expect(try bench.store.values(prefix: "consent/").isEmpty)
    }

    @Test func anOddShapeIsKeptAsItIs() async throws {
        let bench = try await Bench.open()
        let odd = String(Token.setup(1).dropLast(2)) + "zz"
        let report = try await bench.add(odd)
        #expect(report.notes.count == 1 && report.credential.length == 108)
        let longer = Token.setup(2) + "abcd"
        let other = Bench.order(Bench.named("odd")) {
            $0.kind = "anthropic.setup-token"
            $0.asIs = true
        }
        #expect(await fault { try await bench.add(longer, as: Bench.order(Bench.named("odd"))) }?.code == .refused)
        #expect(try await bench.add(longer, as: other).credential.length == 112)
    }
}
