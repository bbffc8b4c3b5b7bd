/// What a JSON Web Token (RFC 7519) says of itself; nothing of it is believed but the time of its end.
package enum TokenClaims {
    /// The `exp` claim (RFC 7519 section 4.1.4), in whole seconds; nil for a token of another form.
    ///
    /// The claims are read byte by byte where the token lies; no copy of them is made.
    package static func expiry(of token: Span<UInt8>) -> Timestamp? {
        var scanner = ClaimScanner()
        var pending: UInt32 = 0
        var bits = 0
        var dots = 0
        for index in token.indices {
            let byte = token[index]
            if byte == UInt8(ascii: ".") {
                dots += 1
                continue
            }
            guard dots == 1 else { continue }
            guard let value = sextet(byte) else { return nil }
            pending = pending << 6 | UInt32(value)
            bits += 6
            guard bits >= 8 else { continue }
            bits -= 8
            scanner.take(UInt8(truncatingIfNeeded: pending >> UInt32(bits)))
        }
        guard dots == 2, scanner.isWhole else { return nil }
        return scanner.expiry.map { Timestamp(seconds: $0) }
    }

    /// RFC 4648 section 5.
    private static func sextet(_ byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "A")...UInt8(ascii: "Z"): byte - UInt8(ascii: "A")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte - UInt8(ascii: "a") + 26
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0") + 52
        case UInt8(ascii: "-"): 62
        case UInt8(ascii: "_"): 63
        default: nil
        }
    }
}

/// Finds a number behind the key `exp` of the outermost object, one byte at a time.
private struct ClaimScanner {
    private enum Place { case key, colon, value, number }

    private(set) var expiry: Int64?
    private var place = Place.key
    private var depth = 0
    private var isInText = false
    private var isEscaped = false
    /// How much of `exp` the key has so far; nil once it is another one.
    private var matched: Int?
    private var number: Int64?
    /// The outermost object is closed.
    private(set) var isWhole = false

    private static let key: [UInt8] = [UInt8(ascii: "e"), UInt8(ascii: "x"), UInt8(ascii: "p")]
    /// The year 9999: what lies behind it is no date.
    private static let latest: Int64 = 253_402_300_799

    mutating func take(_ byte: UInt8) {
        if isInText {
            takeText(byte)
        } else if depth == 1, place == .number {
            takeNumber(byte)
        } else {
            takeSign(byte)
        }
    }

    private mutating func takeText(_ byte: UInt8) {
        if isEscaped {
            isEscaped = false
            matched = nil
        } else if byte == UInt8(ascii: "\\") {
            isEscaped = true
        } else if byte == UInt8(ascii: "\"") {
            isInText = false
            if depth == 1, place == .key { place = .colon }
        } else if let count = matched {
            matched = count < 3 && Self.key[count] == byte ? count + 1 : nil
        }
    }

    private mutating func takeNumber(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            let next = (number ?? 0) * 10 + Int64(byte - UInt8(ascii: "0"))
            number = min(next, Self.latest + 1)
        case UInt8(ascii: " ") where number == nil: break
        case UInt8(ascii: "."):
            finishNumber()
            place = .value
        case UInt8(ascii: ","), UInt8(ascii: "}"), UInt8(ascii: " "), UInt8(ascii: "\t"), 0x0A, 0x0D:
            finishNumber()
            place = .value
            takeSign(byte)
        default:
            // With an exponent, or no number at all.
            number = nil
            place = .value
            takeSign(byte)
        }
    }

    private mutating func finishNumber() {
        if let number, number <= Self.latest { expiry = number }
        number = nil
    }

    private mutating func takeSign(_ byte: UInt8) {
        switch byte {
        case UInt8(ascii: "\""):
            isInText = true
            matched = depth == 1 && place == .key ? 0 : nil
        case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: "}"), UInt8(ascii: "]"):
            depth -= 1
            if depth == 0 { isWhole = true }
        case UInt8(ascii: ",") where depth == 1: place = .key
        case UInt8(ascii: ":") where depth == 1 && place == .colon:
            place = matched == 3 ? .number : .value
            matched = nil
        default: break
        }
    }
}
