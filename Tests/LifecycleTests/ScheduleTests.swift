import Lifecycle
import TestSupport
import Testing

@Suite struct ScheduleTests {
    private static let schedule = Schedule(
        interval: .hours(12), recheck: [.minutes(10), .minutes(30), .hours(1)], backoffFirst: .minutes(5),
        backoffMost: .hours(6))
    private static let now = Timestamp(seconds: 1_800_000_000)

    private func waiting(
        _ standing: Standing, _ outcome: Outcome = Outcome(.valid, reason: "ok"), seed: UInt64 = 7,
        at now: Timestamp = now, _ schedule: Schedule = schedule
    ) -> Duration? {
        schedule.due(after: outcome, standing: standing, seed: seed, now: now).map { $0 - now }
    }

    private func within(_ wait: Duration?, of wanted: Duration) -> Bool {
        guard let wait else { return false }
        let jitter = Double(wanted.milliseconds) * Schedule.jitter + 1
        return abs(Double((wait - wanted).milliseconds)) <= jitter
    }

    @Test func backOffDoublesUpToItsMost() {
        let expected: [Int64] = [5, 10, 20, 40, 80, 160, 320, 360, 360, 360]
        for (index, minutes) in expected.enumerated() {
            for seed in UInt64(0)..<50 {
                var standing = Sketch.standing(.healthy)
                standing.failures = index + 1
                #expect(within(waiting(standing, seed: seed), of: .minutes(minutes)), "failure \(index + 1)")
            }
        }
        var standing = Sketch.standing(.healthy)
        standing.failures = .max
        #expect(within(waiting(standing), of: .hours(6)))
    }

    @Test(arguments: VerdictTableTests.verdicts.map(\.verdict)) func failuresBackOffWhileThereIsHope(_ verdict: Verdict)
    {
        var standing = Sketch.standing(verdict)
        standing.deadSince = verdict.isDead ? Self.now : nil
        standing.failures = 1
        #expect(within(waiting(standing), of: verdict.isDead ? .days(1) : .minutes(5)))
    }

    struct Rung: Sendable, CustomTestStringConvertible {
        let count: Int, wait: Duration
        var testDescription: String { "answer \(count)" }
    }
    static let ladder = [
        Rung(count: 1, wait: .minutes(10)), Rung(count: 2, wait: .minutes(30)), Rung(count: 3, wait: .hours(1)),
        Rung(count: 4, wait: .hours(2)), Rung(count: 50, wait: .hours(2)),
    ]

    @Test(arguments: ladder) func aSuspectIsAskedByTheLadder(_ rung: Rung) {
        let standing = Sketch.standing(.suspect(.init(count: rung.count, since: Self.now)))
        #expect(waiting(standing) == rung.wait)
    }

    @Test(arguments: [Verdict.expired, .revoked, .refused]) func theDeadAreAskedDailyForAWeek(_ verdict: Verdict) {
        var standing = Sketch.standing(verdict)
        standing.deadSince = Self.now
        for day in Int64(0)..<7 {
            #expect(within(waiting(standing, at: Self.now + .days(day)), of: .days(1)))
        }
        #expect(waiting(standing, at: Self.now + .days(7) - .milliseconds(1)) != nil)
        #expect(waiting(standing, at: Self.now + .days(7)) == nil)
    }

    @Test func whatTheProviderAsksToWaitIsTheLeast() {
        var standing = Sketch.standing(.healthy)
        standing.failures = 1
        let long = Outcome(.rateLimited, reason: "limited", retryAfterMilliseconds: 3_600_000)
        #expect(waiting(standing, long) == .hours(1))
        let short = Outcome(.rateLimited, reason: "limited", retryAfterMilliseconds: 1000)
        #expect(within(waiting(standing, short), of: .minutes(5)))
        let suspect = Sketch.standing(.suspect(.init(count: 1, since: Self.now)))
        #expect(waiting(suspect, long) == .hours(1))
    }

    @Test func aWaitIsNoReasonToAskTheBuriedAgain() {
        var standing = Sketch.standing(.expired)
        standing.deadSince = Self.now - .days(8)
        #expect(waiting(standing, Outcome(.rateLimited, reason: "r", retryAfterMilliseconds: 60_000)) == nil)
    }

