internal import Lifecycle

/// Who is being asked about, and who must rest after a turn that failed: pure bookkeeping.
struct Turns {
    private struct Rest {
        var until: Timestamp
        var wait: Duration
    }
    /// The rest after the first failed turn; it doubles.
    private static let shortest = Duration.seconds(30)
    private static let longest = Duration.hours(1)
    private var asking: Set<RecordID> = []
    private var resting: [RecordID: Rest] = [:]

    /// False when a probe of it is under way: never two for one token.
    mutating func begin(_ id: RecordID) -> Bool { asking.insert(id).inserted }

    mutating func end(_ id: RecordID) { asking.remove(id) }

    /// A turn that failed, for a full disk or a damaged record, is not repeated at once.
    mutating func rest(_ id: RecordID, at now: Timestamp) {
        let wait = min((resting[id]?.wait).map { $0 * 2 } ?? Self.shortest, Self.longest)
        resting[id] = Rest(until: now + wait, wait: wait)
    }

    mutating func succeeded(_ id: RecordID) { resting[id] = nil }

    func isAsking(_ id: RecordID) -> Bool { asking.contains(id) }

    func isFree(_ id: RecordID, at now: Timestamp) -> Bool {
        !asking.contains(id) && resting[id].map { $0.until <= now } ?? true
    }

    /// How many due records may have to be passed over to find a free one.
    var busy: Int { asking.count + resting.count }

    /// When the first of those that rest is free; a second from now while somebody is asked about.
    func earliestRelease(after now: Timestamp) -> Timestamp? {
        let rested = resting.values.map(\.until).filter { $0 > now }.min()
        return asking.isEmpty ? rested : min(rested ?? now + .seconds(1), now + .seconds(1))
    }
}
