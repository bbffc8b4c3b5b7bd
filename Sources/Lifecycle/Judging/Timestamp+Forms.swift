extension Timestamp {
    /// Times beyond the year 9999 are not believed.
    private static let last = Timestamp(seconds: 253_402_300_799)

    /// Reads a time as providers write it; nil for what is none.
    init?(_ text: String, as form: Sighted.Form, now: Timestamp) {
        let found: Timestamp? =
            switch form {
            case .rfc3339: Timestamp(rfc3339: text)
            case .epochSeconds: Self.number(text).map { Timestamp(milliseconds: Int64($0 * 1000)) }
            case .epochMilliseconds: Self.number(text).map { Timestamp(milliseconds: Int64($0)) }
            case .seconds: Self.number(text).map { now + .milliseconds(Int64($0 * 1000)) }
            case .goDuration: Duration(goText: text).map { now + $0 }
            case .githubDatetime: Self.githubDatetime(text)
            }
        guard let found, found.milliseconds >= 0, found <= Self.last else { return nil }
        self = found
    }

    /// A number of at most fifteen digits before the point.
    private static func number(_ text: String) -> Double? {
        guard text.utf8.first.map({ (0x30...0x39).contains($0) }) ?? false, let value = Double(text), value < 1e15
        else { return nil }
        return value
    }

    /// `2026-11-22 10:00:00 UTC`, or an offset such as `+0200` in place of `UTC`.
    private static func githubDatetime(_ text: String) -> Timestamp? {
        let words = text.split(separator: " ")
        guard words.count == 3 else { return nil }
        let zone = words[2] == "UTC" ? "Z" : "\(words[2].prefix(3)):\(words[2].dropFirst(3))"
        return Timestamp(rfc3339: "\(words[0])T\(words[1])\(zone)")
    }
}

extension Duration {
    /// `6m0s`, `1h30m`, `250ms`: numbers with units, added up.
    fileprivate init?(goText text: String) {
        let units: [(name: String, seconds: Double)] = [
            ("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1),
        ]
        var total = 0.0
        var rest = text[...]
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
            rest = rest.dropFirst(digits.count)
            guard let value = Double(digits), let unit = units.first(where: { rest.hasPrefix($0.name) }) else {
                return nil
            }
            total += value * unit.seconds
            rest = rest.dropFirst(unit.name.count)
        }
        guard !text.isEmpty, total < 1e9 else { return nil }
        self = .milliseconds(Int64(total * 1000))
    }
}
