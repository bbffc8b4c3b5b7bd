internal import CSodium

/// What opens a slot.
package enum SlotKind: UInt8, Sendable, CaseIterable {
    case passphrase = 1
    case keyring = 2
    case recovery = 3
    case machine = 4

    package var name: String {
        switch self {
        case .passphrase: "passphrase"
        case .keyring: "keyring"
        case .recovery: "recovery"
        case .machine: "machine"
        }
    }
}

/// How much work a passphrase costs (Argon2id, RFC 9106; libsodium `crypto_pwhash`).
package struct DerivationCost: Equatable, Sendable {
    package var passes: UInt32
    /// In bytes.
    package var memory: UInt64

    package init(passes: UInt32, memory: UInt64) {
        self.passes = passes
        self.memory = memory
    }

    /// 256 MiB and 3 passes.
    package static let standard = DerivationCost(passes: 3, memory: 256 << 20)
    /// RFC 9106 section 4, second recommended option.
    static let floor = DerivationCost(passes: 3, memory: 64 << 20)
    /// A header that asks for more is an attack on availability.
    static let ceiling = DerivationCost(passes: 10, memory: 2 << 30)

    var isWithinBounds: Bool {
        (Self.floor.passes...Self.ceiling.passes).contains(passes)
            && (Self.floor.memory...Self.ceiling.memory).contains(memory)
    }
}

/// One way to open the vault: a header, authenticated with the wrapped root key behind it.
///
/// Layout: `format u8 = 1 | kind u8 | suite u16 | vault 16 | slot 16 | passes u32 | memory u64 | salt 16 | body 104`,
/// body: `nonce 24 | wrapped root key and tag 48 | commitment 32`.
package struct KeySlot: Equatable, Sendable {
    package static let size = headerSize + bodySize
    static let headerSize = 64
    static let bodySize = 104
    package static let saltSize = 16

    package let kind: SlotKind
    /// 16 bytes; for a keyring slot also the id of the keyring item.
    package let id: [UInt8]
    package let bytes: [UInt8]
    private let cost: DerivationCost
    private let salt: [UInt8]

    /// - Throws: `.malformed`, `.unknownSuite`, `.keyDerivationOutOfBounds` for a passphrase slot made too cheap or too dear.
    package init(_ bytes: [UInt8], vault: [UInt8]) throws(SealingError) {
        guard bytes.count == Self.size, bytes[0] == 1, let kind = SlotKind(rawValue: bytes[1]),
            Array(bytes[4..<20]) == vault
        else { throw .malformed }
        let suite = UInt16(bytes[2]) << 8 | UInt16(bytes[3])
        guard suite == Envelope.suite else { throw .unknownSuite(suite) }
        self.kind = kind
        self.bytes = bytes
        id = Array(bytes[20..<36])
        let passes = bytes[36..<40].reduce(UInt32(0)) { $0 << 8 | UInt32($1) }
        let memory = bytes[40..<48].reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        cost = DerivationCost(passes: passes, memory: memory)
        salt = Array(bytes[48..<64])
        let derives = kind == .passphrase
        guard derives ? cost.isWithinBounds : (passes == 0 && memory == 0) else { throw .keyDerivationOutOfBounds }
    }

    /// Wraps the root key under a secret; for a passphrase the secret is stretched first.
    ///
    /// - Parameters:
    ///   - secret: a passphrase, or 32 random bytes for the other kinds.
    ///   - salt: 16 bytes that were never used before, as the 24 of the nonce.
    /// - Throws: `.keyDerivationOutOfBounds` for a cost outside the bounds, `.malformed` for a secret of another size,
    ///   `.lockedMemoryExhausted`.
    package static func make(
        _ kind: SlotKind, id: [UInt8], vault: [UInt8], keys: VaultKeys, secret: borrowing SecretBytes,
        cost: DerivationCost = .standard, salt: [UInt8] = randomBytes(KeySlot.saltSize),
        nonce: [UInt8] = randomBytes(Envelope.nonceSize)
    ) throws(SealingError) -> KeySlot {
        let derives = kind == .passphrase
        guard !derives || cost.isWithinBounds else { throw .keyDerivationOutOfBounds }
        guard derives || secret.count == VaultKeys.size else { throw .malformed }
        let used = derives ? cost : DerivationCost(passes: 0, memory: 0)
        var header: [UInt8] = [1, kind.rawValue] + bigEndianBytes(Envelope.suite) + vault + id
        header += bigEndianBytes(used.passes) + bigEndianBytes(used.memory) + salt
        let wrapping = try WrappingKeys(kind, secret: secret, salt: salt, cost: used)
        return try KeySlot(header + wrapping.wrap(keys.root, header: header, nonce: nonce), vault: vault)
    }

    /// - Throws: `.wrongKeyOrTampered` when the secret is not the slot's or a bit was changed, `.lockedMemoryExhausted`.
    package func open(with secret: borrowing SecretBytes) throws(SealingError) -> VaultKeys {
        guard kind == .passphrase || secret.count == VaultKeys.size else { throw .wrongKeyOrTampered }
        let wrapping = try WrappingKeys(kind, secret: secret, salt: salt, cost: cost)
        let header = Array(bytes[..<Self.headerSize])
        return try VaultKeys(root: wrapping.unwrap(Array(bytes[Self.headerSize...]), header: header))
    }
}

