internal import CSodium

/// What the manifest holds of one credential: enough to notice that its row was taken away, added or put back to an earlier one.
package struct ManifestLeaf: Equatable, Sendable {
    /// Keyed hash of the name; its first 16 bits choose the bucket.
    package var tag: [UInt8]
    package var record: [UInt8]
    /// Of the row, which in turn covers the numbers of the versions.
    package var mac: [UInt8]

    package init(tag: [UInt8], record: [UInt8], mac: [UInt8]) {
        self.tag = tag
        self.record = record
        self.mac = mac
    }
}

/// One of 65,536 buckets: which of 256 nodes holds its digest, and where in it.
package struct ManifestBucket: Hashable, Sendable {
    package let node: UInt8
    package let place: UInt8

    /// Nil for a tag of less than two bytes, which is none of ours.
    package init?(tag: [UInt8]) {
        guard tag.count >= 2 else { return nil }
        node = tag[0]
        place = tag[1]
    }

    package init(node: UInt8, place: UInt8) {
        self.node = node
        self.place = place
    }

    /// What the tags of this bucket begin with.
    package var prefix: [UInt8] { [node, place] }

    /// BLAKE2b-256 over `"tokenward bucket 1" | node | place | tag | record | mac | ...` as length-prefixed fields, in the order of
    /// tags; 32 zero bytes for an empty bucket. Unkeyed: what it covers is authenticated by the head.
    package func digest(of leaves: [ManifestLeaf]) -> [UInt8] {
        guard !leaves.isEmpty else { return ManifestNode.emptyDigest }
        var fields = Fields("tokenward bucket 1")
        fields.append(prefix)
        for leaf in leaves.sorted(by: { $0.tag.lexicographicallyPrecedes($1.tag) }) {
            fields.append(leaf.tag)
            fields.append(leaf.record)
            fields.append(leaf.mac)
        }
        return plainHash(fields.bytes)
    }
}

/// The digests of 256 buckets, 32 bytes each, in the order of their places.
package struct ManifestNode: Equatable, Sendable {
    package static let size = 256 * digestSize
    package static let emptyDigest = [UInt8](repeating: 0, count: digestSize)
    package private(set) var bytes: [UInt8]

    /// - Throws: `.malformed` unless there are 8,192 bytes; nil stands for a node whose buckets are all empty.
    package init(_ bytes: [UInt8]?) throws(SealingError) {
        guard bytes.map({ $0.count == Self.size }) ?? true else { throw .malformed }
        self.bytes = bytes ?? [UInt8](repeating: 0, count: Self.size)
    }

    package var isEmpty: Bool { unsafe sodium_is_zero(bytes, bytes.count) == 1 }

    package subscript(place: UInt8) -> [UInt8] {
        get { Array(bytes[Int(place) * digestSize..<(Int(place) + 1) * digestSize]) }
        set { bytes.replaceSubrange(Int(place) * digestSize..<(Int(place) + 1) * digestSize, with: newValue) }
    }

    /// BLAKE2b-256 over `"tokenward node 1" | number | bytes`; 32 zero bytes for an empty node.
    package func digest(number: UInt8) -> [UInt8] {
        guard !isEmpty else { return Self.emptyDigest }
        var fields = Fields("tokenward node 1")
        fields.append(number)
        fields.append(bytes)
        return plainHash(fields.bytes)
    }
}

/// The vault's own values but for the head itself and what is written while the vault is locked.
package enum ManifestValues {
    /// BLAKE2b-256 over `"tokenward values 1" | key | value | ...` in the order of the keys' bytes.
    package static func digest(of values: [String: [UInt8]]) -> [UInt8] {
        var fields = Fields("tokenward values 1")
        for (key, value) in values.sorted(by: { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }) {
            fields.append(text: key)
            fields.append(value)
        }
        return plainHash(fields.bytes)
    }
}

/// The top of the manifest: one authenticated statement about everything that the vault holds.
///
/// Layout: `"TWMH" | format u16 = 1 | suite u16 | vault 16 | sequence u64 | epoch u32 | credentials u64 | values 32 |
/// journal sequence u64 | journal chain 32 | 256 node digests of 32 | MAC 32`, big endian; the MAC is keyed BLAKE2b-256 over all
/// before it under the subkey `twManif_` of the root key.
package struct ManifestHead: Equatable, Sendable {
    static let magic = [UInt8]("TWMH".utf8)
    package static let size = 116 + ManifestNode.size + digestSize
    package var vault: [UInt8]
    /// Grows by one with every change of the vault.
    package var sequence: UInt64
    /// Of the root key that authenticates this head.
    package var epoch: UInt32
    package var credentials: UInt64
    package var values: [UInt8]
    /// The last entry of the journal; 0 when there is none.
    package var journalSequence: UInt64
    package var journalChain: [UInt8]
    /// Digests of the nodes.
    package var nodes: ManifestNode

    /// Of a vault that holds nothing yet.
    package init(vault: [UInt8]) throws(SealingError) {
        self.vault = vault
        sequence = 0
        epoch = 1
        credentials = 0
        values = ManifestNode.emptyDigest
        journalSequence = 0
        journalChain = ManifestNode.emptyDigest
        nodes = try ManifestNode(nil)
    }

    /// - Throws: `.malformed`, `.unknownSuite`, `.wrongKeyOrTampered`.
    package init(_ bytes: [UInt8], keys: VaultKeys) throws(SealingError) {
        var reader = ByteReader(bytes)
        guard bytes.count == Self.size, try reader.take(4) == Self.magic, try reader.number(UInt16.self) == 1 else {
            throw .malformed
        }
        let suite = try reader.number(UInt16.self)
        guard suite == Envelope.suite else { throw .unknownSuite(suite) }
        vault = try reader.take(16)
        sequence = try reader.number(UInt64.self)
        epoch = try reader.number(UInt32.self)
        credentials = try reader.number(UInt64.self)
        values = try reader.take(digestSize)
        journalSequence = try reader.number(UInt64.self)
        journalChain = try reader.take(digestSize)
        nodes = try ManifestNode(try reader.take(ManifestNode.size))
        let mac = try reader.take(digestSize)
        guard sameDigest(keyedHash(Array(bytes.dropLast(digestSize)), key: keys.manifest), mac) else {
            throw .wrongKeyOrTampered
        }
        // Whoever made the keys may have written any number; counting goes on from these.
        guard max(sequence, credentials, journalSequence) < 1 << 63, epoch < .max else { throw .malformed }
    }

    /// As it is stored; the last 32 bytes, the MAC, name this very head.
    package func bytes(keys: VaultKeys) -> [UInt8] {
        var bytes = Self.magic + bigEndianBytes(UInt16(1)) + bigEndianBytes(Envelope.suite) + vault
        bytes += bigEndianBytes(sequence) + bigEndianBytes(epoch) + bigEndianBytes(credentials) + values
        bytes += bigEndianBytes(journalSequence) + journalChain + nodes.bytes
        return bytes + keyedHash(bytes, key: keys.manifest)
    }
}
