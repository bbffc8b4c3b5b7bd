internal import CSodium

/// 32 random bytes that a person writes down: 13 groups of four characters and a check character.
///
/// Crockford's base32, `K3M9Q-...`: 52 characters hold 260 bits, the last 4 are zero. The check character of group `i` is the first
/// 5 bits of BLAKE2b-256 over `"rc1" | i | the four values`, so that a mistyped group is named.
package enum RecoveryCode {
    package static let groups = 13
    static let keySize = 32
    /// With the hyphens between the groups.
    package static let textSize = groups * 6 - 1

    package static func fresh() throws(SealingError) -> SecretBytes { try SecretBytes.random(count: keySize) }

    /// The text to show once, in locked memory.
    ///
    /// - Throws: `.malformed` unless the key has 32 bytes, `.lockedMemoryExhausted`.
    package static func text(of key: borrowing SecretBytes) throws(SealingError) -> SecretBytes {
        guard key.count == keySize else { throw .malformed }
        return try key.withBytes { bytes throws(SealingError) in
            let source = copy bytes
            return try SecretBytes(capacity: textSize) { output in
                for group in 0..<groups {
                    if group > 0 { output.append(UInt8(ascii: "-")) }
                    var values: [4 of UInt8] = [0, 0, 0, 0]
                    for place in 0..<4 {
                        values[place] = value(atCharacter: group * 4 + place, of: source)
                        output.append(Base32.uppercase[Int(values[place])])
                    }
                    output.append(Base32.uppercase[Int(check(of: values, group: group))])
                }
            }
        }
    }

    /// Reads what a person typed: any case, spaces or hyphens anywhere, O for 0, I and L for 1.
    ///
    /// - Throws: `.recoveryCode(part:)` with the group that is mistyped, or nil for a wrong length; `.lockedMemoryExhausted`.
    package static func key(from text: Span<UInt8>) throws(SealingError) -> SecretBytes {
        let typed = copy text
        let values = try SecretBytes(capacity: groups * 5) { output throws(SealingError) in
            for index in typed.indices {
                let byte = typed[index]
                if byte == 0x20 || byte == 0x2D || byte == 0x0A || byte == 0x0D || byte == 0x09 { continue }
                guard output.freeCapacity > 0 else { throw .recoveryCode(part: nil) }
                guard let value = Base32.value(of: byte) else { throw .recoveryCode(part: output.count / 5 + 1) }
                output.append(value)
            }
        }
        guard values.count == groups * 5 else { throw .recoveryCode(part: nil) }
        return try values.withBytes { digits throws(SealingError) in
            try checkGroups(digits)
            return try packed(digits)
        }
    }

    private static func checkGroups(_ digits: Span<UInt8>) throws(SealingError) {
        for group in 0..<groups {
            let values: [4 of UInt8] = [
                digits[group * 5], digits[group * 5 + 1], digits[group * 5 + 2], digits[group * 5 + 3],
            ]
            guard check(of: values, group: group) == digits[group * 5 + 4] else {
                throw .recoveryCode(part: group + 1)
            }
        }
        // 260 bits hold 256: one key has one text.
        guard digits[groups * 5 - 2] & 0xF == 0 else { throw .recoveryCode(part: groups) }
    }

    private static func packed(_ digits: Span<UInt8>) throws(SealingError) -> SecretBytes {
        let source = copy digits
        return try SecretBytes(capacity: keySize) { output in
            var bits: UInt32 = 0
            var held = 0
            for character in 0..<groups * 4 where output.freeCapacity > 0 {
                bits = bits << 5 | UInt32(source[character / 4 * 5 + character % 4])
                held += 5
                if held >= 8 {
                    held -= 8
                    output.append(UInt8(truncatingIfNeeded: bits >> UInt32(held)))
                }
            }
        }
    }

    private static func value(atCharacter character: Int, of key: Span<UInt8>) -> UInt8 {
        var value: UInt8 = 0
        for bit in character * 5..<character * 5 + 5 {
            let set = bit < key.count * 8 && key[bit / 8] >> UInt8(7 - bit % 8) & 1 == 1
            value = value << 1 | (set ? 1 : 0)
        }
        return value
    }

    private static func check(of values: [4 of UInt8], group: Int) -> UInt8 {
        unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 8 + digestSize) { room in
            guard let start = room.baseAddress else { return 0 }
            for (offset, byte) in [0x72, 0x63, 0x31, UInt8(group)].enumerated() { unsafe start[offset] = byte }
            for place in 0..<4 { unsafe start[4 + place] = values[place] }
            _ = unsafe crypto_generichash(start + 8, digestSize, start, 8, nil, 0)
            defer { unsafe sodium_memzero(start, room.count) }
            return unsafe start[8] >> 3
        }
    }
}
