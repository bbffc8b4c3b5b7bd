import Sealing
import Synchronization

/// What comes out of a sealed stream went into it, in its order; a stream that ends well is the one that was written, to the byte.
///
/// Input: `aim u8 | forgery`; bit 0 reads the content as a header, bit 1 opens with another key, bit 2 chooses an export, bit 3 makes
/// content for more than one chunk.
enum BackupFire {
    private static let vault = [UInt8]("vault of the fuz".utf8)
    private static let slot = Result {
        try KeySlot.make(
            .recovery, id: [UInt8](repeating: 7, count: 16), vault: vault, keys: KnownKeys.vault.get(),
            secret: KnownKeys.secret(9))
    }

    private struct Frame: Equatable {
        let type: UInt8
        let content: [UInt8]
    }

    static func run(_ input: [UInt8]) throws {
        let aim = input.first ?? 0
        let forgery = Forgery(input.dropFirst())
        guard aim & 1 == 0 else { return try header(of: forgery.content) }
        let frames = frames(of: forgery.content, isLong: aim & 8 != 0)
        let made = try written(frames, aim & 4 == 0 ? .backup : .export)
        let presented = forgery.applied(to: made)
        let keys = try (aim & 2 == 0 ? KnownKeys.vault : KnownKeys.other).get()
        try header(of: presented)
        var found: [Frame] = []
        do throws(SealingError) { try read(presented, keys, into: &found) } catch {
            try promise(presented != made || aim & 2 != 0, "a genuine stream is refused: \(error)")
            return try promise(frames.starts(with: found), "a frame came out that did not go in")
        }
        try promise(presented == made && aim & 2 == 0, "a forged stream ends well")
        try promise(found == frames, "a stream holds other frames")
    }

    /// A header that is read is stored as it was read.
    private static func header(of bytes: [UInt8]) throws {
        guard let header = try? SealedStreamReader.header(of: Reel(bytes)) else { return }
        try promise(bytes.starts(with: header.bytes), "a header is not stored as it was read")
        try promise((1...16).contains(header.slots.count), "\(header.slots.count) slots")
    }

    private static func frames(of content: [UInt8], isLong: Bool) -> [Frame] {
        let parts = content.split(separator: UInt8(ascii: "|"), maxSplits: 20, omittingEmptySubsequences: false)
        return parts.enumerated().map { number, part in
            let content =
                isLong && number == 0
                ? Array(repeatElement(Array(part), count: 400).joined().prefix(140_000)) : Array(part)
            return Frame(type: UInt8(truncatingIfNeeded: number), content: content)
        }
    }

    private static func written(_ frames: [Frame], _ kind: SealedStreamKind) throws -> [UInt8] {
        let reel = Reel([])
        let facts = SealedStreamFacts(kind: kind, vault: vault, madeAt: -5, epoch: 3, sequence: 1 << 40)
        var writer = try SealedStreamWriter(facts, slots: [slot.get()], keys: KnownKeys.vault.get(), to: reel)
        for frame in frames { try writer.append(type: frame.type, frame.content.span) }
        try writer.finish()
        return reel.bytes
    }

    private static func read(_ bytes: [UInt8], _ keys: VaultKeys, into found: inout [Frame]) throws(SealingError) {
        let reel = Reel(bytes)
        let header = try SealedStreamReader.header(of: reel)
        var reader = try SealedStreamReader(header, from: reel, keys: keys)
        while let frame = try reader.next() { found.append(Frame(type: frame.type, content: try reader.bytes())) }
    }
}

/// A file in memory.
private final class Reel: ByteSource, ByteSink {
    private let state: Mutex<(bytes: [UInt8], place: Int)>

    init(_ bytes: [UInt8]) { state = Mutex((bytes, 0)) }

    var bytes: [UInt8] { state.withLock(\.bytes) }

    func read(atMost count: Int) throws(SealingError) -> [UInt8] {
        state.withLock { state in
            let end = min(state.bytes.count, state.place + count)
            defer { state.place = end }
            return Array(state.bytes[state.place..<end])
        }
    }

    func write(_ bytes: [UInt8]) throws(SealingError) { state.withLock { $0.bytes += bytes } }
}
