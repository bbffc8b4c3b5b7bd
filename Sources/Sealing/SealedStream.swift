/// What a sealed stream carries.
package enum SealedStreamKind: UInt8, Sendable, CaseIterable {
    /// A vault as it lies in its store, everything still sealed inside.
    case backup = 1
    /// Credentials with their values, under a passphrase of the file's own.
    case export = 2
}

/// The head of the one container for backups and exports, in clear but committed to.
///
/// All numbers are big endian.
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 4 | `"TWBK"` |
/// | 4 | 2 | format, 1 |
/// | 6 | 2 | suite, 1 |
/// | 8 | 1 | kind: 1 backup, 2 export |
/// | 9 | 16 | id of the vault; of an export, an id of the file's own |
/// | 25 | 16 | id of the stream, random |
/// | 41 | 8 | when it was made, signed, milliseconds since 1970-01-01T00:00:00Z |
/// | 49 | 4 | epoch of the vault's keys; 0 in an export |
/// | 53 | 8 | sequence number of the vault's manifest; 0 in an export |
/// | 61 | 1 | n, the number of slots, 1...16 |
/// | 62 | 168 n | slots as in the vault (`KeySlot`), each of the vault id above; each wraps the root key R |
/// | 62 + 168 n | 24 | header of crypto_secretstream_xchacha20poly1305 |
/// | 86 + 168 n | 32 | commitment |
///
/// With `kdf(R, c)` = subkey 1 of R in the context c (crypto_kdf), the key of the stream is BLAKE2b-256 of the stream's id keyed with
/// `kdf(R, "twStream")`, and the commitment is BLAKE2b-256 of all before it keyed with `kdf(R, "twStrmCm")`; it is compared, in
/// constant time, before the first chunk is opened. Behind the header come the chunks, see `SealedStreamWriter`.
package struct SealedStreamHeader: Equatable, Sendable {
    static let magic = [UInt8]("TWBK".utf8)
    static let format: UInt16 = 1
    static let fixedSize = 62
    package static let mostSlots = 16

    package let kind: SealedStreamKind
    /// 16 bytes.
    package let vault: [UInt8]
    /// 16 bytes.
    package let stream: [UInt8]
    /// Milliseconds since 1970.
    package let madeAt: Int64
    package let epoch: UInt32
    package let sequence: UInt64
    package let slots: [KeySlot]
    let cipherHeader: [UInt8]
    let commitment: [UInt8]

    /// - Throws: `.malformed` unless there are 1 to 16 slots, all of the vault.
    init(_ facts: SealedStreamFacts, slots: [KeySlot], keys: VaultKeys, cipherHeader: [UInt8], stream: [UInt8])
        throws(SealingError)
    {
        guard (1...Self.mostSlots).contains(slots.count) else { throw .malformed }
        for slot in slots { _ = try KeySlot(slot.bytes, vault: facts.vault) }
        kind = facts.kind
        vault = facts.vault
        self.stream = stream
        madeAt = facts.madeAt
        epoch = facts.epoch
        sequence = facts.sequence
        self.slots = slots
        self.cipherHeader = cipherHeader
        var bytes = Self.fixedPart(facts, stream: stream, slots: slots.count)
        for slot in slots { bytes += slot.bytes }
        commitment = try keys.commitment(toStream: bytes + cipherHeader)
    }

    /// Bytes that tell the kind of a file.
    package static let kindEnd = 9

    /// What a file says it is by its first `kindEnd` bytes; nil for a file of another sort.
    package static func kind(ofHead head: [UInt8]) -> SealedStreamKind? {
        guard head.count == kindEnd, head.starts(with: magic) else { return nil }
        return SealedStreamKind(rawValue: head[kindEnd - 1])
    }

    /// Reads as many bytes as the header has, and not one more.
    ///
    /// - Parameter read: gives exactly that many bytes or throws.
    /// - Throws: `.malformed`, `.unknownSuite`, `.keyDerivationOutOfBounds` for a slot too cheap or too dear, and what `read` throws.
    init(reading read: (Int) throws(SealingError) -> [UInt8]) throws(SealingError) {
        var fixed = ByteReader(try read(Self.fixedSize))
        guard try fixed.take(4) == Self.magic, try fixed.number(UInt16.self) == Self.format else { throw .malformed }
        let suite = try fixed.number(UInt16.self)
        guard suite == Envelope.suite else { throw .unknownSuite(suite) }
        guard let kind = SealedStreamKind(rawValue: try fixed.number(UInt8.self)) else { throw .malformed }
        self.kind = kind
        vault = try fixed.take(16)
        stream = try fixed.take(16)
        madeAt = try fixed.number(Int64.self)
        epoch = try fixed.number(UInt32.self)
        sequence = try fixed.number(UInt64.self)
        let count = Int(try fixed.number(UInt8.self))
        guard (1...Self.mostSlots).contains(count) else { throw .malformed }
        var rest = ByteReader(try read(count * KeySlot.size + StreamCipher.headerSize + digestSize))
        var slots: [KeySlot] = []
        for _ in 0..<count { slots.append(try KeySlot(try rest.take(KeySlot.size), vault: vault)) }
        self.slots = slots
        cipherHeader = try rest.take(StreamCipher.headerSize)
        commitment = try rest.take(digestSize)
    }

    private static func fixedPart(_ facts: SealedStreamFacts, stream: [UInt8], slots: Int) -> [UInt8] {
        var bytes = magic + bigEndianBytes(format) + bigEndianBytes(Envelope.suite) + [facts.kind.rawValue]
        bytes += facts.vault + stream + bigEndianBytes(facts.madeAt) + bigEndianBytes(facts.epoch)
        return bytes + bigEndianBytes(facts.sequence) + [UInt8(slots)]
    }

    private var committed: [UInt8] {
        let facts = SealedStreamFacts(kind: kind, vault: vault, madeAt: madeAt, epoch: epoch, sequence: sequence)
        return slots.reduce(Self.fixedPart(facts, stream: stream, slots: slots.count)) { $0 + $1.bytes } + cipherHeader
    }

    /// As it is written.
    package var bytes: [UInt8] { committed + commitment }

    /// - Throws: `.streamHeaderMismatch` unless these keys made the header and it is unchanged, `.lockedMemoryExhausted`.
    func check(_ keys: VaultKeys) throws(SealingError) {
        guard sameDigest(try keys.commitment(toStream: committed), commitment) else { throw .streamHeaderMismatch }
    }
}

/// What whoever makes a stream says about it.
package struct SealedStreamFacts: Equatable, Sendable {
    package var kind: SealedStreamKind
    /// 16 bytes.
    package var vault: [UInt8]
    /// Milliseconds since 1970.
    package var madeAt: Int64
    package var epoch: UInt32
    package var sequence: UInt64

    package init(kind: SealedStreamKind, vault: [UInt8], madeAt: Int64, epoch: UInt32 = 0, sequence: UInt64 = 0) {
        self.kind = kind
        self.vault = vault
        self.madeAt = madeAt
        self.epoch = epoch
        self.sequence = sequence
    }
}

extension VaultKeys {
    /// Of one stream.
    func streamKey(_ stream: [UInt8]) throws(SealingError) -> SecretBytes {
        try keyedHashSecret(stream, key: try subkey(of: root, context: "twStream"))
    }

    fileprivate func commitment(toStream header: [UInt8]) throws(SealingError) -> [UInt8] {
        keyedHash(header, key: try subkey(of: root, context: "twStrmCm"))
    }
}
