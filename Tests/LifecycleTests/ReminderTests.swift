import Lifecycle
import Testing

/// Each step towards an end once, and none for an end that is far away.
@Suite struct ReminderTests {
    static let end = Timestamp(seconds: 1_800_000_000)
    static let ladder = Settings.standard.warnBefore

    struct Row: Sendable, CustomTestStringConvertible {
        let left: Duration, told: Duration?, says: String?
        var testDescription: String { "\(left.spoken) left, told \(told.map(\.spoken) ?? "nothing")" }
    }
    static let rows = [
        Row(left: .days(364), told: nil, says: nil), Row(left: .days(31), told: nil, says: nil),
        Row(left: .days(30), told: nil, says: "30d"), Row(left: .days(29), told: .days(30), says: nil),
        Row(left: .days(20), told: nil, says: "30d"), Row(left: .days(14), told: .days(30), says: "14d"),
        Row(left: .days(2), told: .days(30), says: "3d"), Row(left: .days(2), told: .days(3), says: nil),
        Row(left: .hours(5), told: .days(3), says: "1d"), Row(left: .zero, told: .days(1), says: "past"),
        Row(left: .zero, told: .zero, says: nil), Row(left: .days(-3), told: .days(1), says: "past"),
    ]

    @Test(arguments: rows) func says(_ row: Row) {
        let told = row.told.map { Reminder(end: Self.end, step: $0) }
        let reminder = Expiry(at: Self.end, source: .declared).reminder(
            at: Self.end - row.left, warnBefore: Self.ladder, provenAt: nil, told: told)
        #expect(reminder?.words == row.says)
    }

    @Test func anotherEndBeginsAnew() {
        let told = Reminder(end: Self.end - .days(365), step: .zero)
        let reminder = Expiry(at: Self.end, source: .observed).reminder(
            at: Self.end - .days(7), warnBefore: Self.ladder, provenAt: nil, told: told)
        #expect(reminder?.words == "7d")
    }

    @Test(arguments: [Duration.minutes(-60), .seconds(3), .minutes(60)]) func aDateThatMovesALittleIsTheSame(
        _ moved: Duration
    ) {
        let told = Reminder(end: Self.end + moved, step: .days(7))
        let reminder = Expiry(at: Self.end, source: .observed).reminder(
            at: Self.end - .days(5), warnBefore: Self.ladder, provenAt: nil, told: told)
        #expect(reminder == nil)
    }

    @Test func anEstimateThatTheProviderContradictsIsNotTold() {
        let estimate = Expiry(at: Self.end, source: .estimated)
        let now = Self.end + .days(2)
        #expect(estimate.reminder(at: now, warnBefore: Self.ladder, provenAt: Self.end + .hours(1), told: nil) == nil)
        #expect(estimate.reminder(at: now, warnBefore: Self.ladder, provenAt: Self.end - .hours(1), told: nil) != nil)
    }

    @Test func theStepsFollowOneAnother() {
        let expiry = Expiry(at: Self.end, source: .declared)
        var now = Self.end - .days(400)
        var steps: [Duration] = []
        while let next = expiry.nextStep(after: now, warnBefore: Self.ladder) {
            steps.append(Self.end - next)
            now = next
        }
        #expect(steps == Self.ladder + [.zero])
    }
}
