internal import CSodium

/// Signs checkpoints of the journal, so that whoever has the public half can tell that the vault vouched for them (Ed25519, RFC 8032).
package final class SigningKey: Sendable {
    static let seedSize = 32
    static let signatureSize = 64
    private let seed: SecretBytes
    private let secret: SecretBytes
    /// 32 bytes.
    package let publicKey: [UInt8]

    /// - Throws: `.malformed` unless the seed has 32 bytes, `.lockedMemoryExhausted`.
    package init(seed: consuming SecretBytes) throws(SealingError) {
        guard seed.count == Self.seedSize else { throw .malformed }
        let address = unsafe seed.withPointer { unsafe $0 }
        var publicKey = [UInt8](repeating: 0, count: 32)
        secret = try SecretBytes(capacity: 64) { output in
            unsafe output.withUnsafeMutableBufferPointer { room, initialized in
                guard let start = room.baseAddress else { return }
                _ = unsafe crypto_sign_ed25519_seed_keypair(&publicKey, start, address)
                initialized = 64
            }
        }
        self.publicKey = publicKey
        self.seed = seed
    }

    package static func fresh() throws(SealingError) -> SigningKey {
        try SigningKey(seed: SecretBytes.random(count: seedSize))
    }

    /// 64 bytes.
    package func signature(of message: Fields) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: Self.signatureSize)
        unsafe secret.withPointer { key in
            _ = unsafe crypto_sign_ed25519_detached(
                &signature, nil, message.bytes, UInt64(message.bytes.count), key)
        }
        return signature
    }

    package static func isValid(_ signature: [UInt8], of message: Fields, by publicKey: [UInt8]) -> Bool {
        guard signature.count == signatureSize, publicKey.count == 32 else { return false }
        return unsafe crypto_sign_ed25519_verify_detached(
            signature, message.bytes, UInt64(message.bytes.count), publicKey) == 0
    }

    /// Lends the seed for sealing it into the vault.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try seed.withBytes(body)
    }
}
