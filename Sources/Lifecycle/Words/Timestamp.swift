/// A moment in milliseconds since 1970-01-01T00:00:00Z, without leap seconds (POSIX time).
package struct Timestamp: Hashable, Comparable, Sendable, Codable {
    package let milliseconds: Int64

    package init(milliseconds: Int64) { self.milliseconds = milliseconds }
    package init(seconds: Int64) { milliseconds = seconds * 1000 }

    package init(from decoder: any Decoder) throws {
        milliseconds = try decoder.singleValueContainer().decode(Int64.self)
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(milliseconds)
    }

    package static func < (left: Self, right: Self) -> Bool { left.milliseconds < right.milliseconds }
    package static func + (left: Self, right: Duration) -> Self {
        Self(milliseconds: left.milliseconds &+ right.milliseconds)
    }
    package static func - (left: Self, right: Duration) -> Self {
        Self(milliseconds: left.milliseconds &- right.milliseconds)
    }
    package static func - (left: Self, right: Self) -> Duration {
        .milliseconds(left.milliseconds &- right.milliseconds)
    }
}

extension Timestamp {
    /// RFC 3339 in UTC with seconds, such as `2026-11-22T22:16:00Z`.
    package var rfc3339: String {
        let seconds = milliseconds.flooredQuotient(by: 1000)
        let (year, month, day) = Self.civil(fromDays: seconds.flooredQuotient(by: 86_400))
        let second = seconds - seconds.flooredQuotient(by: 86_400) * 86_400
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            + "T\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))Z"
    }

    /// The day in UTC, such as `2026-11-22`.
    package var date: String { String(rfc3339.prefix(10)) }

    /// Reads `2026-11-22` (midnight UTC) or RFC 3339 with `Z` or an offset; nil for anything else.
    package init?(rfc3339 text: String) {
        let bytes = Array(text.utf8)
        func digits(_ from: Int, _ count: Int) -> Int64? {
            guard from + count <= bytes.count else { return nil }
            var value: Int64 = 0
            for byte in bytes[from..<from + count] {
                guard (0x30...0x39).contains(byte) else { return nil }
                value = value * 10 + Int64(byte - 0x30)
            }
            return value
        }
        func has(_ character: Unicode.Scalar, at offset: Int) -> Bool {
            offset < bytes.count && bytes[offset] == UInt8(ascii: character)
        }
        guard let year = digits(0, 4), has("-", at: 4), let month = digits(5, 2), has("-", at: 7),
            let day = digits(8, 2), (1...12).contains(month), (1...Self.days(in: month, of: year)).contains(day)
        else { return nil }
        let midnight = Self.days(fromCivil: year, month, day) * 86_400
        if bytes.count == 10 {
            self.init(seconds: midnight)
            return
        }
        guard has("T", at: 10) || has("t", at: 10) || has(" ", at: 10), let hour = digits(11, 2), has(":", at: 13),
            let minute = digits(14, 2), has(":", at: 16), let second = digits(17, 2),
            hour < 24, minute < 60, second <= 60
        else { return nil }
        var end = 19
        if has(".", at: end) {
            guard digits(end + 1, 1) != nil else { return nil }
            end += 1
            while digits(end, 1) != nil { end += 1 }
        }
        var offset: Int64 = 0
        if (has("Z", at: end) || has("z", at: end)) && bytes.count == end + 1 {
            offset = 0
        } else if has("+", at: end) || has("-", at: end), bytes.count == end + 6, has(":", at: end + 3),
            let hours = digits(end + 1, 2), let minutes = digits(end + 4, 2), hours < 24, minutes < 60
        {
            offset = (hours * 3600 + minutes * 60) * (has("-", at: end) ? -1 : 1)
        } else {
            return nil
        }
        self.init(seconds: midnight + hour * 3600 + minute * 60 + second - offset)
    }

    private static func days(in month: Int64, of year: Int64) -> Int64 {
        let leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0
        return switch month {
        case 2: leap ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms", days_from_civil.
    private static func days(fromCivil year: Int64, _ month: Int64, _ day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year.flooredQuotient(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }

    /// The inverse of the above, civil_from_days.
    private static func civil(fromDays days: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = days + 719_468
        let era = shifted.flooredQuotient(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }
}

private func padded(_ value: Int64, _ width: Int) -> String {
    let text = String(value)
    return String(repeating: "0", count: max(0, width - text.utf8.count)) + text
}

extension Int64 {
    fileprivate func flooredQuotient(by divisor: Int64) -> Int64 {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
