/// What stands between the quotes of a JSON string, byte after byte, with its escapes resolved (RFC 8259 §7).
///
/// Total: an escape that is none comes out as it is written.
package struct JSONStringContent {
    private var rest: Range<Int>
    /// What is left of an escape, its next byte lowest, and a 1 above them; 0 when nothing is left.
    private var pending: UInt64 = 0

    package init(_ range: Range<Int>) { rest = range }

    /// The next byte of what the string says, at most as many as its range has; nil at its end.
    package mutating func next(in bytes: Span<UInt8>) -> UInt8? {
        if pending != 0 { return take() }
        guard let place = rest.first else { return nil }
        rest = place + 1..<rest.upperBound
        guard bytes[place] == UInt8(ascii: "\\"), let letter = rest.first else { return bytes[place] }
        switch bytes[letter] {
        case UInt8(ascii: "u"): return unicode(at: place, in: bytes)
        case let sign:
            guard let meaning = Self.meaning(of: sign) else { return bytes[place] }
            rest = letter + 1..<rest.upperBound
            return meaning
        }
    }

    /// `\b`, `\f`, `\n`, `\r`, `\t` and the signs that stand for themselves.
    static func meaning(of letter: UInt8) -> UInt8? {
        switch letter {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): letter
        case UInt8(ascii: "b"): 0x08
        case UInt8(ascii: "f"): 0x0C
        case UInt8(ascii: "n"): 0x0A
        case UInt8(ascii: "r"): 0x0D
        case UInt8(ascii: "t"): 0x09
        default: nil
        }
    }

    /// Four hexadecimal digits behind `\u` at `place`; nil when they are not all there.
    static func unit(at place: Int, before end: Int, in bytes: Span<UInt8>) -> UInt32? {
        guard place + 6 <= end, bytes[place] == UInt8(ascii: "\\"), bytes[place + 1] == UInt8(ascii: "u")
        else { return nil }
        var value: UInt32 = 0
        for digit in place + 2..<place + 6 {
            let byte = bytes[digit]
            switch byte {
            case 0x30...0x39: value = value << 4 | UInt32(byte - 0x30)
            case 0x41...0x46, 0x61...0x66: value = value << 4 | UInt32((byte | 0x20) - 0x57)
            default: return nil
            }
        }
        return value
    }

    private mutating func unicode(at place: Int, in bytes: Span<UInt8>) -> UInt8 {
        guard let first = Self.unit(at: place, before: rest.upperBound, in: bytes) else { return bytes[place] }
        var scalar = Unicode.Scalar(first)
        var end = place + 6
        if (0xD800...0xDBFF).contains(first), let second = Self.unit(at: end, before: rest.upperBound, in: bytes),
            (0xDC00...0xDFFF).contains(second)
        {
            scalar = Unicode.Scalar(0x10000 + ((first - 0xD800) << 10) + (second - 0xDC00))
            end += 6
        }
        guard let scalar else { return bytes[place] }
        rest = end..<rest.upperBound
        var shift: UInt64 = 0
        for byte in String(scalar).utf8 {
            pending |= UInt64(byte) << shift
            shift += 8
        }
        pending |= 1 << shift
        return take()
    }

    private mutating func take() -> UInt8 {
        let byte = UInt8(truncatingIfNeeded: pending)
        pending >>= 8
        if pending == 1 { pending = 0 }
        return byte
    }
}
