import Foundation
import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

@Suite struct StatusTests {
    /// DESIGN §8; every member is there, null where there is nothing to say.
    static let members: Set<String> = [
        "name", "kind", "state", "verdict", "deadline", "probing", "reason", "fingerprint", "length", "store",
        "version",
        "addedAt", "expiresAt", "expirySource", "versions", "lastProbe", "provenAt", "nextProbeAt", "action",
        "hosts", "account", "consumers", "dates", "facts", "requests",
    ]

    private func object(_ value: some Encodable) throws -> [String: Any] {
        try #require(try JSONSerialization.jsonObject(with: JSONEncoder().encode(value)) as? [String: Any])
    }

    @Test(arguments: [true, false]) func theMembersAreTheDesigns(asked: Bool) async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { if !asked { $0.probing = .off } })
        let json = try object(try await bench.report())
        #expect(Set(json.keys) == Self.members)
        let versions = try #require(json["versions"] as? [[String: Any]])
        #expect(versions.map { Set($0.keys) } == [["n", "role", "fingerprint", "at", "ended", "stillWorks"]])
        if asked {
            let probe = try #require(json["lastProbe"] as? [String: Any])
            #expect(Set(probe.keys) == ["at", "outcome", "reason", "requestId"])
            #expect(json["action"] is NSNull)
        } else {
            for name in ["lastProbe", "provenAt", "nextProbeAt", "action", "reason"] {
                #expect(json[name] is NSNull, "\(name)")
            }
        }
    }

    @Test func theFieldsSayWhatIsKnown() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let report = try await bench.report()
        let start = Bench.start.rfc3339
        #expect(report.name == Bench.name && report.kind == "anthropic.setup-token" && report.store == "vault")
        #expect(
            report.state == .healthy && report.verdict == "healthy" && report.deadline == .none && report.probing == .on
        )
        #expect(report.reason == "accepted" && report.length == 108 && report.version == 1 && report.addedAt == start)
        #expect(report.expiresAt == (Bench.start + .days(365)).rfc3339 && report.expirySource == "estimated")
        #expect(report.provenAt == start && report.lastProbe == .init(at: start, outcome: .accepted))
        let next = try #require(report.nextProbeAt.flatMap { Timestamp(rfc3339: $0) })
        #expect(next > Bench.start + .hours(4) && next < Bench.start + .hours(24))
        let shape = report.fingerprint.split(separator: "-").map(\.count)
        #expect(shape == [4, 4, 4])
        #expect(report.versions == [.init(n: 1, role: .live, fingerprint: report.fingerprint, at: start)])
    }

    @Test func noCharacterOfATokenIsShown() async throws {
        let bench = try await Bench.open()
        let token = Token.setup(1)
        try await bench.add(token)
        try await bench.rotate()
        let told =
            String(decoding: try JSONEncoder().encode(try await bench.vault.status(StatusQuery())), as: UTF8.self)
            + String(
                decoding: try JSONEncoder().encode(try await bench.vault.history(Bench.name, limit: 99)), as: UTF8.self)
        for length in [6, 10] {
            #expect(!told.contains(token.dropFirst(13).prefix(length)) && !told.contains(token.suffix(length)))
        }
        #expect(!told.contains("sk-ant"))
    }

    struct End: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var minted: Timestamp?
        var expires: Timestamp?
        var observed: Timestamp?
        let at: Timestamp, source: String
    }
    static let ends = [
        End(testDescription: "pasted", at: Bench.start + .days(365), source: "estimated"),
        End(
            testDescription: "minted", minted: Bench.start - .days(5), at: Bench.start + .days(360), source: "estimated"
        ),
        End(
            testDescription: "declared", minted: Bench.start - .days(5), expires: Bench.start + .days(90),
            at: Bench.start + .days(90), source: "declared"),
        End(
            testDescription: "observed", expires: Bench.start + .days(90), observed: Bench.start + .days(70),
            at: Bench.start + .days(70), source: "observed"),
    ]

    @Test(arguments: ends) func theBestKnownEndIsShown(_ end: End) async throws {
        let bench = try await Bench.open()
        bench.prober.answers(Outcome(.valid, reason: "ok", observedExpiry: end.observed))
        try await bench.add(as: Bench.order { ($0.minted, $0.expires) = (end.minted, end.expires) })
        let report = try await bench.report()
        #expect(report.expiresAt == end.at.rfc3339 && report.expirySource == end.source)
        bench.clock.set(end.at - .days(30))
        _ = try await bench.vault.probe(Bench.name, accepted: true)
        #expect(try await bench.report().state == .expiring)
        #expect(try await bench.report().deadline == .near)
        bench.clock.set(end.at)
        #expect(try await bench.report().state == .expired)
        #expect(try await bench.report().action == "secret rotate anthropic/main")
        #expect(try await bench.report().verdict == "unproven", "nobody answered for a month")
    }

    @Test func anEstimateThatTheProviderContradictsEndsNothing() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.minted = Bench.start - .days(370) })
        #expect(try await bench.report().state == .healthy)
        #expect(try await bench.report().deadline == .none)
    }

    @Test func pagesFollowTheNames() async throws {
        let bench = try await Bench.open()
        let names = ["b", "a/z", "c", "a", "a-b"]
        for (seed, name) in names.enumerated() {
            try await bench.add(Token.setup(UInt64(seed + 1)), as: Bench.order(Bench.named(name)))
        }
        bench.prober.answers(.expired)
        _ = try await bench.vault.probe(Bench.named("b"), accepted: true)
        let all = try await bench.vault.status(StatusQuery())
        #expect(all.credentials.map(\.name.description) == ["a", "a-b", "a/z", "b", "c"])
        #expect(all.summary == ["healthy": 4, "suspect": 1])
        let page = try await bench.vault.status(StatusQuery(limit: 2, after: Bench.named("a-b")))
        #expect(page.credentials.map(\.name.description) == ["a/z", "b"] && page.summary == all.summary)
        #expect(try await bench.vault.status(StatusQuery(after: Bench.named("c"))).credentials.isEmpty)
        for limit in [0, -1, .min] {
            #expect(try await bench.vault.status(StatusQuery(limit: limit)).credentials.isEmpty)
        }
        let one = try await bench.vault.status(StatusQuery(name: Bench.named("a")))
        #expect(one.credentials.count == 1 && one.summary == nil)
    }

    @Test func theDaemonTellsOfItself() async throws {
        let bench = try await Bench.open()
        let daemon = try await bench.vault.status(StatusQuery()).daemon
        #expect(daemon.running && !daemon.locked && daemon.prober && daemon.database == "memory")
        #expect(daemon.slots == ["machine", "recovery"] && daemon.protection.contains("without a person"))
        #expect(
            Set(try object(daemon).keys).isSuperset(of: ["running", "locked", "memoryLocked", "database", "slots"]))
        bench.prober.goAway()
        #expect(try await bench.vault.status(StatusQuery()).daemon.prober == false)
    }

    @Test func theMostUrgentOneAsksForAttention() async throws {
        let bench = try await Bench.open()
        try await bench.add(Token.setup(1), as: Bench.order(Bench.named("well")))
        #expect(try await bench.vault.attention() == nil)
        bench.prober.answers(Outcome(.wrongKind, reason: "slot"))
        try await bench.add(Token.setup(2), as: Bench.order(Bench.named("miswired")))
        #expect(
            try await bench.vault.attention()
                == Attention(
                    name: Bench.named("miswired"), state: .miswired, action: "secret history miswired", others: 0))
        bench.prober.answers(.expired)
        try await bench.add(Token.setup(3), as: Bench.order(Bench.named("dead")))
        #expect(
            try await bench.vault.attention()
                == Attention(name: Bench.named("dead"), state: .expired, action: "secret rotate dead", others: 1))
        #expect(await bench.vault.welcome().attention?.name == Bench.named("dead"))
        try await bench.vault.pause(Bench.named("dead"))
        #expect(try await bench.vault.attention()?.name == Bench.named("miswired"))
        try await bench.vault.lockByPerson()
        #expect(try await bench.vault.attention() == nil)
    }

    @Test func attentionFollowsTheClock() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { ($0.probing, $0.expires) = (.off, Bench.start + .days(31)) })
        #expect(try await bench.vault.attention() == nil)
        bench.clock.advance(.days(2))
        #expect(try await bench.vault.attention()?.state == .expiring)
    }
}
