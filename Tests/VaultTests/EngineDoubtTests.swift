import Lifecycle
import Testing
import Wire

@testable import Vault

/// What must not turn doubt into a death, nor make the timer spin or sleep for ever, in simulated time.
@Suite struct EngineDoubtTests {
    private func several(_ count: Int) async throws -> Bench {
        let bench = try await Bench.open()
        for number in 0..<count { try await bench.add(Token.setup(UInt64(number + 1)), as: Bench.order(name(number))) }
        return bench
    }

    private func name(_ number: Int) -> CredentialName { Bench.named("fleet/\(number)") }

    private func reports(_ bench: Bench) async throws -> [CredentialReport] {
        try await bench.vault.status(StatusQuery()).credentials
    }

    @Test func aHoldOutlivesARestart() async throws {
        let bench = try await several(4)
        bench.prober.answers(.revoked)
        bench.clock.advance(.minutes(20))
        for number in 0..<4 { _ = try await bench.vault.probe(name(number), accepted: true) }
        bench.clock.advance(.minutes(15))
        let second = try bench.restarted()
        #expect(await second.unlockByMachine())
        for _ in 0..<2 {
            for number in 1..<4 { _ = try await second.probe(name(number), accepted: true) }
            bench.clock.advance(.minutes(12))
        }
        let held = try await second.status(StatusQuery()).credentials.dropFirst()
        #expect(held.allSatisfy { $0.state == .healthy && $0.reason == "held_by_correlation" })
        bench.clock.advance(.minutes(30))
        for _ in 0..<2 {
            for number in 0..<4 { _ = try await second.probe(name(number), accepted: true) }
            bench.clock.advance(.minutes(11))
        }
        #expect(try await second.status(StatusQuery()).credentials.allSatisfy { $0.state == .revoked })
    }

    /// The trouble begins minutes after a sibling was proven.
    @Test func anOldProofKillsNobody() async throws {
        let bench = try await several(3)
        bench.clock.advance(.hours(1))
        _ = try await bench.vault.probe(name(0), accepted: true)
        bench.prober.answers(.revoked)
        bench.clock.advance(.minutes(6))
        for number in 1..<3 { _ = try await bench.vault.probe(name(number), accepted: true) }
        try await bench.run(until: bench.clock.now + .minutes(30))
        #expect(try await reports(bench).map(\.state) == [.healthy, .suspect, .suspect])
    }

    @Test func aClosedKindIsAskedByTheNextWhenItsFirstIsGone() async throws {
        let bench = try await several(3)
        bench.prober.answers(.closed)
        try await bench.run(until: Bench.start + .days(1))
        let asker = try await reports(bench).min { ($0.nextProbeAt ?? "~") < ($1.nextProbeAt ?? "~") }
        try await bench.vault.pause(try #require(asker).name)
        bench.prober.answers(.accepted)
        try await bench.run(until: Bench.start + .days(4))
        let others = try await reports(bench).filter { $0.name != asker?.name }
        #expect(others.count == 2 && others.allSatisfy { $0.probing == .on && $0.state == .healthy })
    }

    @Test func aClosedKindIsToldOnceWhoeverComesLater() async throws {
        let bench = try await several(2)
        bench.prober.answers(.closed)
        try await bench.run(until: Bench.start + .days(1))
        try await bench.add(Token.setup(9), as: Bench.order(name(9)))
        #expect(try await bench.report(name(9)).probing == .passive)
        #expect(try await bench.report(name(9)).state == .unverified)
        var told = 0
        for number in [0, 1, 9] { told += try await bench.events(name(number)).count { $0 == "endpoint-closed" } }
        #expect(told == 1)
    }

    @Test func aValueThatIsReplacedWhileItsKindIsClosedIsAskedAboutAgain() async throws {
        let bench = try await several(1)
        bench.prober.answers(.closed)
        try await bench.run(until: Bench.start + .days(1))
        try await bench.rotate(Token.setup(7), as: Bench.order(name(0)))
        bench.prober.answers(.accepted)
        try await bench.run(until: bench.clock.now + .days(2))
        #expect(try await bench.report(name(0)).probing == .on)
        #expect(try await bench.report(name(0)).state == .healthy)
    }

    /// The provider opens the endpoint again and refuses the asker, while others of another kind go bad.
    @Test func aClosedKindThatIsHeldDoesNotSpin() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order(name(0)))
        bench.prober.answers(.closed)
        try await bench.run(until: Bench.start + .days(1))
        for number in 1..<3 {
            try await bench.add(Token.api(UInt64(number)), as: Bench.order(name(number)))
        }
        bench.prober.answers(.accepted)
        for number in 1..<3 { _ = try await bench.vault.probe(name(number), accepted: true) }
        let due = try #require(
            try await reports(bench).first { $0.name == name(0) }.flatMap(\.nextProbeAt).flatMap {
                Timestamp(rfc3339: $0)
            })
        bench.clock.set(due - .minutes(2))
        bench.prober.answers(.revoked)
        for number in 1..<3 { _ = try await bench.vault.probe(name(number), accepted: true) }
        let before = bench.prober.count
        try await bench.run(until: due + .minutes(30))
        #expect(bench.prober.count - before <= 6, "\(bench.prober.count - before)")
    }

    /// One answer does not lull who replaced a leaked value.
    @Test func aReplacedValueIsRefusedTwiceBeforeItsEndIsTold() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        bench.prober.answersBy { $0 == Token.setup(1) ? .revoked : .accepted }
        try await bench.run(until: bench.clock.now + .minutes(15))
        #expect(try await bench.report().versions.first?.ended == nil)
        bench.prober.answers(.accepted)
        try await bench.run(until: bench.clock.now + .minutes(10))
        #expect(try await bench.report().versions.first?.stillWorks != nil)
        #expect(try await !bench.events().contains("ended"))
        bench.prober.answersBy { $0 == Token.setup(1) ? .refusedSoftly : .accepted }
        let start = bench.clock.now
        try await bench.run(until: start + .hours(1) + .minutes(30))
        #expect(try await !bench.events().contains("ended"), "a vague refusal takes an hour")
        try await bench.run(until: start + .hours(3))
        #expect(try await bench.report().versions.first?.ended != nil)
        _ = try await bench.vault.undo(Bench.name)
        #expect(try await bench.report().version == 1, "undo goes on working")
    }
}
