import Sealing
import Synchronization
import Testing

/// A file in memory that gives and takes what a test says.
final class StreamBytes: ByteSource, ByteSink, Sendable {
    private struct Contents {
        var bytes: [UInt8]
        var place = 0
    }
    private let contents: Mutex<Contents>
    /// The most that one read gives.
    private let stride: Int
    /// Reading or writing at this place fails.
    private let broken: (place: Int, errno: Int32)?

    init(_ bytes: [UInt8] = [], stride: Int = .max, broken: (place: Int, errno: Int32)? = nil) {
        contents = Mutex(Contents(bytes: bytes))
        self.stride = stride
        self.broken = broken
    }

    var all: [UInt8] { contents.withLock(\.bytes) }

    func read(atMost count: Int) throws(SealingError) -> [UInt8] {
        let part = contents.withLock { contents -> [UInt8]? in
            let end = min(contents.bytes.count, contents.place + min(count, stride))
            if let broken, end > broken.place { return nil }
            defer { contents.place = end }
            return Array(contents.bytes[contents.place..<end])
        }
        guard let part else { throw .inputFailed(errno: broken?.errno ?? 0) }
        return part
    }

    func write(_ bytes: [UInt8]) throws(SealingError) {
        let isWritten = contents.withLock { contents in
            if let broken, contents.bytes.count + bytes.count > broken.place { return false }
            contents.bytes += bytes
            return true
        }
        guard isWritten else { throw .outputFailed(errno: broken?.errno ?? 0) }
    }
}

/// A frame as a test compares it.
struct PlainFrame: Equatable {
    var type: UInt8
    var content: [UInt8]
}

/// A stream with one recovery slot, and what opens it.
struct SampleStream {
    static let vault = [UInt8](repeating: 1, count: 16)
    let keys: VaultKeys
    let slot: KeySlot

    init() throws {
        keys = try VaultKeys.fresh()
        slot = try KeySlot.make(
            .recovery, id: [UInt8](repeating: 2, count: 16), vault: Self.vault, keys: keys,
            secret: SecretBytes.random(count: 32))
    }

    static let facts = SealedStreamFacts(kind: .backup, vault: vault, madeAt: -5, epoch: 3, sequence: 1 << 40)

    func bytes(of frames: [PlainFrame]) throws -> [UInt8] {
        let sink = StreamBytes()
        try write(frames, to: sink)
        return sink.all
    }

    func write(_ frames: [PlainFrame], to sink: StreamBytes) throws {
        var writer = try SealedStreamWriter(Self.facts, slots: [slot], keys: keys, to: sink)
        for frame in frames { try writer.append(type: frame.type, frame.content.span) }
        try writer.finish()
    }

    func frames(in source: StreamBytes, keys other: VaultKeys? = nil, secretly: Bool = false) throws -> [PlainFrame] {
        let header = try SealedStreamReader.header(of: source)
        var reader = try SealedStreamReader(header, from: source, keys: other ?? keys)
        var frames: [PlainFrame] = []
        while let frame = try reader.next() {
            let content =
                secretly
                ? try reader.secret().withBytes { bytes in bytes.indices.map { bytes[$0] } } : try reader.bytes()
            #expect(content.count == frame.count)
            frames.append(PlainFrame(type: frame.type, content: content))
        }
        return frames
    }
}
