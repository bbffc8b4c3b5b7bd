internal import CSodium

/// Where an envelope belongs; it opens nowhere else.
package struct EnvelopePlace: Sendable {
    /// What of a record is inside.
    package enum Field: UInt8, Sendable {
        /// Name, kind, hosts, dates: read for every status.
        case description = 1
        /// The token.
        case value = 2
        /// A key of the vault's own, such as the fingerprint key.
        case key = 3
        /// An entry of the journal.
        case journal = 4
    }
    /// 16 bytes each.
    package var vault: [UInt8]
    package var record: [UInt8]
    package var field: Field
    package var version: UInt64
    package var epoch: UInt32

    package init(vault: [UInt8], record: [UInt8], field: Field, version: UInt64, epoch: UInt32) {
        self.vault = vault
        self.record = record
        self.field = field
        self.version = version
        self.epoch = epoch
    }

    var associatedData: [UInt8] {
        var fields = Fields("tokenward envelope 1")
        fields.append(Envelope.suite)
        fields.append(vault)
        fields.append(record)
        fields.append(field.rawValue)
        fields.append(version)
        fields.append(epoch)
        return fields.bytes
    }
}

/// Layout: `suite u16 | nonce 24 | commitment 32 | ciphertext and tag`.
///
/// Suite 1: XChaCha20-Poly1305 (draft-irtf-cfrg-xchacha-03) under a key of this record and epoch, padded (ISO/IEC 7816-4), with a
/// keyed BLAKE2b-256 commitment over the associated data, nonce and ciphertext that is checked before anything is decrypted:
/// the AEAD alone does not commit to its key (libsodium, "AEAD", Robustness).
package enum Envelope {
    static let suite: UInt16 = 1
    package static let nonceSize = 24
    static let commitmentSize = 32
    static let tagSize = 16
    static let headSize = 2 + nonceSize + commitmentSize
    /// facts/security.md §2.3.
    static let largestValue = 64 * 1024

    /// The size that a value of `count` bytes is padded to: 64, 128, 256, ... so that its length names no provider.
    static func paddedSize(for count: Int) -> Int {
        var size = 64
        while size < count + 1 { size *= 2 }
        return size
    }
}

extension VaultKeys {
    /// Seals a value for one place.
    ///
    /// - Parameter nonce: 24 bytes that were never used before.
    /// - Throws: `.tooLarge`, `.lockedMemoryExhausted`.
    package func seal(
        _ value: Span<UInt8>, at place: EnvelopePlace, nonce: [UInt8] = randomBytes(Envelope.nonceSize)
    ) throws(SealingError) -> [UInt8] {
        guard value.count <= Envelope.largestValue else { throw .tooLarge(bytes: value.count) }
        let size = Envelope.paddedSize(for: value.count)
        let source = copy value
        let padded = try SecretBytes(capacity: size) { output in
            for index in source.indices { output.append(source[index]) }
            output.append(0x80)
            while output.count < size { output.append(0) }
        }
        let associated = place.associatedData
        var sealed = bigEndianBytes(Envelope.suite)
        var cipher = [UInt8](repeating: 0, count: size + Envelope.tagSize)
        unsafe withRecordKey(record, place) { key in
            unsafe padded.withPointer { message in
                _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    &cipher, nil, message, UInt64(size), associated, UInt64(associated.count), nil, nonce, key)
            }
        }
        sealed += nonce + commitment(to: cipher, nonce: nonce, associated: associated, place) + cipher
        return sealed
    }

    /// Opens into locked memory.
    ///
    /// - Throws: `.malformed`, `.unknownSuite`, `.wrongKeyOrTampered`, `.lockedMemoryExhausted`.
    package func open(_ sealed: [UInt8], at place: EnvelopePlace) throws(SealingError) -> SecretBytes {
        let parts = try EnvelopeParts(sealed)
        let associated = place.associatedData
        let expected = commitment(to: parts.cipher, nonce: parts.nonce, associated: associated, place)
        guard sameDigest(expected, parts.commitment) else { throw .wrongKeyOrTampered }
        let size = parts.cipher.count - Envelope.tagSize
        let padded = try SecretBytes(capacity: size) { output throws(SealingError) in
            let opened = unsafe output.withUnsafeMutableBufferPointer { room, initialized in
                let result = unsafe withRecordKey(record, place) { key in
                    unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                        room.baseAddress, nil, nil, parts.cipher, UInt64(parts.cipher.count),
                        associated, UInt64(associated.count), parts.nonce, key)
                }
                initialized = result == 0 ? size : 0
                return result == 0
            }
            guard opened else { throw .wrongKeyOrTampered }
        }
        return try unpadded(padded)
    }

    private func unpadded(_ padded: borrowing SecretBytes) throws(SealingError) -> SecretBytes {
        let size = padded.withBytes { bytes -> Int? in
            var end = bytes.count
            while end > 0, bytes[end - 1] == 0 { end -= 1 }
            return end > 0 && bytes[end - 1] == 0x80 ? end - 1 : nil
        }
        guard let size else { throw .malformed }
        return try padded.withBytes { bytes throws(SealingError) in
            try SecretBytes(copying: bytes.extracting(first: size))
        }
    }

    private func commitment(
        to cipher: [UInt8], nonce: [UInt8], associated: [UInt8], _ place: EnvelopePlace
    ) -> [UInt8] {
        let message = associated + nonce + cipher
        var digest = [UInt8](repeating: 0, count: Envelope.commitmentSize)
        unsafe withRecordKey(committing, place) { key in
            _ = unsafe crypto_generichash(&digest, digest.count, message, UInt64(message.count), key, VaultKeys.size)
        }
        return digest
    }

    /// Lends the key of one record and epoch, derived on the stack and wiped after use.
    private func withRecordKey<Result>(
        _ parent: borrowing SecretBytes, _ place: EnvelopePlace, _ body: (UnsafePointer<UInt8>) -> Result
    ) -> Result {
        let message = place.record + bigEndianBytes(place.epoch)
        return unsafe withUnsafeTemporaryAllocation(of: UInt8.self, capacity: 32) { key in
            guard let start = key.baseAddress else { preconditionFailure("an allocation of 32 bytes has an address") }
            unsafe parent.withPointer { parentKey in
                _ = unsafe crypto_generichash(start, 32, message, UInt64(message.count), parentKey, 32)
            }
            defer { unsafe sodium_memzero(start, 32) }
            return unsafe body(UnsafePointer(start))
        }
    }
}

/// The parts of an envelope whose sizes were checked.
private struct EnvelopeParts {
    let nonce: [UInt8]
    let commitment: [UInt8]
    let cipher: [UInt8]

    init(_ sealed: [UInt8]) throws(SealingError) {
        guard sealed.count >= Envelope.headSize + Envelope.tagSize + 64 else { throw .malformed }
        let suite = UInt16(sealed[0]) << 8 | UInt16(sealed[1])
        guard suite == Envelope.suite else { throw .unknownSuite(suite) }
        let size = sealed.count - Envelope.headSize - Envelope.tagSize
        guard size & (size - 1) == 0, size <= 2 * Envelope.largestValue else { throw .malformed }
        nonce = Array(sealed[2..<2 + Envelope.nonceSize])
        commitment = Array(sealed[2 + Envelope.nonceSize..<Envelope.headSize])
        cipher = Array(sealed[Envelope.headSize...])
    }
}