    @Test(arguments: [Verdict.healthy, .degraded, .miswired, .unproven, .unverified])
    func regularWaitsStayWithinBounds(_ verdict: Verdict) throws {
        let standing = Sketch.standing(verdict)
        for seed in UInt64(0)..<500 {
            let wait = try #require(waiting(standing, seed: seed &* 0x9E37_79B9_7F4A_7C15))
            #expect(wait >= .hours(12) * 0.5 * (1 - Schedule.jitter) - .milliseconds(1))
            #expect(wait <= .hours(12) * 1.5 * (1 + Schedule.jitter))
        }
    }

    @Test func dueTimesAreAFunctionOfTheirInputs() {
        let standing = Sketch.standing(.healthy)
        #expect(waiting(standing, seed: 42) == waiting(standing, seed: 42))
        #expect(waiting(standing, seed: 42) != waiting(standing, seed: 43))
    }

    @Test func neverTwoWithinAThirdOfTheInterval() throws {
        for seed in UInt64(0)..<200 {
            var random = SplitMix(state: seed)
            let place = random.next()
            var now = Self.now
            for _ in 0..<100 {
                let wait = try #require(waiting(Sketch.standing(.healthy), seed: place, at: now))
                #expect(wait > .hours(4) && wait < .hours(24))
                now = now + wait + .seconds(Int64(random.next() % 5))
            }
        }
    }

    /// 10,000 credentials that were stored at one moment, after one, three and ten turns.
    @Test(arguments: [1, 3, 10]) func credentialsSpreadOverTheInterval(turns: Int) throws {
        let slots = 48
        var hits = [Int](repeating: 0, count: slots)
        var random = SplitMix(state: 2026)
        for _ in 0..<10_000 {
            let seed = random.next()
            var now = Self.now
            for _ in 0..<turns { now = now + (try #require(waiting(Sketch.standing(.healthy), seed: seed, at: now))) }
            let length = Duration.hours(12).milliseconds
            hits[Int(now.milliseconds % length * Int64(slots) / length)] += 1
        }
        // 208 a slot is even; five standard deviations and the bend of the jitter fit into a factor of two
        #expect(hits.allSatisfy { (100...420).contains($0) }, "\(hits)")
    }

    @Test func aTinyIntervalIsNoTrap() throws {
        let tiny = Schedule(interval: .zero, recheck: [], backoffFirst: .zero, backoffMost: .zero)
        #expect(waiting(Sketch.standing(.healthy), tiny) != nil)
        #expect(waiting(Sketch.standing(.suspect(.init(count: 1, since: Self.now))), tiny) == Schedule.suspectMost)
        var failing = Sketch.standing(.healthy)
        failing.failures = 5
        #expect(waiting(failing, tiny) == .zero)
    }

    private func waiting(_ standing: Standing, _ schedule: Schedule) -> Duration? {
        waiting(standing, Outcome(.valid, reason: "ok"), seed: 7, at: Self.now, schedule)
    }

    /// However many are imported at once, no minute gets more than a few dozen of them, and the first few need not wait.
    @Test(arguments: [1, 10, 4320, 10_000, 100_000]) func importsMakeNoBurst(count: Int) {
        let schedule = Schedule(interval: .hours(12), recheck: [], backoffFirst: .minutes(5), backoffMost: .hours(6))
        let now = Timestamp(seconds: 1_800_000_000)
        var random = SplitMix(state: 9)
        let dues = (0..<count).map { schedule.firstDue(place: $0, seed: random.next(), now: now) }
        #expect(dues.allSatisfy { $0 >= now && $0 < now + .hours(12) })
        #expect(dues[0] == now && (count < 10 || dues[9] == now + .seconds(90)))
        let minutes = Dictionary(grouping: dues) { ($0 - now).milliseconds / 60_000 }.mapValues(\.count)
        // An even spread plus six in line, and five standard deviations of chance.
        let even = Double(count) / 720
        #expect(Double(minutes.values.max() ?? 0) <= even + 6 + 5 * even.squareRoot() + 1)
    }

    @Test func importsKeepToAnyInterval() {
        let schedule = Schedule(
            interval: .milliseconds(500), recheck: [], backoffFirst: .minutes(5), backoffMost: .hours(6))
        let now = Timestamp(seconds: 1)
        for place in [0, 1, 7, Int.max / 2, .max] {
            #expect((0..<500).contains((schedule.firstDue(place: place, seed: .max, now: now) - now).milliseconds))
        }
    }
}
