import Foundation
import Lifecycle
import TestSupport
import Testing

@Suite struct TimestampTests {
    @Test func everyDayOfEightHundredYearsIsReadBack() throws {
        let day = Int64(86_400)
        for index in stride(from: Int64(-146_097), through: 146_097, by: 1) {
            let second = index * day + (index & 0xFFFF) % day
            let time = Timestamp(seconds: second)
            guard Timestamp(rfc3339: time.rfc3339) == time else {
                Issue.record("\(time.rfc3339) is not \(second)")
                return
            }
        }
    }

    /// From 1600 on: before 1582 Foundation counts by the Julian calendar, RFC 3339 does not.
    @Test func foundationAgrees() throws {
        var random = SplitMix(state: 11)
        for _ in 0..<3000 {
            let second = Int64(random.next() % (770 * 365 * 86_400)) - 11_676_096_000
            let date = Date(timeIntervalSince1970: Double(second))
            #expect(Timestamp(seconds: second).rfc3339 == date.formatted(.iso8601))
        }
    }

    struct Form: Sendable, CustomTestStringConvertible {
        let text: String, seconds: Int64?
        var testDescription: String { text }
        init(_ text: String, _ seconds: Int64?) { (self.text, self.seconds) = (text, seconds) }
    }
    static let forms = [
        Form("1970-01-01T00:00:00Z", 0), Form("1970-01-01", 0), Form("1969-12-31T23:59:59Z", -1),
        Form("2026-11-22T22:16:00Z", 1_795_385_760), Form("2026-11-22t22:16:00z", 1_795_385_760),
        Form("2026-11-22 22:16:00Z", 1_795_385_760), Form("2026-11-23T00:16:00+02:00", 1_795_385_760),
        Form("2026-11-22T16:46:00-05:30", 1_795_385_760), Form("2026-11-22T22:16:00.123456789Z", 1_795_385_760),
        Form("2026-11-22T22:16:00.5+00:00", 1_795_385_760), Form("2000-02-29", 951_782_400),
        Form("2024-02-29T12:00:00Z", 1_709_208_000), Form("2016-12-31T23:59:60Z", 1_483_228_800),
        Form("0001-01-01", -62_135_596_800), Form("9999-12-31T23:59:59Z", 253_402_300_799),
        Form("", nil), Form("2026", nil), Form("2026-11", nil), Form("2026-1-1", nil), Form("2026-13-01", nil),
        Form("2026-00-01", nil), Form("2026-01-00", nil), Form("2026-02-29", nil), Form("1900-02-29", nil),
        Form("2026-04-31", nil), Form("2026-11-22T", nil), Form("2026-11-22T22:16", nil),
        Form("2026-11-22T22:16:00", nil), Form("2026-11-22T24:00:00Z", nil), Form("2026-11-22T22:60:00Z", nil),
        Form("2026-11-22T22:16:61Z", nil), Form("2026-11-22T22:16:00ZZ", nil), Form("2026-11-22T22:16:00+0200", nil),
        Form("2026-11-22T22:16:00+24:00", nil), Form("2026-11-22T22:16:00+02:60", nil),
        Form("2026-11-22T22:16:00.Z", nil), Form("2026-11-22X22:16:00Z", nil), Form(" 2026-11-22", nil),
        Form("2026-11-22 ", nil), Form("+026-11-22", nil), Form("２０２６-11-22", nil),
    ]

    @Test(arguments: forms) func theFormsOfRFC3339(_ form: Form) {
        #expect(Timestamp(rfc3339: form.text) == form.seconds.map { Timestamp(seconds: $0) })
    }

    @Test func fractionsAreRoundedDownToTheSecondBefore() {
        #expect(Timestamp(milliseconds: -1).rfc3339 == "1969-12-31T23:59:59Z")
        #expect(Timestamp(milliseconds: 999).rfc3339 == "1970-01-01T00:00:00Z")
        #expect(Timestamp(seconds: 0).date == "1970-01-01")
    }

    @Test func theEndsOfTimeAreNoTrap() {
        for time in [Timestamp(milliseconds: .max), Timestamp(milliseconds: .min)] {
            #expect(!time.rfc3339.isEmpty)
            #expect(time + .days(1) - .days(1) == time)
        }
    }

    @Test func arithmeticIsInMilliseconds() {
        let start = Timestamp(seconds: 10)
        #expect((start + .milliseconds(5)).milliseconds == 10_005)
        #expect(start + .hours(1) - start == .hours(1))
        #expect(start - .seconds(11) < start && start - .seconds(11) == Timestamp(seconds: -1))
    }
}

@Suite struct DurationTextTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String, milliseconds: Int64?
        var testDescription: String { text }
        init(_ text: String, _ milliseconds: Int64?) { (self.text, self.milliseconds) = (text, milliseconds) }
    }
    static let rows = [
        Row("300ms", 300), Row("2s", 2000), Row("10m", 600_000), Row("12h", 43_200_000), Row("30d", 2_592_000_000),
        Row("0s", 0), Row("007s", 7000), Row("36525d", 3_155_760_000_000), Row("36526d", nil), Row("", nil),
        Row("s", nil), Row("10", nil), Row("-1s", nil), Row("+1s", nil), Row("1.5h", nil), Row("1h30m", nil),
        Row("1 h", nil), Row(" 1h", nil), Row("1H", nil), Row("1w", nil), Row("1min", nil), Row("٣s", nil),
        Row("1\u{301}s", nil), Row("99999999999999999999s", nil), Row("9223372036854775807d", nil),
    ]

    @Test(arguments: rows) func reads(_ row: Row) {
        #expect(Duration(shortText: row.text)?.milliseconds == row.milliseconds)
    }

    @Test func whatIsWrittenIsReadBack() {
        var random = SplitMix(state: 3)
        for _ in 0..<2000 {
            let unit = [1, 1000, 60_000, 3_600_000, 86_400_000][Int(random.next() % 5)] as Int64
            let duration = Duration.milliseconds(Int64(random.next() % 30_000) * unit)
            #expect(Duration(shortText: duration.shortText) == duration)
        }
        #expect(Duration.minutes(90).shortText == "90m" && Duration.hours(48).shortText == "2d")
        #expect(Duration.zero.shortText == "0ms" && Duration.milliseconds(1500).shortText == "1500ms")
    }

    @Test(arguments: [
        (Int64(0), "0 s"), (119_999, "119 s"), (120_000, "2 min"), (7_199_000, "119 min"), (7_200_000, "2 h"),
        (172_799_000, "47 h"), (172_800_000, "2 d"), (31_536_000_000, "365 d"),
    ])
    func isSpokenInOneUnit(milliseconds: Int64, text: String) {
        #expect(Duration.milliseconds(milliseconds).spoken == text)
    }
}
