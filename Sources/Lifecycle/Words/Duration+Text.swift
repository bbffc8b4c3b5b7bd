extension Duration {
    package var milliseconds: Int64 {
        components.seconds &* 1000 &+ components.attoseconds / 1_000_000_000_000_000
    }

    package static func minutes(_ count: Int64) -> Duration { .seconds(count * 60) }
    package static func hours(_ count: Int64) -> Duration { .seconds(count * 3600) }
    package static func days(_ count: Int64) -> Duration { .seconds(count * 86_400) }

    /// Reads `300ms`, `2s`, `10m`, `12h` or `30d`: digits and one unit, at most 100 years; nil for anything else.
    package init?(shortText text: String) {
        let digits = text.prefix { ("0"..."9").contains($0) }
        guard let count = Int64(digits), count <= 3_155_760_000_000 else { return nil }
        let unit: Int64
        switch text.dropFirst(digits.count) {
        case "ms": unit = 1
        case "s": unit = 1000
        case "m": unit = 60_000
        case "h": unit = 3_600_000
        case "d": unit = 86_400_000
        default: return nil
        }
        let (total, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, total <= 3_155_760_000_000 else { return nil }
        self = .milliseconds(total)
    }

    /// The largest unit that divides it, the inverse of `init(shortText:)`: `90m`, not `1.5h`.
    package var shortText: String {
        for (unit, size) in [("d", Int64(86_400_000)), ("h", 3_600_000), ("m", 60_000), ("s", 1000)]
        where milliseconds != 0 && milliseconds % size == 0 {
            return "\(milliseconds / size)\(unit)"
        }
        return "\(milliseconds)ms"
    }

    /// For people, one unit, rounded down: `3 h`, `12 d`, `45 s`.
    package var spoken: String {
        let seconds = milliseconds / 1000
        return switch seconds {
        case ..<120: "\(seconds) s"
        case ..<7200: "\(seconds / 60) min"
        case ..<172_800: "\(seconds / 3600) h"
        default: "\(seconds / 86_400) d"
        }
    }
}
