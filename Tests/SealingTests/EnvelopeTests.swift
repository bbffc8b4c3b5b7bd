import Sealing
import Testing

private let vault = [UInt8](repeating: 1, count: 16)
private func place(record: UInt8 = 2, field: EnvelopePlace.Field = .value, version: UInt64 = 1) -> EnvelopePlace {
    EnvelopePlace(
        vault: vault, record: [UInt8](repeating: record, count: 16), field: field, version: version, epoch: 1)
}

private func seal(_ value: [UInt8], _ keys: VaultKeys, at place: EnvelopePlace) throws -> [UInt8] {
    try SecretBytes(capacity: value.count) { output in for byte in value { output.append(byte) } }
        .withBytes { span throws(SealingError) in try keys.seal(span, at: place) }
}

private func copy(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { span in span.indices.map { span[$0] } }
}

@Suite struct EnvelopeTests {
    @Test(arguments: [0, 1, 31, 32, 63, 64, 65, 108, 127, 128, 1000, 65_536])
    func opensWhatItSealed(size: Int) throws {
        let keys = try VaultKeys.fresh()
        let value = (0..<size).map { UInt8(truncatingIfNeeded: $0 &* 7) }
        let sealed = try seal(value, keys, at: place())
        #expect(copy(try keys.open(sealed, at: place())) == value)
    }

    @Test func lengthNamesNoToken() throws {
        let keys = try VaultKeys.fresh()
        #expect(
            try seal([UInt8](repeating: 9, count: 108), keys, at: place()).count
                == seal([UInt8](repeating: 9, count: 73), keys, at: place()).count)
    }

    @Test func everyBitCounts() throws {
        let keys = try VaultKeys.fresh()
        let sealed = try seal([1, 2, 3], keys, at: place())
        for bit in 0..<sealed.count * 8 {
            var changed = sealed
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SealingError.self) { _ = copy(try keys.open(changed, at: place())) }
        }
    }

    @Test func everyTruncationIsFound() throws {
        let keys = try VaultKeys.fresh()
        let sealed = try seal([1, 2, 3], keys, at: place())
        for length in 0..<sealed.count {
            #expect(throws: SealingError.self) { _ = copy(try keys.open(Array(sealed[..<length]), at: place())) }
        }
    }

    static let elsewhere: [EnvelopePlace] = [
        place(record: 3), place(field: .description), place(version: 2),
        EnvelopePlace(
            vault: [UInt8](repeating: 7, count: 16), record: [UInt8](repeating: 2, count: 16),
            field: .value, version: 1, epoch: 1),
        EnvelopePlace(vault: vault, record: [UInt8](repeating: 2, count: 16), field: .value, version: 1, epoch: 2),
    ]

    @Test(arguments: elsewhere.indices)
    func opensNowhereElse(index: Int) throws {
        let keys = try VaultKeys.fresh()
        let sealed = try seal([1, 2, 3], keys, at: place())
        #expect(throws: SealingError.wrongKeyOrTampered) { _ = copy(try keys.open(sealed, at: Self.elsewhere[index])) }
    }

    @Test func anotherVaultCannotOpenIt() throws {
        let sealed = try seal([1, 2, 3], VaultKeys.fresh(), at: place())
        let other = try VaultKeys.fresh()
        #expect(throws: SealingError.wrongKeyOrTampered) { _ = copy(try other.open(sealed, at: place())) }
    }

    @Test func refusesWhatIsTooLarge() throws {
        let keys = try VaultKeys.fresh()
        #expect(throws: SealingError.tooLarge(bytes: 65_537)) {
            try seal([UInt8](repeating: 0, count: 65_537), keys, at: place())
        }
    }
}

@Suite struct FingerprintTests {
    private func token(_ text: String) throws -> SecretBytes {
        try SecretBytes(capacity: text.utf8.count) { output in for byte in text.utf8 { output.append(byte) } }
    }

    @Test func isStableInOneVaultAndDifferentInAnother() throws {
        let key = try FingerprintKey(SecretBytes.random(count: 32))
        let other = try FingerprintKey(SecretBytes.random(count: 32))
        let first = try key.fingerprint(of: token("canary")), again = try key.fingerprint(of: token("canary"))
        #expect(first == again)
        #expect(try key.fingerprint(of: token("canarz")) != first)
        #expect(try other.fingerprint(of: token("canary")) != first)
    }

    @Test func hasTheShownForm() throws {
        let key = try FingerprintKey(SecretBytes.random(count: 32))
        let text = try key.fingerprint(of: token("canary"))
        #expect(text.wholeMatch(of: /[0-9a-hjkmnp-tv-z]{4}(-[0-9a-hjkmnp-tv-z]{4}){2}/) != nil)
    }
}
