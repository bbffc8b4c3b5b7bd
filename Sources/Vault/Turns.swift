internal import Lifecycle
internal import Storage

/// Who waits for a turn at which host, who has one, and who rests after a turn that failed: pure bookkeeping.
///
/// Each host has a line of its own, so that a slow or crowded one holds up nobody else; within a line the most overdue comes first.
struct Turns {
    private struct Line {
        private var ids: [RecordID] = []
        private var first = 0
        /// Before then nobody is asked at the host.
        var free: Timestamp

        init(free: Timestamp) { self.free = free }
        var isEmpty: Bool { first == ids.count }
        var count: Int { ids.count - first }
        mutating func join(_ id: RecordID) { ids.append(id) }

        mutating func next() -> RecordID? {
            guard !isEmpty else { return nil }
            defer {
                first += 1
                if first > 64, first * 2 > ids.count { (ids, first) = (Array(ids[first...]), 0) }
            }
            return ids[first]
        }
    }
    private struct Rest {
        /// Nil while it waits again.
        var until: Timestamp?
        var wait: Duration
    }
    /// The rest after the first failed turn; it doubles.
    private static let shortest = Duration.seconds(30)
    private static let longest = Duration.hours(1)
    /// What is late by more than this was missed, by a machine that slept or a daemon that did not run.
    private static let missed = Duration.minutes(2)
    /// Hosts with missed questions begin at different moments of this time.
    private static let spread = Duration.minutes(2)

    /// How far a clock may go back while it is set right, with nothing begun anew.
    private static let slack = Duration.minutes(1)

    /// Between two requests to one host.
    private let interval: Duration
    /// Nil is the line of what needs no request.
    private var lines: [String?: Line] = [:]
    private var waiting: Set<RecordID> = []
    private var served: Set<RecordID> = []
    private var asking: Set<RecordID> = []
    /// Those among them whose turn came meanwhile, with when.
    private var passedOver: [RecordID: Timestamp] = [:]
    private var resting: [RecordID: Rest] = [:]
    /// How far the store's due rows are read.
    private(set) var read: DuePlace?
    private var latest: Timestamp?

    init(interval: Duration) { self.interval = interval }

    /// Begins anew when the clock was turned back; what was read then is not due yet.
    ///
    /// - Returns: whether it was.
    mutating func look(at now: Timestamp) -> Bool {
        let isBack = latest.map { now < $0 - Self.slack } ?? false
        if isBack { self = Turns(interval: interval, asking: asking, served: served) }
        latest = isBack ? now : max(latest ?? now, now)
        return isBack
    }

    private init(interval: Duration, asking: Set<RecordID>, served: Set<RecordID>) {
        self.init(interval: interval)
        (self.asking, self.served) = (asking, served)
    }

    /// - Parameter due: when its turn should have come.
    mutating func wait(_ id: RecordID, at host: String?, due: Timestamp, now: Timestamp) {
        guard isNew(id) else { return }
        guard !asking.contains(id) else { return passedOver[id] = due }
        waiting.insert(id)
        var line = lines[host] ?? Line(free: now)
        if host != nil, line.isEmpty, line.free <= now, due < now - Self.missed {
            line.free = now + .milliseconds(Int64(id.seed % UInt64(Self.spread.milliseconds)))
        }
        line.join(id)
        lines[host] = line
    }

    /// Whether it neither waits, is served, nor rests.
    func isNew(_ id: RecordID) -> Bool {
        !waiting.contains(id) && !served.contains(id) && resting[id]?.until == nil
    }

    mutating func haveRead(to place: DuePlace) { read = place }

    /// A row with that due time was written: it is read again when it was passed already.
    mutating func wrote(due: Timestamp) {
        if let read, due <= read.at { self.read = DuePlace(before: due) }
    }

    /// Those whose turn has come, which have it until `end`.
    mutating func take(at now: Timestamp, limit: Int) -> [RecordID] {
        var taken: [RecordID] = []
        lines = lines.filter { !$0.value.isEmpty || $0.value.free > now }
        while taken.count < limit {
            let ready = lines.filter { !$0.value.isEmpty && $0.value.free <= now }
            guard let line = ready.min(by: { $0.value.free < $1.value.free }), let id = lines[line.key]?.next()
            else { break }
            if line.key != nil { lines[line.key]?.free = now + interval }
            waiting.remove(id)
            served.insert(id)
            taken.append(id)
        }
        return taken
    }

    /// A host was sent so many requests from then on.
    mutating func used(_ host: String, requests: Int, at start: Timestamp) {
        let free = start + interval * max(1, requests)
        lines[host, default: Line(free: free)].free = max(lines[host]?.free ?? free, free)
    }

    /// When the next turn comes, now at the earliest; nil when nobody waits or rests.
    func next(at now: Timestamp) -> Timestamp? {
        let lined = lines.values.lazy.filter { !$0.isEmpty }.map { max($0.free, now) }.min()
        return [lined, resting.values.lazy.compactMap(\.until).min()].compactMap(\.self).min()
    }

    /// How many wait for a host.
    func count(at host: String) -> Int { lines[host]?.count ?? 0 }

    mutating func end(_ id: RecordID) { served.remove(id) }

    /// A turn that failed, for a full disk or a damaged record, is not repeated at once; one that was somebody else's waits for that.
    ///
    /// - Parameter due: when it came.
    mutating func rest(_ id: RecordID, due: Timestamp? = nil, at now: Timestamp) {
        if let due, asking.contains(id) { return passedOver[id] = due }
        let wait = min((resting[id]?.wait).map { $0 * 2 } ?? Self.shortest, Self.longest)
        resting[id] = Rest(until: now + wait, wait: wait)
    }

    mutating func succeeded(_ id: RecordID) { resting[id] = nil }

    /// Those whose rest is over, which may wait again.
    mutating func rested(at now: Timestamp) -> [RecordID] {
        let over = resting.filter { $0.value.until.map { $0 <= now } ?? false }.map(\.key)
        for id in over { resting[id]?.until = nil }
        return over
    }

    /// False when a probe of it is under way: never two for one token.
    mutating func begin(_ id: RecordID) -> Bool { asking.insert(id).inserted }

    mutating func answered(_ id: RecordID) {
        asking.remove(id)
        if let due = passedOver.removeValue(forKey: id) { wrote(due: due) }
    }

    func isAsking(_ id: RecordID) -> Bool { asking.contains(id) }
}
