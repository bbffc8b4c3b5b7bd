/// The highest state of the vault that was seen, kept outside of the vault: it may lag behind, it never leads.
///
/// Layout: `"TWAN" | format u16 = 1 | vault 16 | sequence u64 | head 32 | MAC 32`, big endian; head is the MAC of the manifest's head
/// at that sequence, the MAC is the lookup key's, which outlives a rekey.
package struct Anchor: Equatable, Sendable {
    static let magic = [UInt8]("TWAN".utf8)
    package static let size = 94
    package var vault: [UInt8]
    package var sequence: UInt64
    package var head: [UInt8]

    package init(vault: [UInt8], sequence: UInt64, head: [UInt8]) {
        self.vault = vault
        self.sequence = sequence
        self.head = head
    }

    /// - Throws: `.malformed`, `.wrongKeyOrTampered`.
    package init(_ bytes: [UInt8], key: LookupKey) throws(SealingError) {
        var reader = ByteReader(bytes)
        guard bytes.count == Self.size, try reader.take(4) == Self.magic, try reader.number(UInt16.self) == 1 else {
            throw .malformed
        }
        vault = try reader.take(16)
        sequence = try reader.number(UInt64.self)
        head = try reader.take(digestSize)
        let mac = try reader.take(digestSize)
        guard sameDigest(key.mac(ofAnchor: Array(bytes.dropLast(digestSize))), mac) else { throw .wrongKeyOrTampered }
        // Whoever made the keys may have written any number; counting goes on from it.
        guard sequence < 1 << 63 else { throw .malformed }
    }

    package func bytes(key: LookupKey) -> [UInt8] {
        let bytes = Self.magic + bigEndianBytes(UInt16(1)) + vault + bigEndianBytes(sequence) + head
        return bytes + key.mac(ofAnchor: bytes)
    }

    /// The id of the keyring item that holds a copy beside the key of a keyring slot: the first 16 bytes of BLAKE2b-256 over
    /// `"tokenward anchor item 1"` and the slot's id, as `Fields`. Whoever has the slot finds the copy, without another place to remember it.
    package static func itemID(besideSlot slot: [UInt8]) -> [UInt8] {
        var fields = Fields("tokenward anchor item 1")
        fields.append(slot)
        return Array(plainHash(fields.bytes).prefix(16))
    }

    /// Whose anchor it says it is, unauthenticated; nil when it is no anchor at all.
    package static func vault(of bytes: [UInt8]) -> [UInt8]? {
        guard bytes.count == size, bytes.starts(with: magic) else { return nil }
        return Array(bytes[6..<22])
    }
}
