import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// What is told although no answer brings it: ends that come near, silence, a clock that is wrong, a network that is away.
@Suite struct RemindTests {
    private func deadlines(_ bench: Bench) async throws -> [String] {
        try await bench.vault.history(Bench.name, limit: 2000).reversed().filter { $0.event == "deadline" }.map(
            \.detail)
    }

    @Test func eachStepIsToldOnceAndOnTime() async throws {
        let bench = try await Bench.open()
        let end = Bench.start + .days(100)
        try await bench.add(as: Bench.order { $0.expires = end })
        try await bench.run(until: end + .days(3))
        #expect(try await deadlines(bench) == ["30d", "14d", "7d", "3d", "1d", "past"])
        let times = try await bench.vault.history(Bench.name, limit: 2000).reversed()
            .filter { $0.event == "deadline" }.compactMap { Timestamp(rfc3339: $0.at) }
        for (time, before) in zip(times, Settings.standard.warnBefore + [.zero]) {
            #expect(time >= end - before && time < end - before + .minutes(1))
        }
        #expect(try await bench.report().state == .expired)
    }

    @Test func aRestartTellsNothingTwice() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.expires = Bench.start + .days(20) })
        try await bench.run(until: Bench.start + .days(10))
        let before = try await deadlines(bench)
        #expect(before == ["30d", "14d"])
        let again = try bench.restarted()
        try await again.unlock(.machine, secret: nil)
        for _ in 0..<3 { try await again.tick(limit: 8) }
        let after = try await again.history(Bench.name, limit: 2000).filter { $0.event == "deadline" }
        #expect(after.count == before.count)
    }

    @Test(arguments: [StoreOrder.ProbeChoice.passive, .off]) func nobodyNeedsToBeAskedForIt(
        _ choice: StoreOrder.ProbeChoice
    ) async throws {
        let bench = try await Bench.open()
        try await bench.add(
            as: Bench.order {
                $0.probing = choice
                $0.expires = Bench.start + .days(10)
            })
        try await bench.run(until: Bench.start + .days(11))
        #expect(try await deadlines(bench) == ["14d", "7d", "3d", "1d", "past"])
        #expect(bench.prober.count == 0)
    }

    @Test func whoIsPausedIsLeftAlone() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.expires = Bench.start + .days(40) })
        try await bench.vault.pause(Bench.name)
        try await bench.run(until: Bench.start + .days(50))
        #expect(try await deadlines(bench).isEmpty)
    }

    @Test func anotherTokenBeginsAnew() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.expires = Bench.start + .days(20) })
        try await bench.run(until: Bench.start + .days(19) + .hours(12))
        let before = try await deadlines(bench)
        #expect(before.last == "1d")
        try await bench.rotate(as: Bench.order { $0.expires = Bench.start + .days(400) })
        try await bench.run(until: Bench.start + .days(360))
        #expect(try await deadlines(bench) == before)
        try await bench.run(until: Bench.start + .days(371))
        #expect(try await deadlines(bench) == before + ["30d"])
    }

    /// The prober is away for days: no answer comes that could say so.
    @Test func silenceIsToldOnceAndItsEndToo() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.goAway()
        try await bench.run(until: Bench.start + .days(2))
        var events = try await bench.events()
        #expect(try await bench.report().state == .unproven)
        #expect(events.count { $0 == "needs-person" } == 1 && !events.contains("recovered"))
        bench.prober.comeBack()
        try await bench.run(until: Bench.start + .days(3))
        events = try await bench.events()
        #expect(try await bench.report().state == .healthy)
        #expect(events.count { $0 == "needs-person" } == 1 && events.count { $0 == "recovered" } == 1)
    }

    /// The clock jumps a year ahead and back: providers say what time it is.
    @Test(arguments: [1, -1] as [Int64]) func aWrongClockEndsNothing(_ sign: Int64) async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.expires = Bench.start + .days(200) })
        try await bench.run(until: Bench.start + .days(2))
        let right = bench.clock.now
        bench.prober.tells(skew: .days(365 * sign))
        bench.clock.set(right + .days(365 * sign))
        try await bench.run(until: bench.clock.now + .minutes(2))
        if sign > 0 {
            #expect(try await bench.report().state == .healthy)
            #expect(try await deadlines(bench).isEmpty)
        }
        #expect(try await bench.report().state != .expired)
        bench.prober.tells(skew: .zero)
        bench.clock.set(right + .hours(1))
        try await bench.run(until: right + .days(2))
        #expect(try await bench.report().state == .healthy)
    }

    /// A silence is measured by the same clock.
    @Test func byAWrongClockNobodyWasSilent() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.clock.advance(.days(5))
        bench.prober.tells(skew: .days(5))
        bench.prober.answers(.down)
        _ = try await bench.vault.probe(Bench.name, accepted: true)
        #expect(try await bench.report().state == .healthy)
        bench.prober.tells(skew: .zero)
        _ = try await bench.vault.probe(Bench.name, accepted: true)
        #expect(try await bench.report().state == .unproven)
    }

    /// The local gateway has the clock that is wrong: it may not vouch for it.
    @Test func aLoopbackAddressVouchesForNoClock() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let local = Bench.named("local")
        try await bench.add(Token.setup(2), as: Bench.order(local) { $0.baseURL = "http://127.0.0.1:8080" })
        bench.prober.tells(skew: .hours(3))
        for _ in 0..<3 { _ = try await bench.vault.probe(Bench.name, accepted: true) }
        bench.prober.tells(skew: .zero)
        _ = try await bench.vault.probe(local, accepted: true)
        #expect(try await bench.vault.status(StatusQuery()).daemon.clockSkewSeconds == 10_800)
    }

    @Test func ofWhatIsDeadNoEndIsTold() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.expires = Bench.start + .days(40) })
        bench.prober.answers(.revoked)
        try await bench.run(until: Bench.start + .days(60))
        #expect(try await deadlines(bench).isEmpty)
    }

    @Test func aDoubtfulClockIsShown() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.tells(skew: .hours(3))
        for _ in 0..<3 { _ = try await bench.vault.probe(Bench.name, accepted: true) }
        #expect(try await bench.vault.status(StatusQuery()).daemon.clockSkewSeconds == 10_800)
        bench.prober.tells(skew: .seconds(1))
        _ = try await bench.vault.probe(Bench.name, accepted: true)
        #expect(try await bench.vault.status(StatusQuery()).daemon.clockSkewSeconds == nil)
    }

    @Test func withoutNetworkNobodyIsAskedAndNothingIsCounted() async throws {
        let bench = try await Bench.open()
        for number in 0..<20 {
            try await bench.add(Token.setup(UInt64(number + 1)), as: Bench.order(Bench.named("fleet/\(number)")))
        }
        let before = bench.prober.count
        bench.prober.answers(Outcome(.unknown, reason: "offline"))
        try await bench.run(until: Bench.start + .hours(20))
        let reports = try await bench.vault.status(StatusQuery()).credentials
        #expect(reports.allSatisfy { $0.state == .healthy })
        #expect(reports.contains { $0.probing == .offline && $0.reason == "offline" })
        // One question every 5 minutes for all of them together, and a few at the start.
        #expect(bench.prober.count - before < 20 * 12 + 20, "\(bench.prober.count - before)")
        bench.prober.answers(.accepted)
        try await bench.run(until: Bench.start + .hours(21))
        let after = try await bench.vault.status(StatusQuery()).credentials
        #expect(after.allSatisfy { $0.probing == .on && $0.state == .healthy })
        #expect(
            try await bench.vault.history(Bench.named("fleet/1"), limit: 100).allSatisfy { $0.event != "needs-person" })
    }
}
