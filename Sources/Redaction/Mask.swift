internal import Glibc
package import Sealing

/// Hides values in a stream of bytes that comes in pieces.
///
/// A value is found however its spelling is cut into pieces, and with line breaks and a terminal's control sequences inside, which stay.
/// What may be the beginning of one is held back: for 20 ms of silence while it tells 1 or 2 bytes of the value, for 250 ms while it tells
/// fewer than 8, else until it is decided; at the end it is hidden. A kind's public beginning is not held back. What begins like a
/// value of a known kind, 8 bytes of it, and goes on otherwise is hidden too.
package struct Mask: ~Copyable {
    let set: PatternSet
    /// What was not shown yet, from its first byte on.
    let room: LockedRoom
    /// For each byte of the room that a match may reach over, the views that it is nothing to.
    var skips: [UInt8]
    /// One for each pattern in each view.
    var progress: [Progress]
    /// Those that are in the middle of a pattern.
    var running: [Int] = []
    /// Bytes of the room that were looked at, and that there are.
    var (place, end) = (0, 0)
    var escape = EscapeSequence()
    var marks: [Mark] = []
    /// The next character that is seen may tell a part of the value of this mark's.
    var rest: Mark?
    private var lastByte: ContinuousClock.Instant?

    /// How the stream is read: each byte, or what a terminal shows. A value is looked for in both, because it may stand in a window's title.
    enum View: Int, CaseIterable { case written, shown }

    /// How far a pattern is found.
    struct Progress {
        var matched = 0
        /// Where the first of the matched characters is that were not shown yet.
        var start = 0
        /// How many of the matched characters were shown already.
        var shown = 0
        /// The last character came twice.
        var isRepeated = false
    }

    /// Bytes of the room that a label stands for.
    struct Mark {
        var range: Range<Int>
        let view: View
        let secret: Int
        var isTold = false
    }

    private static let roomSize = 64 << 10
    /// What may be held back; a match that reaches further is hidden as far as it is known.
    private static let mostHeld = 32 << 10

    /// - Throws: `.lockedMemoryExhausted`.
    package init(_ secrets: [MaskedSecret]) throws(SealingError) {
        self.init(try PatternSet(secrets), try LockedRoom(size: Self.roomSize))
    }

    private init(_ set: PatternSet, _ room: LockedRoom) {
        (self.set, self.room) = (set, room)
        skips = [UInt8](repeating: 0, count: Self.roomSize)
        progress = [Progress](repeating: Progress(), count: set.patterns.count * View.allCases.count)
    }

    /// Takes what one read(2) of a descriptor gives, without a copy outside of locked memory, and appends what may be shown.
    ///
    /// - Returns: what read(2) returned.
    package mutating func read(
        from descriptor: Int32, at now: ContinuousClock.Instant, into shown: inout [UInt8]
    ) -> Int {
        let (start, count) = (end, room.size - end)
        let got = unsafe room.withRoom { room in
            unsafe room.baseAddress.map { unsafe Glibc.read(descriptor, $0 + start, count) } ?? 0
        }
        if got > 0 { take(got, at: now, into: &shown) }
        return got
    }

    /// The same for bytes that are here.
    package mutating func feed(
        _ bytes: Span<UInt8>, at now: ContinuousClock.Instant, into shown: inout [UInt8]
    ) {
        let bytes = copy bytes
        var rest = bytes.indices
        while !rest.isEmpty {
            let part = rest.prefix(room.size - end)
            let start = end
            unsafe room.withRoom { room in
                for (offset, place) in part.enumerated() { unsafe room[start + offset] = bytes[place] }
            }
            take(part.count, at: now, into: &shown)
            rest = rest.dropFirst(part.count)
        }
    }

    /// When `settle` has something to show although nothing comes; nil when nothing is held back or it is held for good.
    package var deadline: ContinuousClock.Instant? {
        guard end > 0, let lastByte else { return nil }
        var soonest: Duration?
        for index in running where progress[index].start < end {
            guard case .until(let patience) = holding(of: index) else { continue }
            soonest = min(soonest ?? patience, patience)
        }
        return soonest.map { lastByte + $0 }
    }

    /// Appends what may be shown after this silence.
    package mutating func settle(at now: ContinuousClock.Instant, into shown: inout [UInt8]) {
        guard let lastByte else { return }
        release(before: heldStart(after: lastByte.duration(to: now)), into: &shown)
    }

    /// Appends what was held back, hidden where it tells 8 bytes of a value.
    package mutating func finish(into shown: inout [UInt8]) {
        markUndecided()
        release(before: end, into: &shown)
    }

    private mutating func take(_ count: Int, at now: ContinuousClock.Instant, into shown: inout [UInt8]) {
        end += count
        lastByte = now
        search()
        release(before: heldStart(after: .zero), into: &shown)
        if end > Self.mostHeld { finish(into: &shown) }
    }

    /// How long what is found of a pattern is kept from being shown.
    private enum Holding { case not, until(Duration), forGood }

    private func holding(of index: Int) -> Holding {
        switch set.pattern(at: index).hidden(progress[index].matched) {
        case 0: .not
        case ...2: .until(.milliseconds(20))
        case ..<MaskedSecret.least: .until(.milliseconds(250))
        default: .forGood
        }
    }

    private func heldStart(after silence: Duration) -> Int {
        var first = end
        for index in running {
            switch holding(of: index) {
            case .not: continue
            case .until(let patience) where patience <= silence: continue
            case .until, .forGood: first = min(first, progress[index].start)
            }
        }
        return first
    }

    private mutating func markUndecided() {
        for index in running {
            let pattern = set.pattern(at: index)
            if pattern.hidden(progress[index].matched) >= MaskedSecret.least { mark(index, pattern, before: end) }
        }
    }
}
