internal import Sealing

/// How a program may write a value.
enum Spelling: Equatable, Sendable {
    case plain
    /// RFC 4648 §4 and §5, the value that many bytes behind a group of three; only the characters that it alone decides.
    case base64(behind: Int)
    /// RFC 4648 §8, either case.
    case hexadecimal
    /// RFC 3986 §2.1: all bytes, or those that are not unreserved; some leave the slash too.
    case percent(Percent)

    enum Percent: Sendable { case all, reserved, reservedButSlash }

    static let all: [Spelling] = [
        .plain, .base64(behind: 0), .base64(behind: 1), .base64(behind: 2), .hexadecimal, .percent(.all),
        .percent(.reserved), .percent(.reservedButSlash),
    ]

    /// The value so written, each byte as `folded` leaves it.
    func written(_ value: borrowing SecretBytes) throws(SealingError) -> SecretBytes {
        let spelling = self
        return try value.withBytes { bytes throws(SealingError) in
            let bytes = copy bytes
            return try SecretBytes(capacity: 3 * bytes.count) { output in
                switch spelling {
                case .plain:
                    for place in bytes.indices where !Skip.isBreak(bytes[place]) { output.append(bytes[place]) }
                case .base64(let behind): Self.appendBase64(bytes, behind: behind, to: &output)
                case .hexadecimal:
                    for place in bytes.indices { Self.appendHex(bytes[place], to: &output) }
                case .percent(let which):
                    for place in bytes.indices { which.append(bytes[place], to: &output) }
                }
            }
        }
    }

    /// Which characters mean the same.
    enum Folding: Int, CaseIterable {
        case none, base64, digits

        /// One form for those that do.
        func callAsFunction(_ byte: UInt8) -> UInt8 {
            switch (self, byte) {
            case (.base64, UInt8(ascii: "-")): UInt8(ascii: "+")
            case (.base64, UInt8(ascii: "_")): UInt8(ascii: "/")
            case (.digits, 0x41...0x46): byte | 0x20
            default: byte
            }
        }
    }

    var folding: Folding {
        switch self {
        case .plain: .none
        case .base64: .base64
        case .hexadecimal, .percent: .digits
        }
    }

    func folded(_ byte: UInt8) -> UInt8 { folding(byte) }

    /// How many bytes of the value the first characters tell something of.
    func valueBytes(_ characters: Int) -> Int {
        switch self {
        case .plain, .percent(.reserved), .percent(.reservedButSlash): characters
        case .base64: (characters * 6 + 7) / 8
        case .hexadecimal: (characters + 1) / 2
        case .percent(.all): (characters + 2) / 3
        }
    }

    /// Whether the character behind the last still tells a part of the last byte.
    func hasRest(_ count: Int) -> Bool {
        if case .base64(let behind) = self { return (behind + count) % 3 != 0 }
        return false
    }

    static func isBase64(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "+/-_".utf8.contains(byte)
        }
    }

    private static func appendBase64(_ bytes: Span<UInt8>, behind: Int, to output: inout OutputSpan<UInt8>) {
        var (pending, bits) = (0, 0)
        // Of the first character, the bits that a neighbour has; it is left out.
        var foreign = behind * 8 % 6
        for place in bytes.indices {
            pending = pending << 8 | Int(bytes[place])
            bits += 8
            if foreign > 0 {
                bits -= 6 - foreign
                foreign = 0
            }
            while bits >= 6 {
                bits -= 6
                output.append(base64(UInt8(pending >> bits & 0x3F)))
            }
            pending &= 0x3F
        }
    }

    private static func base64(_ value: UInt8) -> UInt8 {
        switch value {
        case 0..<26: UInt8(ascii: "A") + value
        case 26..<52: UInt8(ascii: "a") + value - 26
        case 52..<62: UInt8(ascii: "0") + value - 52
        default: value == 62 ? UInt8(ascii: "+") : UInt8(ascii: "/")
        }
    }

    fileprivate static func appendHex(_ byte: UInt8, to output: inout OutputSpan<UInt8>) {
        for digit in [byte >> 4, byte & 0xF] {
            output.append(digit < 10 ? UInt8(ascii: "0") + digit : UInt8(ascii: "a") + digit - 10)
        }
    }
}

extension Spelling.Percent {
    fileprivate func append(_ byte: UInt8, to output: inout OutputSpan<UInt8>) {
        guard encodes(byte) else { return output.append(Spelling.percent(self).folded(byte)) }
        output.append(UInt8(ascii: "%"))
        Spelling.appendHex(byte, to: &output)
    }

    /// RFC 3986 §2.3.
    private func encodes(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: self == .all
        case UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"): self == .all
        case UInt8(ascii: "/"): self != .reservedButSlash
        default: true
        }
    }
}
