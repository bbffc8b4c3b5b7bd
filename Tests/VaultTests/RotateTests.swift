import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

@Suite struct RotateTests {
    private let old = Token.setup(1)
    private let new = Token.setup(2)

    private func live(_ bench: Bench) async throws -> String {
        Token.text(try await bench.vault.read(Bench.name).value)
    }

    private func roles(_ bench: Bench) async throws -> [Version.Role] { try await bench.report().versions.map(\.role) }

    /// Which numbers have a value in the store.
    private func stored(_ bench: Bench) throws -> [Int] {
        let id = try bench.row().id
        return try (1...6).filter { try bench.store.version($0, of: id) != nil }
    }

    static let lively = [
        Outcome.accepted, Outcome(.insufficientScope, reason: "scope", provesLive: true),
        Outcome(.quotaOrBilling, reason: "no_credit"), Outcome(.rateLimited, reason: "limited", provesLive: true),
    ]

    @Test(arguments: lively) func aValueThatLivesGoesLive(_ outcome: Outcome) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.clock.advance(.hours(1))
        bench.prober.answers(outcome)
        let report = try await bench.rotate()
        #expect(report.role == .live && report.outcome == OutcomeReport(outcome))
        #expect(report.credential.version == 2)
        #expect(report.credential.versions.map(\.role) == [.retiring, .live])
        #expect(report.credential.provenAt == bench.clock.now.rfc3339)
        #expect(try await live(bench) == new)
        #expect(bench.prober.tokens == [old, new])
        #expect(try stored(bench) == [1, 2])
    }

    @Test func aDeadCredentialIsWellAgain() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answersBy { [old] in $0 == old ? .expired : .accepted }
        try await bench.run(until: Bench.start + .days(2))
        #expect(try await bench.report().state == .expired)
        let report = try await bench.rotate()
        #expect(report.credential.state == .healthy && report.credential.action == nil)
        try await bench.run(until: Bench.start + .days(5))
        #expect(try await bench.report().state == .healthy)
    }

    @Test(arguments: [Outcome.revoked, .expired, .refusedSoftly, Outcome(.wrongKind, reason: "slot")])
    func aRefusedValueStaysACandidate(_ outcome: Outcome) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answersBy { [old] in $0 == old ? .accepted : outcome }
        let report = try await bench.rotate()
        #expect(report.role == .candidate && report.outcome == OutcomeReport(outcome))
        #expect(report.credential.state == .healthy && report.credential.version == 1)
        #expect(report.credential.action == "secret rotate anthropic/main")
        #expect(try await live(bench) == old)
        try await bench.run(until: Bench.start + .days(10))
        #expect(bench.prober.tokens.count { $0 == new } == 1)
        #expect(try await roles(bench) == [.live, .candidate])
    }

    @Test(arguments: [Outcome.noAnswer, .down, .limited]) func withoutAnAnswerTheCandidateWaitsForOne(
        _ outcome: Outcome
    ) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answersBy { [old] in $0 == old ? .accepted : outcome }
        let report = try await bench.rotate()
        #expect(report.role == .candidate && report.credential.version == 1)
        try await bench.run(until: Bench.start + .hours(2))
        #expect(try await live(bench) == old)
        #expect((3...7).contains(bench.prober.tokens.count { $0 == new }))
        bench.prober.answers(.accepted)
        try await bench.run(until: Bench.start + .hours(6))
        #expect(try await live(bench) == new)
        #expect(try await roles(bench) == [.retiring, .live])
        #expect(try await bench.events().contains("rotated"))
    }

    @Test func aPromotedCandidateEndsTheTurn() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.goAway()
        try await bench.rotate()
        bench.prober.comeBack()
        bench.clock.advance(.days(1))
        try await bench.run(until: bench.clock.now + .minutes(2))
        #expect(bench.prober.tokens == [old, new], "the value that was just replaced is not asked about")
        #expect(try await roles(bench) == [.retiring, .live])
    }

    @Test(arguments: [Outcome.revoked, .noAnswer]) func nowIsNow(_ outcome: Outcome) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(outcome)
        let report = try await bench.rotate(as: Bench.order { $0.now = true })
        #expect(report.role == .live && report.credential.version == 2)
        #expect(report.credential.state == (outcome == .revoked ? .refused : .unverified))
        #expect(try await live(bench) == new)
    }

    @Test(arguments: [StoreOrder.ProbeChoice.passive, .off]) func withoutProbesItGoesLiveAtOnce(
        choice: StoreOrder.ProbeChoice
    ) async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.probing = choice })
        let report = try await bench.rotate()
        #expect(report.role == .live && report.outcome == nil && report.credential.state == .unverified)
        #expect(bench.prober.count == 0)
        try await bench.add(Token.setup(5), as: Bench.order(Bench.named("other")))
        let turned = try await bench.rotate(
            Token.setup(6), as: Bench.order(Bench.named("other")) { $0.probing = choice })
        #expect(turned.role == .live && turned.credential.probing.rawValue == choice.rawValue)
        #expect(bench.prober.count == 1)
    }

    @Test func theSameValueIsRefused() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let before = try bench.row()
        let told = await fault { try await bench.rotate(old) }
        #expect(told?.code == .refused && told?.id == "same_value")
        #expect(try bench.row() == before)
    }

    @Test func anotherKindIsRefusedUnlessItIsMeant() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        #expect(await fault { try await bench.rotate(Token.api(1)) }?.code == .refused)
        let report = try await bench.rotate(Token.api(1), as: Bench.order { $0.kind = "anthropic.api-key" })
        #expect(report.credential.kind == "anthropic.api-key")
    }

    @Test func anAbsentCredentialIsNotRotated() async throws {
        let bench = try await Bench.open()
        #expect(await fault { try await bench.rotate() }?.code == .noSuchCredential)
    }

    @Test func theReplacedValueIsKeptForItsGrace() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate(as: Bench.order { $0.graceMilliseconds = Duration.hours(3).milliseconds })
        try await bench.run(until: Bench.start + .hours(3) - .milliseconds(1))
        #expect(try stored(bench) == [1, 2])
        try await bench.run(until: Bench.start + .hours(3))
        #expect(try stored(bench) == [2])
        let report = try await bench.report()
        #expect(report.versions.map(\.role) == [.dead, .live] && report.versions.first?.fingerprint == nil)
        #expect(try await bench.events().last == "kept-ended")
    }

    @Test func theGraceOfACandidateCountsFromItsPromotion() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.noAnswer)
        try await bench.rotate(as: Bench.order { $0.graceMilliseconds = Duration.hours(3).milliseconds })
        try await bench.run(until: Bench.start + .hours(20))
        bench.prober.answersBy { [new] in $0 == new ? .accepted : .noAnswer }
        while try await roles(bench) == [.live, .candidate], let due = try await bench.vault.nextDue() {
            try await bench.run(until: due)
        }
        let promoted = bench.clock.now
        try await bench.run(until: promoted + .hours(3) - .milliseconds(1))
        #expect(try stored(bench) == [1, 2])
        try await bench.run(until: promoted + .hours(3))
        #expect(try stored(bench) == [2])
    }

    @Test func valuesOfDeadVersionsAreDeleted() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate(Token.setup(2))
        try await bench.rotate(Token.setup(3))
        #expect(try stored(bench) == [2, 3])
        bench.prober.answers(.noAnswer)
        try await bench.rotate(Token.setup(4))
        try await bench.rotate(Token.setup(5))
        #expect(try stored(bench) == [2, 3, 5])
        #expect(try await roles(bench) == [.dead, .retiring, .live, .dead, .candidate])
    }

    @Test func aPassiveCredentialsOldValueEndsToo() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.probing = .passive })
        try await bench.rotate()
        try await bench.run(until: Bench.start + .days(2))
        #expect(try stored(bench) == [2])
        #expect(bench.prober.count == 0)
        #expect(try await bench.isAtRest)
    }

    @Test func dueProbesAreNotForWhatOnlyEnds() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.probing = .passive })
        try await bench.rotate()
        bench.clock.advance(.days(2))
        try await bench.vault.tick(limit: 10)
        #expect(bench.prober.count == 0)
    }
}
