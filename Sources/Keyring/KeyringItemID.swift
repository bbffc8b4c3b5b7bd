/// Which item of the keyring: 16 random bytes, the only thing about a key that the keyring file shows in
/// clear.
///
/// gnome-keyring writes attribute names as they are and values as unsalted MD5, so an id must say nothing.
package struct KeyringItemID: Hashable, Sendable, CustomStringConvertible {
    package static let byteCount = 16

    private let high: UInt64
    private let low: UInt64

    /// A fresh id from the system's generator, getrandom(2).
    package static func random() -> KeyringItemID {
        var generator = SystemRandomNumberGenerator()
        return KeyringItemID(high: generator.next(), low: generator.next())
    }

    private init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Nil unless the text is 32 hexadecimal digits, of either case.
    package init?(hex: String) {
        guard hex.utf8.count == 2 * Self.byteCount, hex.allSatisfy({ $0.isASCII && $0.isHexDigit }),
            let high = UInt64(hex.prefix(16), radix: 16), let low = UInt64(hex.suffix(16), radix: 16)
        else { return nil }
        self.init(high: high, low: low)
    }

    /// Nil unless there are `byteCount` bytes.
    package init?(bytes: [UInt8]) {
        guard bytes.count == Self.byteCount else { return nil }
        self.init(high: Self.number(bytes.prefix(8)), low: Self.number(bytes.suffix(8)))
    }

    /// The `byteCount` bytes, most significant first.
    package var bytes: [UInt8] {
        [high, low].flatMap { half in
            stride(from: 56, through: 0, by: -8).map { UInt8(truncatingIfNeeded: half >> $0) }
        }
    }

    /// 32 lower-case hexadecimal digits.
    package var description: String {
        [high, low].map { half in
            let digits = String(half, radix: 16)
            return String(repeating: "0", count: 16 - digits.count) + digits
        }.joined()
    }

    private static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reduce(0) { $0 << 8 | UInt64($1) }
    }
}
