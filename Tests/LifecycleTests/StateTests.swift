import Lifecycle
import Testing

@Suite struct StateTests {
    static let verdicts = VerdictTableTests.verdicts.map(\.verdict)

    /// The state that a verdict has by itself.
    private func plain(_ verdict: Verdict) -> State {
        switch verdict {
        case .unverified: .unverified
        case .refused: .refused
        case .healthy: .healthy
        case .degraded: .degraded
        case .suspect: .suspect
        case .miswired: .miswired
        case .expired: .expired
        case .revoked: .revoked
        case .unproven: .unproven
        }
    }

    @Test(arguments: verdicts) func theWorstOfThreeIsShown(_ verdict: Verdict) {
        for probing in Probing.allCases {
            for deadline in [Deadline.none, .near, .past] {
                var worst = plain(verdict)
                if deadline == .near { worst = min(worst, .expiring) }
                if deadline == .past { worst = .expired }
                if probing == .paused { worst = min(worst, .paused) }
                #expect(State(verdict: verdict, deadline: deadline, probing: probing) == worst)
            }
        }
    }

    @Test func theOrderIsTheDesigns() {
        let order: [State] = [
            .expired, .revoked, .refused, .miswired, .unproven, .suspect, .expiring, .degraded, .paused, .unverified,
            .healthy,
        ]
        #expect(State.allCases == order)
        #expect(order.sorted() == order)
        #expect(order.reversed().sorted() == order)
    }

    @Test(arguments: verdicts) func checkIsAFunctionOfTheThree(_ verdict: Verdict) {
        let person = ["expired", "revoked", "refused", "miswired", "unproven"].contains(verdict.name)
        for probing in Probing.allCases {
            for deadline in [Deadline.none, .near, .past] {
                let check = Check(verdict: verdict, deadline: deadline, probing: probing)
                if probing == .paused {
                    #expect(check == .well)
                } else if person || deadline == .past {
                    #expect(check == .personNeeded)
                } else {
                    #expect(check == (deadline == .near ? .nearDeadline : .well))
                }
            }
        }
    }

    @Test func theMostUrgentCheckIsTheGreatest() {
        #expect([Check.well, .personNeeded, .nearDeadline].max() == .personNeeded)
        #expect([Check.well, .nearDeadline].max() == .nearDeadline)
        #expect([Check.well, .nearDeadline, .personNeeded].map(\.rawValue) == [0, 2, 1])
    }

    struct Action: Sendable, CustomTestStringConvertible {
        let state: State, action: String?, withRefusedCandidate: String?
        var testDescription: String { state.rawValue }

        init(_ state: State, _ action: String?, refused: String? = nil) {
            self.state = state
            self.action = action
            withRefusedCandidate = action ?? refused
        }
    }
    private static let rotate = "secret rotate anthropic/main"
    static let actions = [
        Action(.expired, rotate), Action(.revoked, rotate), Action(.refused, rotate), Action(.expiring, rotate),
        Action(.miswired, "secret history anthropic/main"), Action(.unproven, "secret probe anthropic/main"),
        Action(.suspect, nil, refused: rotate), Action(.degraded, nil, refused: rotate),
        Action(.paused, nil, refused: rotate), Action(.unverified, nil, refused: rotate),
        Action(.healthy, nil, refused: rotate),
    ]

    @Test(arguments: actions) func theNextActionIsAnExactCommand(_ row: Action) throws {
        let name = try CredentialName("anthropic/main")
        #expect(nextAction(for: name, state: row.state, candidateRefused: false) == row.action)
        #expect(nextAction(for: name, state: row.state, candidateRefused: true) == row.withRefusedCandidate)
    }

    @Test func everyStateHasItsAction() { #expect(Set(Self.actions.map(\.state)) == Set(State.allCases)) }
}

@Suite struct DeadlineTests {
    private static let end = Timestamp(seconds: 1_800_000_000)
    private static let warn = [Duration.days(7), .days(30), .days(1)]

    struct Row: Sendable, CustomTestStringConvertible {
        let name: String, source: Expiry.Source, now: Timestamp, proven: Timestamp?, expected: Deadline
        var testDescription: String { name }
    }
    static let rows = [
        Row(name: "far away", source: .observed, now: end - .days(31), proven: nil, expected: .none),
        Row(
            name: "a moment before the first warning", source: .declared, now: end - .days(30) - .milliseconds(1),
            proven: nil, expected: .none),
        Row(name: "at the first warning", source: .declared, now: end - .days(30), proven: nil, expected: .near),
        Row(
            name: "a moment before the end", source: .observed, now: end - .milliseconds(1), proven: nil,
            expected: .near),
        Row(name: "at the end", source: .observed, now: end, proven: nil, expected: .past),
        Row(name: "estimated, never proven", source: .estimated, now: end, proven: nil, expected: .past),
        Row(
            name: "estimated, proven before it", source: .estimated, now: end, proven: end - .milliseconds(1),
            expected: .past),
        Row(name: "estimated, contradicted at it", source: .estimated, now: end, proven: end, expected: .none),
        Row(
            name: "estimated, contradicted after it", source: .estimated, now: end + .days(2), proven: end + .days(1),
            expected: .none),
        Row(
            name: "declared, proven after it", source: .declared, now: end + .days(2), proven: end + .days(1),
            expected: .past),
        Row(
            name: "observed, proven after it", source: .observed, now: end + .days(2), proven: end + .days(1),
            expected: .past),
        Row(
            name: "estimated, near and proven", source: .estimated, now: end - .days(1), proven: end - .days(1),
            expected: .near),
    ]

    @Test(arguments: rows) func deadlines(_ row: Row) {
        let expiry = Expiry(at: Self.end, source: row.source)
        #expect(expiry.deadline(now: row.now, warnBefore: Self.warn, provenAt: row.proven) == row.expected)
    }

    @Test func withoutWarningsNothingIsNear() {
        let expiry = Expiry(at: Self.end, source: .observed)
        #expect(expiry.deadline(now: Self.end - .milliseconds(1), warnBefore: [], provenAt: nil) == .none)
        #expect(expiry.deadline(now: Self.end, warnBefore: [], provenAt: nil) == .past)
    }
}
