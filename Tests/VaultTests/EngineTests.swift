import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// What keeps the verdicts honest, in simulated time: holds, closed endpoints, replaced values.
@Suite struct EngineTests {
    private func several(_ count: Int, kind: (Int) -> String = { Token.setup(UInt64($0 + 1)) }) async throws -> Bench {
        let bench = try await Bench.open()
        for number in 0..<count { try await bench.add(kind(number), as: Bench.order(Self.name(number))) }
        return bench
    }

    private static func name(_ number: Int) -> CredentialName { Bench.named("fleet/\(number)") }

    private func states(_ bench: Bench) async throws -> [State] {
        try await bench.vault.status(StatusQuery()).credentials.map(\.state)
    }

    /// A portal that speaks JSON, for an hour: nobody is called dead.
    @Test func aFleetThatGoesBadAtOnceIsHeld() async throws {
        let bench = try await several(5)
        bench.prober.answers(.revoked)
        bench.clock.advance(.minutes(20))
        for number in 0..<5 { _ = try await bench.vault.probe(Self.name(number), accepted: true) }
        let held = try await bench.vault.status(StatusQuery()).credentials.filter { $0.reason == "held_by_correlation" }
        #expect(held.count == 4, "the first came alone")
        #expect(try await bench.run(until: bench.clock.now + .minutes(55)) >= 0)
        #expect(try await states(bench).allSatisfy { $0 == .suspect || $0 == .healthy })
        bench.prober.answers(.accepted)
        try await bench.run(until: bench.clock.now + .hours(14))
        #expect(try await states(bench).allSatisfy { $0 == .healthy })
        let events = try await bench.vault.history(Self.name(1), limit: 100).map(\.event)
        #expect(events.count { $0 == "held" } == 1 && !events.contains("needs-person"))
    }

    /// Really dead: found within the profile's time and one hour, with what spreads them.
    @Test func aFleetThatIsDeadIsFound() async throws {
        let bench = try await several(5)
        bench.prober.answers(.revoked)
        bench.clock.advance(.minutes(20))
        for number in 0..<5 { _ = try await bench.vault.probe(Self.name(number), accepted: true) }
        let start = bench.clock.now
        try await bench.run(until: start + .minutes(60 + 10 + 10 + 5))
        #expect(try await states(bench).allSatisfy { $0 == .revoked })
    }

    @Test func aSiblingThatWorksLetsTheOthersDie() async throws {
        let bench = try await several(3)
        bench.prober.answersBy { $0 == Token.setup(1) ? .accepted : .revoked }
        for number in 0..<3 { _ = try await bench.vault.probe(Self.name(number), accepted: true) }
        #expect(try await states(bench) == [.healthy, .suspect, .suspect])
    }

    @Test func anEndpointThatClosesClosesForAll() async throws {
        let bench = try await several(4)
        let before = bench.prober.count
        bench.prober.answers(.closed)
        try await bench.run(until: Bench.start + .days(4))
        let reports = try await bench.vault.status(StatusQuery()).credentials
        #expect(reports.allSatisfy { $0.probing == .passive && $0.state == .healthy })
        #expect(reports.allSatisfy { $0.reason == "endpoint_closed_to_oauth" })
        #expect(
            (4...5).contains(bench.prober.count - before), "one of them, once a day: \(bench.prober.count - before)")
        bench.prober.answers(.accepted)
        try await bench.run(until: Bench.start + .days(6))
        #expect(try await bench.vault.status(StatusQuery()).credentials.allSatisfy { $0.probing == .on })
        var events: [String] = []
        for number in 0..<4 { events += try await bench.vault.history(Self.name(number), limit: 100).map(\.event) }
        #expect(events.count { $0 == "endpoint-closed" } == 1 && events.count { $0 == "endpoint-opened" } == 1)
        #expect(!events.contains("needs-person"))
    }

    @Test func aReplacedValueIsWatchedUntilItIsRefused() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        #expect(try await bench.report().version == 2)
        try await bench.run(until: bench.clock.now + .hours(2))
        var old = try #require(try await bench.report().versions.first)
        #expect(old.stillWorks != nil && old.ended == nil, "its revocation did not take effect")
        bench.prober.answersBy { $0 == Token.setup(1) ? .revoked : .accepted }
        try await bench.run(until: bench.clock.now + .hours(2))
        old = try #require(try await bench.report().versions.first)
        #expect(old.ended != nil && old.stillWorks == nil)
        let asked = bench.prober.tokens.count { $0 == Token.setup(1) }
        try await bench.run(until: bench.clock.now + .hours(10))
        #expect(bench.prober.tokens.count { $0 == Token.setup(1) } == asked, "it is left alone then")
        #expect(try await bench.report().state == .healthy)
        let events = try await bench.events()
        #expect(events.count { $0 == "still-works" } == 1 && events.count { $0 == "ended" } == 1)
        #expect(!events.contains("needs-person"))
    }

    @Test func aReplacedValueIsNotAskedAboutWhenProbingIsNotOn() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.probing = .passive })
        try await bench.rotate()
        try await bench.run(until: bench.clock.now + .hours(20))
        #expect(bench.prober.count == 0)
    }

    @Test func whatIsBroughtBackIsWatchedTheOtherWay() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        bench.prober.answersBy { $0 == Token.setup(2) ? .revoked : .accepted }
        _ = try await bench.vault.undo(Bench.name)
        try await bench.run(until: bench.clock.now + .hours(2))
        let versions = try await bench.report().versions
        #expect(versions.first?.role == .live && versions.first?.ended == nil)
        #expect(versions.last?.role == .retiring && versions.last?.ended != nil)
    }
}
