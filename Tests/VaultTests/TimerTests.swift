import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// The schedule in simulated time: the timer alone does the asking.
@Suite struct TimerTests {
    private func states(_ bench: Bench) async throws -> [String] {
        try await bench.vault.history(Bench.name, limit: 1000).reversed().filter { $0.event == "verdict" }
            .map { String($0.detail.prefix { $0 != "(" }).trimmingSuffix() }
    }

    @Test func aHealthyTokenIsAskedTwiceADay() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.run(until: Bench.start + .days(30))
        #expect((45...90).contains(bench.prober.count), "\(bench.prober.count)")
        #expect(try await bench.report().state == .healthy)
    }

    struct Death: Sendable, CustomTestStringConvertible {
        let testDescription: String, outcome: Outcome, state: State, atLeast: Duration, atMost: Duration, answers: Int
    }
    static let deaths = [
        Death(
            testDescription: "explicitly expired", outcome: .expired, state: .expired, atLeast: .minutes(10),
            atMost: .minutes(10), answers: 2),
        Death(
            testDescription: "explicitly revoked", outcome: .revoked, state: .revoked, atLeast: .minutes(10),
            atMost: .minutes(10), answers: 2),
        Death(
            testDescription: "generic", outcome: .refusedSoftly, state: .revoked, atLeast: .hours(1),
            atMost: .minutes(100),
            answers: 4),
        Death(
            testDescription: "flaky", outcome: Outcome(.invalid, reason: "odd", profile: .flaky), state: .revoked,
            atLeast: .hours(6), atMost: .hours(8), answers: 7),
    ]

    @Test(arguments: deaths) func aDeathIsConfirmedByItsProfile(_ death: Death) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(death.outcome)
        let first = try #require(try await bench.vault.nextDue())
        try await bench.run(until: first)
        #expect(try await bench.report().state == .suspect)
        #expect(try await bench.report().action == nil)
        let before = bench.prober.count
        var confirmed: Timestamp?
        while confirmed == nil, let due = try await bench.vault.nextDue() {
            try await bench.run(until: due)
            if try await bench.report().state != .suspect { confirmed = due }
        }
        let span = try #require(confirmed) - first
        #expect(span >= death.atLeast && span <= death.atMost, "\(span.spoken)")
        #expect(bench.prober.count - before + 1 <= death.answers)
        let report = try await bench.report()
        #expect(report.state == death.state && report.action == "secret rotate anthropic/main")
        let word = death.state.rawValue
        #expect(try await states(bench) == ["unverified -> healthy", "healthy -> suspect", "suspect -> \(word)"])
    }

    @Test func theDeadAreAskedForAWeekAndThenNoMore() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.expired)
        try await bench.run(until: Bench.start + .days(3))
        let before = bench.prober.count
        try await bench.run(until: Bench.start + .days(60))
        #expect((4...9).contains(bench.prober.count - before))
        #expect(try await bench.isAtRest)
        #expect(try await bench.report().nextProbeAt == nil)
    }

    @Test(arguments: [Outcome.down, .limited, .noAnswer]) func silenceKillsNothing(_ outcome: Outcome) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(outcome)
        try await bench.run(until: Bench.start + .hours(23))
        #expect(try await bench.report().state == .healthy)
        try await bench.run(until: Bench.start + .days(3))
        let report = try await bench.report()
        #expect(report.state == .unproven && report.action == "secret probe anthropic/main")
        #expect(report.provenAt == Bench.start.rfc3339)
        try await bench.run(until: Bench.start + .days(60))
        #expect(try await states(bench) == ["unverified -> healthy", "healthy -> unproven"])
        #expect(bench.prober.count < 60 * 6)
    }

    @Test func anUnprovenTokenWasSilentForTwoIntervals() async throws {
        var settings = Settings.standard
        settings.probe.interval = ["anthropic.setup-token": .hours(48)]
        let bench = try await Bench.open(settings: settings)
        try await bench.add()
        bench.prober.answers(.down)
        try await bench.run(until: Bench.start + .hours(95))
        #expect(try await bench.report().state == .healthy)
        try await bench.run(until: Bench.start + .hours(130))
        #expect(try await bench.report().state == .unproven)
    }

    @Test(arguments: [Outcome.expired, .down, Outcome(.wrongKind, reason: "slot")])
    func whatComesBackIsHealthyAgain(_ outcome: Outcome) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(outcome)
        try await bench.run(until: Bench.start + .days(3))
        #expect(try await bench.report().action != nil)
        bench.prober.answers(.accepted)
        try await bench.run(until: Bench.start + .days(5))
        let report = try await bench.report()
        #expect(report.state == .healthy && report.action == nil)
    }

    @Test func aClosedEndpointMakesItPassiveUntilAPersonAsks() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.closed)
        try await bench.run(until: Bench.start + .days(2))
        let report = try await bench.report()
        #expect(report.probing == .passive && report.state == .healthy && report.nextProbeAt != nil)
        #expect(report.reason == "endpoint_closed_to_oauth")
        #expect(bench.prober.count == 3, "once a day")
        #expect(try await bench.events().filter { $0 == "endpoint-closed" }.count == 1)
        _ = try await bench.vault.probe(Bench.name, accepted: false)
        #expect(try await bench.report().probing == .passive)
        #expect(try await bench.events().filter { $0 == "endpoint-closed" }.count == 1)

        bench.prober.answers(.accepted)
        _ = try await bench.vault.probe(Bench.name, accepted: false)
        let after = try await bench.report()
        #expect(after.probing == .on && after.reason == "accepted" && after.nextProbeAt != nil)
    }

    @Test func withoutAProberNothingIsBlamed() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let before = try await bench.report()
        bench.prober.goAway()
        let due = try #require(try await bench.vault.nextDue())
        try await bench.run(until: due + .hours(1))
        var after = try await bench.report()
        #expect(after.nextProbeAt != before.nextProbeAt)
        after.nextProbeAt = before.nextProbeAt
        #expect(after == before)
        #expect(try await bench.events() == ["added", "consented", "probed", "verdict"])
        bench.prober.comeBack()
        try await bench.run(until: bench.clock.now + .seconds(30))
        #expect(bench.prober.count == 2)
    }

    @Test func aWaitThatTheProviderAsksForIsKept() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(Outcome(.rateLimited, reason: "limited", retryAfterMilliseconds: 36_000_000))
        let due = try #require(try await bench.vault.nextDue())
        try await bench.run(until: due)
        #expect(try await bench.report().nextProbeAt == (due + .hours(10)).rfc3339)
    }

    @Test func dueTimesOutliveARestart() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let due = try await bench.vault.nextDue()
        let second = try bench.restarted()
        #expect(await second.unlockByMachine())
        #expect(try await second.nextDue() == due)
    }

    @Test func whatAPersonPausedNobodyAsks() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.vault.pause(Bench.name)
        try await bench.vault.pause(Bench.name)
        try await bench.run(until: Bench.start + .days(30))
        #expect(bench.prober.count == 1)
        let paused = try await bench.report()
        #expect(paused.state == .paused && paused.probing == .paused && paused.nextProbeAt == nil)
        _ = try await bench.vault.probe(Bench.name, accepted: false)
        #expect(bench.prober.count == 2)
        #expect(try await bench.report().probing == .paused)
        #expect(try await bench.vault.resume(Bench.name) == .on)
        // The person's question has just taken the host's turn.
        #expect(try await bench.vault.nextDue() == bench.clock.now + .seconds(2))
        #expect(try await bench.events().filter { ["paused", "resumed"].contains($0) } == ["paused", "resumed"])
    }

    @Test(arguments: [StoreOrder.ProbeChoice.passive, .off]) func aPauseIsNoWayAroundAConsent(
        choice: StoreOrder.ProbeChoice
    ) async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { ($0.probing, $0.accepted) = (choice, []) })
        #expect(try await bench.vault.resume(Bench.name).rawValue == choice.rawValue)
        try await bench.vault.pause(Bench.name)
        #expect(try await bench.vault.resume(Bench.name).rawValue == choice.rawValue)
        try await bench.run(until: Bench.start + .days(5))
        #expect(bench.prober.count == 0)
    }

    @Test func manyCredentialsAreServedInTurns() async throws {
        let bench = try await Bench.open()
        for seed in UInt64(1)...30 { try await bench.add(Token.setup(seed), as: Bench.order(Bench.named("c\(seed)"))) }
        try await bench.run(until: Bench.start + .days(2))
        for seed in UInt64(1)...30 {
            let count = bench.prober.tokens.count { $0 == Token.setup(seed) }
            #expect((3...6).contains(count), "c\(seed) \(count)")
        }
        #expect(bench.faults.all.isEmpty)
    }
}

extension String {
    fileprivate func trimmingSuffix() -> String { hasSuffix(" ") ? String(dropLast()) : self }
}
