/// What a whole token looks like in one of its kind's forms: declared bytes, matched by us, no regular expression.
package struct TokenFormat: Equatable, Sendable {
    /// Any one of these; the longest that fits is taken.
    package var prefixes: [String]
    /// Recognised only when a person names the kind, because other kinds look the same or nothing begins it.
    package var isNamedOnly = false
    package var alphabet: Alphabet
    /// Signs that a token holds besides its alphabet, such as `.` in a JSON Web Token.
    package var also: [UInt8] = []
    /// Lengths in bytes, prefix included, that whole tokens have.
    package var lengths: ClosedRange<Int>
    /// Text that is always in the middle of what follows the prefix, such as `T3BlbkFJ`; nil when there is none.
    ///
    /// OpenAI's keys have 20, 58 or 74 characters on each side of it (Gitleaks rule `openai-api-key`), so it
    /// tells where such a token ends although the length alone does not.
    package var infix: String?
    /// Text at the end of every token seen; another ending is told, not refused.
    package var tail: String?
    /// Lengths of the pieces between a sign, as in `1234567890:AA...`; nil when nothing divides it.
    package var segments: Segments?
    /// What the last characters must be; a mismatch is told, not refused, because formats change.
    package var checksum: Checksum?
    /// Kinds with a higher number are tried first.
    package var priority: Int

    package init(
        prefixes: [String], alphabet: Alphabet, lengths: ClosedRange<Int>, infix: String? = nil,
        tail: String? = nil, priority: Int
    ) {
        self.prefixes = prefixes
        self.alphabet = alphabet
        self.lengths = lengths
        self.infix = infix
        self.tail = tail
        self.priority = priority
    }

    package struct Segments: Equatable, Sendable {
        package var separator: UInt8
        /// Of each piece, the prefix included in the first.
        package var lengths: [ClosedRange<Int>]

        package init(separator: UInt8, lengths: [ClosedRange<Int>]) {
            self.separator = separator
            self.lengths = lengths
        }

        func fit(count: Int, byte: (Int) -> UInt8) -> Bool {
            var found: [Int] = [0]
            for place in 0..<count {
                if byte(place) == separator { found.append(0) } else { found[found.count - 1] += 1 }
            }
            return found.count == lengths.count && zip(found, lengths).allSatisfy { $1.contains($0) }
        }
    }

    package enum Checksum: String, CaseIterable, Equatable, Sendable {
        /// CRC-32 (IEEE) of what stands between the prefix and the last six characters, in base 62, `0-9A-Za-z`.
        ///
        /// GitHub's tokens since 2021 (github.blog, "Behind GitHub's new authentication token formats").
        case crc32Base62 = "crc32_base62"
    }

    package enum Alphabet: String, CaseIterable, Equatable, Sendable {
        /// RFC 4648 section 5 without padding: `A-Z a-z 0-9 - _`.
        case base64url
        /// `0-9 a-f`.
        case lowerHex = "lower_hex"
        /// `0-9 a-f A-F`.
        case hex
        /// `A-Z a-z 0-9`.
        case alphanumeric
        /// `A-Z 0-9`.
        case upperAlphanumeric = "upper_alphanumeric"
        case digits

        package func contains(_ byte: UInt8) -> Bool {
            let isUpper = (0x41...0x5A).contains(byte)
            let isLower = (0x61...0x7A).contains(byte)
            if (0x30...0x39).contains(byte) { return true }
            return switch self {
            case .digits: false
            case .lowerHex: (0x61...0x66).contains(byte)
            case .hex: (0x61...0x66).contains(byte) || (0x41...0x46).contains(byte)
            case .alphanumeric: isUpper || isLower
            case .upperAlphanumeric: isUpper
            case .base64url: isUpper || isLower || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
            }
        }
    }

    package func contains(_ byte: UInt8) -> Bool { alphabet.contains(byte) || also.contains(byte) }
}
