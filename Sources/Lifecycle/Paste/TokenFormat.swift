/// What a whole token of a kind looks like: declared bytes, matched by us, no regular expression.
package struct TokenFormat: Equatable, Sendable {
    /// Any one of these; the longest that fits is taken.
    package var prefixes: [String]
    package var alphabet: Alphabet
    /// Lengths in bytes, prefix included, that whole tokens have.
    package var lengths: ClosedRange<Int>
    /// Text that is always in the middle of what follows the prefix, such as `T3BlbkFJ`; nil when there is none.
    ///
    /// OpenAI's keys have 20, 58 or 74 characters on each side of it (Gitleaks rule `openai-api-key`), so it
    /// tells where such a token ends although the length alone does not.
    package var infix: String?
    /// Text at the end of every token seen; another ending is told, not refused.
    package var tail: String?
    /// Kinds with a higher number are tried first.
    package var priority: Int

    package enum Alphabet: String, CaseIterable, Equatable, Sendable {
        /// RFC 4648 section 5 without padding: `A-Z a-z 0-9 - _`.
        case base64url
        /// `0-9 a-f`.
        case lowerHex = "lower_hex"
        /// `A-Z a-z 0-9`.
        case alphanumeric

        package func contains(_ byte: UInt8) -> Bool {
            switch (self, byte) {
            case (_, 0x30...0x39): true
            case (.lowerHex, 0x61...0x66): true
            case (.base64url, 0x41...0x5A), (.base64url, 0x61...0x7A), (.base64url, 0x2D), (.base64url, 0x5F):
                true
            case (.alphanumeric, 0x41...0x5A), (.alphanumeric, 0x61...0x7A): true
            default: false
            }
        }
    }
}
