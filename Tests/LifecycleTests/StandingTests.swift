import Lifecycle
import Testing

/// What lies between the cells of the table: counts, spans and ages.
@Suite struct StandingTests {
    private func next(
        _ standing: Standing, _ kind: OutcomeClass, at now: Timestamp, _ profile: ConfirmationProfile = .generic
    )
        -> Standing
    {
        standing.after(
            Outcome(kind, reason: "r", profile: profile), at: now, confirmedBy: Settings.standard.confirm[profile],
            staleAfter: .hours(24)
        ).standing
    }

    struct Profile: Sendable, CustomTestStringConvertible {
        let profile: ConfirmationProfile, count: Int, span: Duration
        var testDescription: String { profile.rawValue }
    }
    static let profiles = [
        Profile(profile: .explicit, count: 2, span: .minutes(10)),
        Profile(profile: .generic, count: 3, span: .hours(1)),
        Profile(profile: .flaky, count: 4, span: .hours(6)),
    ]

    @Test(arguments: profiles) func theDefaultsAreTheDesigns(_ row: Profile) {
        #expect(Settings.standard.confirm[row.profile] == .init(count: row.count, span: row.span))
    }

    @Test(arguments: profiles, [OutcomeClass.expired, .invalid])
    func countAndSpanMustBothBeReached(_ row: Profile, kind: OutcomeClass) {
        let start = Sketch.now
        var quick = Sketch.standing(.healthy)
        for index in 0..<row.count + 3 {
            quick = next(quick, kind, at: start + .seconds(Int64(index)), row.profile)
            #expect(quick.verdict == .suspect(.init(count: index + 1, since: start)))
        }
        #expect(next(quick, kind, at: start + row.span - .milliseconds(1), row.profile).verdict.name == "suspect")
        let confirmed = next(quick, kind, at: start + row.span, row.profile)
        #expect(confirmed.verdict == (kind == .expired ? .expired : .revoked))
        #expect(confirmed.deadSince == start + row.span)

        var few = Sketch.standing(.healthy)
        for index in 0..<row.count - 1 { few = next(few, kind, at: start + row.span * (index * 2), row.profile) }
        #expect(few.verdict.name == "suspect")
        #expect(next(few, kind, at: start + row.span * (row.count * 2), row.profile).verdict.isDead)
    }

    @Test func theLastAnswerNamesTheDeath() {
        var standing = next(Sketch.standing(.healthy), .invalid, at: Sketch.now, .explicit)
        standing = next(standing, .expired, at: Sketch.now + .minutes(10), .explicit)
        #expect(standing.verdict == .expired)
    }

    @Test func lifeClearsASuspicion() {
        let start = Sketch.now
        var standing = next(Sketch.standing(.healthy), .invalid, at: start, .explicit)
        standing = next(standing, .valid, at: start + .minutes(9))
        #expect(standing.verdict == .healthy)
        standing = next(standing, .invalid, at: start + .minutes(20), .explicit)
        #expect(standing.verdict == .suspect(.init(count: 1, since: start + .minutes(20))))
    }

    @Test(arguments: [OutcomeClass.rateLimited, .providerDown, .unknown])
    func silenceNeitherFeedsNorClearsASuspicion(_ kind: OutcomeClass) {
        let suspected = next(Sketch.standing(.healthy), .invalid, at: Sketch.now, .explicit)
        let silent = next(suspected, kind, at: Sketch.now + .days(30))
        #expect(silent.verdict == suspected.verdict)
        #expect(next(silent, .invalid, at: Sketch.now + .days(31), .explicit).verdict == .revoked)
    }

    struct Ageing: Sendable, CustomTestStringConvertible {
        let verdict: Verdict, ages: Bool
        var testDescription: String { verdict.name }
    }
    static let ageing = [
        Ageing(verdict: .unverified, ages: false), Ageing(verdict: .refused, ages: false),
        Ageing(verdict: .healthy, ages: true), Ageing(verdict: .degraded, ages: true),
        Ageing(verdict: .miswired, ages: true), Ageing(verdict: .unproven, ages: true),
        Ageing(verdict: .suspect(.init(count: 2, since: Sketch.early)), ages: false),
        Ageing(verdict: .expired, ages: false), Ageing(verdict: .revoked, ages: false),
    ]

    @Test(arguments: ageing, [OutcomeClass.rateLimited, .providerDown, .unknown])
    func silenceBecomesUnproven(_ row: Ageing, kind: OutcomeClass) {
        let before = Sketch.standing(row.verdict)
        #expect(next(before, kind, at: Sketch.early + .hours(24)).verdict == row.verdict)
        let old = before.after(
            Outcome(kind, reason: "quiet"), at: Sketch.early + .hours(24) + .milliseconds(1),
            confirmedBy: Sketch.generic, staleAfter: .hours(24))
        #expect(old.standing.verdict == (row.ages ? .unproven : row.verdict))
        let entered = row.ages && row.verdict != .unproven
        #expect(old.effects == (entered ? [.needsPerson] : []))
        #expect(old.standing.reason == (entered ? "quiet" : nil))
    }

    @Test func aDegradedTokenIsJudgedByItsLastProofOfLife() {
        let limited = Outcome(.rateLimited, reason: "r", provesLive: true)
        var standing = Sketch.standing(.healthy)
        for hour in stride(from: Int64(12), through: 120, by: 12) {
            standing =
                standing.after(
                    limited, at: Sketch.early + .hours(hour), confirmedBy: Sketch.generic, staleAfter: .hours(24)
                ).standing
            #expect(standing.verdict == .degraded)
        }
    }

    @Test(arguments: VerdictTableTests.verdicts.map(\.verdict))
    func verdictsNeedAPersonAsTheDesignSays(_ verdict: Verdict) {
        let needy: Set<String> = ["refused", "miswired", "expired", "revoked", "unproven"]
        #expect(verdict.needsPerson == needy.contains(verdict.name))
        #expect(verdict.isDead == ["expired", "revoked"].contains(verdict.name))
    }
}
