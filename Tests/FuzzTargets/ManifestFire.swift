import Sealing

/// Heads and anchors that read authenticate and can be counted on from, encode to the same bytes, and are refused after any change.
///
/// Input: `aim u8 | forgery`; bit 0 chooses the anchor, bit 1 takes the content as it stands, bit 2 another key. The content
/// fills the fields of what is made.
enum ManifestFire {
    static func run(_ input: [UInt8]) throws {
        let aim = input.first ?? 0
        let forgery = Forgery(input.dropFirst())
        if aim & 1 == 0 { try head(aim, forgery) } else { try anchor(aim, forgery) }
        try buckets(forgery.content)
    }

    private static func head(_ aim: UInt8, _ forgery: Forgery) throws {
        let keys = try KnownKeys.vault.get()
        var filling = Filling(forgery.content)
        var head = try ManifestHead(vault: filling.next(16))
        head.sequence = filling.number()
        head.epoch = UInt32(truncatingIfNeeded: filling.number())
        head.credentials = filling.number()
        head.values = filling.next(32)
        head.journalSequence = filling.number()
        head.journalChain = filling.next(32)
        for number in filling.next(3) { head.nodes[number] = filling.next(32) }
        let made = head.bytes(keys: keys)
        let presented = aim & 2 == 0 ? forgery.applied(to: made) : forgery.content
        let reader = aim & 4 == 0 ? keys : try KnownKeys.other.get()
        let isCountable =
            max(head.sequence, head.credentials, head.journalSequence) < 1 << 63 && head.epoch < .max
        let isGenuine = presented == made && aim & 4 == 0 && isCountable
        guard let found = try? ManifestHead(presented, keys: reader) else {
            return try promise(!isGenuine, "a genuine head is refused")
        }
        try promise(isGenuine, "a forged head is taken")
        try promise(found == head && found.bytes(keys: keys) == made, "a head is read as another")
    }

    private static func anchor(_ aim: UInt8, _ forgery: Forgery) throws {
        let key = try KnownKeys.lookup.get()
        var filling = Filling(forgery.content)
        let anchor = Anchor(vault: filling.next(16), sequence: filling.number(), head: filling.next(32))
        let made = anchor.bytes(key: key)
        let presented = aim & 2 == 0 ? forgery.applied(to: made) : forgery.content
        let owner = Anchor.vault(of: presented)
        let isGenuine = presented == made && anchor.sequence < 1 << 63
        guard let found = try? Anchor(presented, key: key) else {
            return try promise(!isGenuine, "a genuine anchor is refused")
        }
        try promise(isGenuine, "a forged anchor is taken")
        try promise(
            found == anchor && found.bytes(key: key) == made && owner == found.vault, "an anchor is read as another")
    }

    /// Two sets of leaves that differ have two digests, whatever their order.
    private static func buckets(_ content: [UInt8]) throws {
        guard let first = content.first, let bucket = ManifestBucket(tag: [first, 0]) else { return }
        var filling = Filling(content)
        let leaves = (0..<Int(first % 4)).map { number in
            ManifestLeaf(
                tag: [first, 0, UInt8(number)] + filling.next(Int(first >> 4)), record: filling.next(16),
                mac: filling.next(32))
        }
        let digest = bucket.digest(of: leaves)
        try promise(bucket.digest(of: leaves.reversed()) == digest, "the order of leaves changes the digest")
        guard var changed = leaves.last else { return }
        changed.mac[Int(first) % 32] ^= 1
        try promise(bucket.digest(of: leaves.dropLast() + [changed]) != digest, "another leaf has the same digest")
        try promise(bucket.digest(of: leaves.dropLast()) != digest, "a leaf that is gone leaves the same digest")
    }
}

/// Bytes for fields, taken round and round from an input.
struct Filling {
    private let bytes: [UInt8]
    private var place = 0

    init(_ bytes: [UInt8]) { self.bytes = bytes.isEmpty ? [0] : bytes }

    mutating func next(_ count: Int) -> [UInt8] {
        defer { place += count }
        return (0..<count).map { bytes[(place + $0) % bytes.count] }
    }

    mutating func number() -> UInt64 { next(8).reduce(0) { $0 << 8 | UInt64($1) } }
}