/// The two keys that a slot's secret becomes: one wraps, one commits.
private struct WrappingKeys: ~Copyable {
    private let sealing: SecretBytes
    private let committing: SecretBytes

    init(
        _ kind: SlotKind, secret: borrowing SecretBytes, salt: [UInt8], cost: DerivationCost
    ) throws(SealingError) {
        let key =
            kind == .passphrase
            ? try Self.stretched(secret, salt: salt, cost: cost) : try Self.compressed(secret, salt: salt)
        let sealingKey = try subkey(of: key, context: "twSlotKy")
        let committingKey = try subkey(of: key, context: "twSlotCm")
        sealing = sealingKey
        committing = committingKey
    }

    private static func stretched(
        _ secret: borrowing SecretBytes, salt: [UInt8], cost: DerivationCost
    ) throws(SealingError) -> SecretBytes {
        let address = unsafe secret.withPointer { unsafe $0 }
        let count = secret.count
        return try SecretBytes(capacity: VaultKeys.size) { output throws(SealingError) in
            let made = unsafe output.withUnsafeMutableBufferPointer { room, initialized in
                guard let start = room.baseAddress else { return false }
                let result = unsafe address.withMemoryRebound(to: CChar.self, capacity: count) { text in
                    unsafe crypto_pwhash(
                        start, UInt64(VaultKeys.size), text, UInt64(count), salt, UInt64(cost.passes),
                        Int(cost.memory), crypto_pwhash_ALG_ARGON2ID13)
                }
                initialized = VaultKeys.size
                return result == 0
            }
            guard made else { throw .lockedMemoryExhausted(bytes: Int(cost.memory)) }
        }
    }

    /// A slot secret that is random already needs no stretching, only the salt.
    private static func compressed(_ secret: borrowing SecretBytes, salt: [UInt8]) throws(SealingError) -> SecretBytes {
        let address = unsafe secret.withPointer { unsafe $0 }
        let count = secret.count
        return try SecretBytes(capacity: VaultKeys.size) { output in
            unsafe output.withUnsafeMutableBufferPointer { room, initialized in
                guard let start = room.baseAddress else { return }
                _ = unsafe crypto_generichash(start, VaultKeys.size, salt, UInt64(salt.count), address, count)
                initialized = VaultKeys.size
            }
        }
    }

    func wrap(_ root: borrowing SecretBytes, header: [UInt8], nonce: [UInt8]) -> [UInt8] {
        var cipher = [UInt8](repeating: 0, count: VaultKeys.size + Envelope.tagSize)
        unsafe root.withPointer { message in
            unsafe sealing.withPointer { key in
                _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
                    &cipher, nil, message, UInt64(VaultKeys.size), header, UInt64(header.count), nil, nonce, key)
            }
        }
        return nonce + cipher + keyedHash(header + nonce + cipher, key: committing)
    }

    func unwrap(_ body: [UInt8], header: [UInt8]) throws(SealingError) -> SecretBytes {
        let nonce = Array(body[..<Envelope.nonceSize])
        let cipher = Array(body[Envelope.nonceSize..<body.count - Envelope.commitmentSize])
        let commitment = Array(body[(body.count - Envelope.commitmentSize)...])
        guard sameDigest(keyedHash(header + nonce + cipher, key: committing), commitment) else {
            throw .wrongKeyOrTampered
        }
        let key = unsafe sealing.withPointer { unsafe $0 }
        return try SecretBytes(capacity: VaultKeys.size) { output throws(SealingError) in
            let opened = unsafe output.withUnsafeMutableBufferPointer { room, initialized in
                let result = unsafe crypto_aead_xchacha20poly1305_ietf_decrypt(
                    room.baseAddress, nil, nil, cipher, UInt64(cipher.count), header, UInt64(header.count), nonce, key)
                initialized = result == 0 ? VaultKeys.size : 0
                return result == 0
            }
            guard opened else { throw .wrongKeyOrTampered }
        }
    }
}
