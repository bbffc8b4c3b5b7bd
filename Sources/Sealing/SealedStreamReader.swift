/// Reads a sealed stream frame by frame; at most one chunk is held, in locked memory.
///
/// A frame is authentic and in its place when it is handed out, but whether the stream is whole is known only when `next` returned nil:
/// whoever reads must take back what it did with the frames when a later call throws.
package struct SealedStreamReader: ~Copyable {
    package let header: SealedStreamHeader
    private let source: any ByteSource
    private let cipher: StreamCipher
    private var associated: [UInt8]
    /// Of the next chunk, counted from 0.
    private var number = 0
    /// In the plaintext chunk.
    private var place = 0
    private var isLast = false
    /// Bytes of the present frame that were not taken yet.
    private var left = 0

    /// The frame whose content may be taken next.
    package struct Frame: Equatable, Sendable {
        package let type: UInt8
        package let count: Int
    }

    /// Reads the header alone, from the beginning of a source.
    ///
    /// - Throws: `.malformed`, `.unknownSuite`, `.keyDerivationOutOfBounds`, `.streamEndsEarly`, and what the source throws.
    package static func header(of source: any ByteSource) throws(SealingError) -> SealedStreamHeader {
        try SealedStreamHeader { (count) throws(SealingError) in try source.readExactly(count) }
    }

    /// - Parameter source: stands behind the header, as `header(of:)` left it.
    /// - Throws: `.streamHeaderMismatch` for other keys than the stream's or a changed header, `.lockedMemoryExhausted`.
    package init(_ header: SealedStreamHeader, from source: any ByteSource, keys: VaultKeys) throws(SealingError) {
        try header.check(keys)
        let cipher = try StreamCipher(try keys.streamKey(header.stream), header: header.cipherHeader)
        self.header = header
        self.source = source
        self.cipher = cipher
        associated = plainHash(header.bytes)
    }

    /// Goes to the next frame, over what is left of the present one; nil at the end of a stream that is whole.
    ///
    /// - Throws: `.streamChunk`, `.streamEndsEarly`, `.streamGoesOn`, `.streamFrame`, and what the source throws.
    package mutating func next() throws(SealingError) -> Frame? {
        while left > 0 { _ = try takeBytes(min(left, StreamCipher.chunkSize)) }
        guard try isMore() else { return nil }
        left = 5
        var head = ByteReader(try takeBytes(5))
        let type = try head.number(UInt8.self)
        let count = Int(try head.number(UInt32.self))
        guard count <= SealedStreamWriter.largestFrame else { throw .streamFrame }
        left = count
        return Frame(type: type, count: count)
    }

    /// The content of the present frame, which is nothing secret.
    package mutating func bytes() throws(SealingError) -> [UInt8] { try takeBytes(left) }

    /// The content of the present frame, from one locked memory to another.
    package mutating func secret() throws(SealingError) -> SecretBytes { try secret(left) }

    /// The next bytes of the present frame's content.
    ///
    /// - Throws: `.streamFrame` when it has fewer.
    package mutating func bytes(_ count: Int) throws(SealingError) -> [UInt8] {
        guard count <= left else { throw .streamFrame }
        return try takeBytes(count)
    }

    private mutating func secret(_ count: Int) throws(SealingError) -> SecretBytes {
        var pieces = PiecewiseSecret(count)
        while pieces.missing > 0 {
            guard try isMore() else { throw .streamFrame }
            let (start, wanted) = (place, pieces.missing)
            place += try cipher.withBytes { bytes throws(SealingError) in
                let end = min(bytes.count, start + wanted)
                try pieces.add(bytes.extracting(start..<end))
                return end - start
            }
        }
        left -= count
        return try pieces.joined()
    }

    private mutating func takeBytes(_ count: Int) throws(SealingError) -> [UInt8] {
        var taken: [UInt8] = []
        taken.reserveCapacity(count)
        while taken.count < count {
            guard try isMore() else { throw .streamFrame }
            let start = place
            place = cipher.withBytes { bytes in
                let end = min(bytes.count, start + count - taken.count)
                for index in start..<end { taken.append(bytes[index]) }
                return end
            }
        }
        left -= count
        return taken
    }

    /// Whether there is a byte of plaintext to be had; opens the next chunk when there is none in this one.
    private mutating func isMore() throws(SealingError) -> Bool {
        while place == cipher.count {
            guard !isLast else { return false }
            try openChunk()
        }
        return true
    }

    private mutating func openChunk() throws(SealingError) {
        let size = try source.readExactly(4).reduce(0) { $0 << 8 | Int($1) }
        let largest = StreamCipher.chunkSize + StreamCipher.overhead
        guard (StreamCipher.overhead...largest).contains(size) else { throw .streamChunk(number) }
        let sealed = try source.readExactly(size)
        guard let isLast = cipher.open(sealed, associated: associated), isLast || size == largest else {
            throw .streamChunk(number)
        }
        // Before a byte of the last chunk is handed out.
        if isLast, try !source.read(atMost: 1).isEmpty { throw .streamGoesOn }
        associated = []
        self.isLast = isLast
        number += 1
        place = 0
    }
}

/// A secret that comes in pieces, each of them in locked memory.
private struct PiecewiseSecret: ~Copyable {
    private var parts: [SecretBox] = []
    private let count: Int
    private(set) var missing: Int

    init(_ count: Int) {
        self.count = count
        missing = count
    }

    mutating func add(_ bytes: Span<UInt8>) throws(SealingError) {
        parts.append(SecretBox(try SecretBytes(copying: bytes)))
        missing -= bytes.count
    }

    consuming func joined() throws(SealingError) -> SecretBytes {
        let parts = parts
        return try SecretBytes(capacity: count) { output in
            for part in parts {
                part.bytes.withBytes { bytes in for index in bytes.indices { output.append(bytes[index]) } }
            }
        }
    }
}
