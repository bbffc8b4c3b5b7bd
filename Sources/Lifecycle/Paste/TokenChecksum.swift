extension TokenFormat.Checksum {
    /// Characters that hold the sum, at the end of a token.
    package var length: Int { 6 }

    /// Whether the end of a token is the sum of the rest; nil when it is too short to have one.
    ///
    /// - Parameters:
    ///   - count: of the token's characters.
    ///   - prefixLength: characters that are not summed.
    package func holds(count: Int, prefixLength: Int, byte: (Int) -> UInt8) -> Bool? {
        let end = count - length
        guard end > prefixLength else { return nil }
        var rest = Self.crc32(prefixLength..<end, byte)
        for place in stride(from: count - 1, through: end, by: -1) {
            guard byte(place) == Self.digits[Int(rest % 62)] else { return false }
            rest /= 62
        }
        return rest == 0
    }

    private static let digits = Array("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)

    /// ISO 3309 with the reflected polynomial 0xEDB88320, as in zlib; bit by bit, because a token is short.
    private static func crc32(_ places: Range<Int>, _ byte: (Int) -> UInt8) -> UInt32 {
        var sum = UInt32.max
        for place in places {
            sum ^= UInt32(byte(place))
            for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
