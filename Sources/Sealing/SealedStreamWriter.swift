/// Writes a sealed stream: frames go in, chunks come out; at most one chunk is held.
///
/// Behind the header follow chunks without a gap:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 4 | length of what follows, m + 17 |
/// | 4 | m + 17 | crypto_secretstream_xchacha20poly1305 of m bytes of plaintext |
///
/// Every chunk but the last holds m = 65,536 bytes under TAG_MESSAGE; the last holds 0...65,536 under TAG_FINAL, and nothing follows it. The
/// additional data of the first chunk is the BLAKE2b-256 (without a key) of the whole header; that of the others is empty.
///
/// The plaintext of all chunks, put together, is a sequence of frames, which do not care for the borders of chunks:
///
/// | offset | bytes | what |
/// |---|---|---|
/// | 0 | 1 | type, a matter of what is carried |
/// | 1 | 4 | length n, at most 1,048,576 |
/// | 5 | n | content |
package struct SealedStreamWriter: ~Copyable {
    package static let largestFrame = 1 << 20
    private let sink: any ByteSink
    private let cipher: StreamCipher
    /// Additional data of the next chunk.
    private var associated: [UInt8]

    /// Writes the header.
    ///
    /// - Parameter stream: 16 bytes that were never used before, as the 24 of the cipher's header.
    /// - Throws: `.malformed` unless there are 1 to 16 slots of that vault, `.lockedMemoryExhausted`, and what the sink throws.
    package init(
        _ facts: SealedStreamFacts, slots: [KeySlot], keys: VaultKeys, to sink: any ByteSink,
        stream: [UInt8] = randomBytes(16), cipherHeader: [UInt8] = randomBytes(StreamCipher.headerSize)
    ) throws(SealingError) {
        let cipher = try StreamCipher(try keys.streamKey(stream), header: cipherHeader)
        let header = try SealedStreamHeader(
            facts, slots: slots, keys: keys, cipherHeader: cipherHeader, stream: stream)
        try sink.write(header.bytes)
        self.sink = sink
        self.cipher = cipher
        associated = plainHash(header.bytes)
    }

    /// - Throws: `.tooLarge`, and what the sink throws; the stream is then of no use any more.
    package mutating func append(type: UInt8, _ content: Span<UInt8>) throws(SealingError) {
        guard content.count <= Self.largestFrame else { throw .tooLarge(bytes: content.count) }
        let head = [type] + bigEndianBytes(UInt32(content.count))
        try append(head.span)
        try append(content)
    }

    private mutating func append(_ bytes: Span<UInt8>) throws(SealingError) {
        var start = 0
        while start < bytes.count {
            // Only what more follows on is not the last.
            if cipher.count == StreamCipher.chunkSize { try writeChunk(isLast: false) }
            start = cipher.fill(from: bytes, start: start)
        }
    }

    /// Writes the last chunk; without it a reader refuses all.
    package consuming func finish() throws(SealingError) { try writeChunk(isLast: true) }

    private mutating func writeChunk(isLast: Bool) throws(SealingError) {
        let sealed = cipher.seal(isLast: isLast, associated: associated)
        associated = []
        try sink.write(bigEndianBytes(UInt32(sealed.count)) + sealed)
    }
}
