/// Who reads how often: what is written down of it, and who asks too often.
///
/// The first reading of a consumer is written down at once; those that follow within a minute are counted and written down as one, so
/// that a program that crashes and starts again for ever fills no journal.
package struct ReadLedger: Sendable {
    package static let window = Duration.minutes(1)
    /// New connections that a consumer may make at once, and in a second on the average.
    package static let mostAtOnce = 2_000.0
    package static let perSecond = 100.0

    private struct Key: Hashable {
        var record: RecordID
        var consumer: Consumer
    }
    private struct Window {
        var start: Timestamp
        var last: Timestamp
        var version: Int
        var more = 0
    }
    private struct Budget {
        var left: Double
        var at: Timestamp
        /// The connection that paid last.
        var connection: UInt64
    }
    private var windows: [Key: Window] = [:]
    private var budgets: [Consumer: Budget] = [:]

    package init() {}

    /// Readings to write down as one.
    package struct Entry: Equatable, Sendable {
        package var record: RecordID
        package var consumer: Consumer
        package var version: Int
        package var count: Int
        package var last: Timestamp
        /// The first of its window, of which it is the only reading.
        package var isFirst: Bool
    }

    /// Whether a consumer may go on; a connection pays once, whatever it reads.
    package mutating func admits(_ consumer: Consumer, connection: UInt64, at now: Timestamp) -> Bool {
        var budget = budgets[consumer] ?? Budget(left: Self.mostAtOnce, at: now, connection: 0)
        if budget.connection == connection { return true }
        let seconds = Double(max(.zero, now - budget.at).milliseconds) / 1000
        budget.left = min(Self.mostAtOnce, budget.left + seconds * Self.perSecond)
        budget.at = now
        let isAdmitted = budget.left >= 1
        if isAdmitted { (budget.left, budget.connection) = (budget.left - 1, connection) }
        budgets[consumer] = budget
        return isAdmitted
    }

    /// A value was given; what is to be written down of it now.
    package mutating func note(
        _ record: RecordID, version: Int, to consumer: Consumer, at now: Timestamp
    ) -> [Entry] {
        let key = Key(record: record, consumer: consumer)
        guard var window = windows[key], window.version == version, now >= window.start,
            now - window.start < Self.window
        else {
            let ended = entry(key).map { [$0] } ?? []
            windows[key] = Window(start: now, last: now, version: version)
            return ended + [
                Entry(record: record, consumer: consumer, version: version, count: 1, last: now, isFirst: true)
            ]
        }
        window.more += 1
        window.last = now
        windows[key] = window
        return []
    }

    private func entry(_ key: Key) -> Entry? {
        guard let window = windows[key], window.more > 0 else { return nil }
        return Entry(
            record: key.record, consumer: key.consumer, version: window.version, count: window.more,
            last: window.last, isFirst: false)
    }

    /// Windows that are over, and what is to be written down of them.
    ///
    /// - Parameter now: nil for all of them: nobody counts on.
    package mutating func ended(by now: Timestamp?) -> [Entry] {
        let over = windows.filter { _, window in
            now.map { $0 < window.start || $0 - window.start >= Self.window } ?? true
        }.keys
        let entries = over.compactMap(entry)
        for key in over { windows[key] = nil }
        if let now { budgets = budgets.filter { now - $0.value.at < .minutes(10) } }
        return entries.sorted { ($0.last, $0.record.description) < ($1.last, $1.record.description) }
    }

    /// What was counted of a record and is not written down yet.
    package func counted(of record: RecordID) -> [Entry] {
        windows.keys.filter { $0.record == record }.compactMap(entry)
    }

    /// When the first window that has more to tell is over.
    package var nextEnd: Timestamp? {
        windows.values.lazy.filter { $0.more > 0 }.map { $0.start + Self.window }.min()
    }
}
