import Lifecycle
import Testing

/// DESIGN §2, cell by cell: what each verdict becomes under each outcome.
@Suite struct VerdictTableTests {
    /// A verdict as the table names its columns, with one suspicion of each kind that matters.
    static let verdicts: [(name: String, verdict: Verdict)] = [
        ("unverified", .unverified), ("refused", .refused), ("healthy", .healthy), ("degraded", .degraded),
        ("miswired", .miswired), ("unproven", .unproven), ("suspect", .suspect(.init(count: 1, since: Sketch.early))),
        ("expired", .expired), ("revoked", .revoked),
    ]

    struct Row: Sendable, CustomTestStringConvertible {
        let outcome: Outcome
        /// By the order of `verdicts`; nil stays.
        let next: [Verdict?]
        var testDescription: String { "\(outcome.kind.rawValue)\(outcome.provesLive ? " with proof of life" : "")" }

        init(_ kind: OutcomeClass, provesLive: Bool = false, _ next: [Verdict?]) {
            outcome = Outcome(kind, reason: "the_reason", provesLive: provesLive)
            self.next = next
        }
    }

    private static let first = Verdict.suspect(.init(count: 1, since: Sketch.now))
    private static let second = Verdict.suspect(.init(count: 2, since: Sketch.early))
    private static let stays = [Verdict?](repeating: nil, count: 9)
    private static let degrades: [Verdict?] = [Verdict?](repeating: .degraded, count: 7) + [nil, nil]

    /// Columns: unverified, refused, healthy, degraded, miswired, unproven, suspect, expired, revoked.
    static let rows = [
        Row(.valid, [Verdict?](repeating: .healthy, count: 9)),
        Row(.insufficientScope, provesLive: true, [Verdict?](repeating: .healthy, count: 9)),
        Row(.quotaOrBilling, degrades),
        Row(.rateLimited, provesLive: true, degrades),
        Row(.wrongKind, [Verdict?](repeating: .miswired, count: 9)),
        Row(.wrongKind, provesLive: true, [Verdict?](repeating: .miswired, count: 9)),
        Row(.expired, [.expired, .expired, first, first, first, first, second, nil, nil]),
        Row(.invalid, [.refused, .refused, first, first, first, first, second, nil, nil]),
        Row(.rateLimited, stays),
        Row(.providerDown, stays),
        Row(.unknown, stays),
    ]

    @Test(arguments: rows) func cells(_ row: Row) {
        for ((name, verdict), expected) in zip(Self.verdicts, row.next) {
            let before = Sketch.standing(verdict)
            let (after, _) = before.after(
                row.outcome, at: Sketch.now, confirmedBy: Sketch.generic, staleAfter: .hours(48))
            #expect(after.verdict == expected ?? verdict, "\(name) under \(row.testDescription)")
        }
    }

    @Test func everyClassHasItsRow() {
        #expect(Set(Self.rows.map(\.outcome.kind)) == Set(OutcomeClass.allCases))
        #expect(Self.rows.allSatisfy { $0.next.count == Self.verdicts.count })
    }

    @Test(arguments: rows) func onlyAnswersAboutTheTokenAreConclusions(_ row: Row) {
        let conclusive = row.outcome.kind.isDeath || row.outcome.kind == .wrongKind || row.outcome.showsLife
        for (name, verdict) in Self.verdicts {
            var before = Sketch.standing(verdict)
            before.failures = 3
            let (after, _) = before.after(
                row.outcome, at: Sketch.now, confirmedBy: Sketch.generic, staleAfter: .hours(48))
            #expect(after.concludedAt == (conclusive ? Sketch.now : Sketch.early), "\(name)")
            #expect(after.failures == (conclusive ? 0 : 4), "\(name)")
        }
    }

    @Test(arguments: rows) func proofOfLifeIsDated(_ row: Row) {
        let lives = [.valid, .insufficientScope, .quotaOrBilling].contains(row.outcome.kind) || row.outcome.provesLive
        for (name, verdict) in Self.verdicts {
            let (after, _) = Sketch.standing(verdict).after(
                row.outcome, at: Sketch.now, confirmedBy: Sketch.generic, staleAfter: .hours(48))
            #expect(after.provenAt == (lives ? Sketch.now : nil), "\(name)")
        }
    }

    @Test(arguments: rows) func theReasonIsOfTheOutcomeThatShapedTheVerdict(_ row: Row) {
        for ((name, verdict), expected) in zip(Self.verdicts, row.next) {
            var before = Sketch.standing(verdict)
            before.reason = "earlier"
            let (after, _) = before.after(
                row.outcome, at: Sketch.now, confirmedBy: Sketch.generic, staleAfter: .hours(48))
            #expect(after.reason == (expected == nil ? "earlier" : "the_reason"), "\(name)")
        }
    }

    @Test(arguments: rows) func aPersonIsToldOnce(_ row: Row) {
        for (name, verdict) in Self.verdicts {
            let before = Sketch.standing(verdict)
            let (after, effects) = before.after(
                row.outcome, at: Sketch.now, confirmedBy: Sketch.generic, staleAfter: .hours(48))
            let entered = after.verdict.needsPerson && after.verdict != verdict
            #expect(effects.contains(.needsPerson) == entered, "\(name)")
            let recovered = verdict.needsPerson && [.healthy, .degraded].contains(after.verdict)
            #expect(effects.contains(.recovered) == recovered, "\(name)")
            #expect(!effects.contains(.endpointClosed))
        }
    }

    @Test func aDeathHasADateUntilLifeIsShown() {
        let dying = Sketch.standing(.unverified).after(
            Outcome(.expired, reason: "gone"), at: Sketch.now, confirmedBy: Sketch.generic, staleAfter: .hours(48)
        ).standing
        #expect(dying.deadSince == Sketch.now)
        let later = Sketch.now + .hours(5)
        let dead = dying.after(
            Outcome(.invalid, reason: "gone"), at: later, confirmedBy: Sketch.generic, staleAfter: .hours(48)
        ).standing
        #expect(dead.deadSince == Sketch.now)
        let alive = dead.after(
            Outcome(.valid, reason: "ok"), at: later, confirmedBy: Sketch.generic, staleAfter: .hours(48)
        ).standing
        #expect(alive.deadSince == nil)
        #expect(alive.verdict == .healthy)
    }

    @Test(arguments: verdicts.map(\.verdict)) func aClosedEndpointBlamesNoToken(_ verdict: Verdict) {
        let outcome = Outcome(.unknown, reason: "endpoint_closed_to_oauth")
        let (after, effects) = Sketch.standing(verdict).after(
            outcome, at: Sketch.now, confirmedBy: Sketch.generic, staleAfter: .hours(48))
        #expect(after.verdict == verdict)
        #expect(effects == [.endpointClosed])
    }

    @Test func onlyUnknownClosesAnEndpoint() {
        for kind in OutcomeClass.allCases {
            #expect(Outcome(kind, reason: "endpoint_closed_to_oauth").closesEndpoint == (kind == .unknown))
        }
        #expect(!Outcome(.unknown, reason: "not_from_provider").closesEndpoint)
    }
}

/// The moments and standings that the tables start from.
enum Sketch {
    static let early = Timestamp(seconds: 1_800_000_000)
    static let now = early + .minutes(5)
    static let generic = Settings.standard.confirm.generic

    static func standing(_ verdict: Verdict) -> Standing {
        var standing = Standing(storedAt: early)
        standing.verdict = verdict
        return standing
    }
}
