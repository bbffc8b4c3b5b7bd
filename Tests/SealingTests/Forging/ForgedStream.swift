import CSodium

/// A backup on its way to bytes, with parts that can be made wrong one at a time.
struct ForgedStream {
    var magic = "TWBK"
    var format: UInt16 = 1
    var suite: UInt16 = 1
    var kind: UInt8 = 1
    var vault = Forge.bytes(16, "vault")
    var stream = Forge.bytes(16, "stream")
    var madeAt: Int64 = 1_700_000_000_000
    var epoch: UInt32 = 1
    var sequence: UInt64 = 7
    var root = Forge.bytes(32, "root")
    var cipher = Forge.bytes(24, "cipher header")
    var slots = [ForgedSlot().bytes()]
    /// In place of how many there are.
    var slotCount: UInt8?

    /// A chunk before it is sealed.
    struct Chunk {
        var plain: [UInt8]
        var tag: UInt8
        /// In place of the right one.
        var associated: [UInt8]?
        /// In place of the right one.
        var size: UInt32?
    }

    var committed: [UInt8] {
        var bytes = Array(magic.utf8) + Forge.number(UInt64(format), 2) + Forge.number(UInt64(suite), 2) + [kind]
        bytes += vault + stream + Forge.number(UInt64(bitPattern: madeAt), 8) + Forge.number(UInt64(epoch), 4)
        bytes += Forge.number(sequence, 8) + [slotCount ?? UInt8(slots.count)]
        return bytes + slots.flatMap(\.self) + cipher
    }

    func header(committingKey: [UInt8]? = nil) -> [UInt8] {
        committed + Forge.hash(committed, key: committingKey ?? Forge.subkey(root, "twStrmCm"))
    }

    static func frame(_ type: UInt8, _ content: [UInt8], count: UInt64? = nil) -> [UInt8] {
        [type] + Forge.number(count ?? UInt64(content.count), 4) + content
    }

    /// Frames as an honest writer cuts them.
    static func chunks(_ plain: [UInt8]) -> [Chunk] {
        var chunks = [Chunk(plain: Array(plain.prefix(65_536)), tag: 3)]
        var start = 65_536
        while start < plain.count {
            chunks[chunks.count - 1].tag = 0
            chunks.append(Chunk(plain: Array(plain[start..<min(start + 65_536, plain.count)]), tag: 3))
            start += 65_536
        }
        return chunks
    }

    func bytes(_ chunks: [Chunk], key: [UInt8]? = nil, committingKey: [UInt8]? = nil) -> [UInt8] {
        let header = header(committingKey: committingKey)
        let key = key ?? Forge.hash(stream, key: Forge.subkey(root, "twStream"))
        var state = crypto_secretstream_xchacha20poly1305_state()
        _ = unsafe crypto_secretstream_xchacha20poly1305_init_pull(&state, cipher, key)
        var bytes = header
        for (index, chunk) in chunks.enumerated() {
            let associated = chunk.associated ?? (index == 0 ? Forge.hash(header) : [])
            var sealed = [UInt8](repeating: 0, count: chunk.plain.count + 17)
            _ = unsafe crypto_secretstream_xchacha20poly1305_push(
                &state, &sealed, nil, chunk.plain, UInt64(chunk.plain.count), associated, UInt64(associated.count),
                chunk.tag)
            bytes += Forge.number(UInt64(chunk.size ?? UInt32(sealed.count)), 4) + sealed
        }
        return bytes
    }
}
