package import Lifecycle
internal import Synchronization

/// Records in memory, with the same contract as the files; for tests and for vaults that must leave nothing behind.
package final class MemoryStore: RecordStore {
    private struct Contents {
        var values: [String: [UInt8]] = [:]
        var rows: [RecordID: StoredRow] = [:]
        var versions: [RecordID: [Int: StoredVersion]] = [:]
        var nodes: [UInt8: [UInt8]] = [:]
        var journal: [UInt64: StoredEntry] = [:]
        var mark = ChangeMark.fresh()

        func row(withTag tag: [UInt8], but id: RecordID) -> Bool {
            rows.values.contains { $0.tag == tag && $0.id != id }
        }
    }
    private let contents = Mutex(Contents())
    /// What was there at `begin`.
    private let before = Mutex<Contents?>(nil)

    package init() {}

    package func value(_ key: String) throws(StorageError) -> [UInt8]? { contents.withLock { $0.values[key] } }

    package func values(prefix: String) throws(StorageError) -> [String: [UInt8]] {
        contents.withLock { $0.values.filter { $0.key.hasPrefix(prefix) } }
    }

    package func row(_ id: RecordID) throws(StorageError) -> StoredRow? { contents.withLock { $0.rows[id] } }

    package func row(tag: [UInt8]) throws(StorageError) -> StoredRow? {
        contents.withLock { $0.rows.values.first { $0.tag == tag } }
    }

    package func rows(after tag: [UInt8]?, limit: Int) throws(StorageError) -> [StoredRow] {
        let sorted = sortedRows().filter { row in tag.map { $0.lexicographicallyPrecedes(row.tag) } ?? true }
        return Array(sorted.prefix(limit))
    }

    package func rows(tagPrefix: [UInt8]) throws(StorageError) -> [StoredRow] {
        sortedRows().filter { $0.tag.starts(with: tagPrefix) }
    }

    private func sortedRows() -> [StoredRow] {
        contents.withLock { $0.rows.values.sorted { $0.tag.lexicographicallyPrecedes($1.tag) } }
    }

    package func counts() throws(StorageError) -> StoredCounts {
        contents.withLock { contents in
            StoredCounts(
                rows: contents.rows.count, versions: contents.versions.values.reduce(0) { $0 + $1.count },
                entries: contents.journal.count)
        }
    }

    package func due(
        after place: DuePlace?, by time: Timestamp, limit: Int
    ) throws(StorageError) -> [StoredRow] {
        let dated = contents.withLock { $0.rows.values.compactMap { row in DuePlace(row).map { ($0, row) } } }
        let due = dated.filter { found, _ in found.at <= time && place.map { $0.precedes(found) } ?? true }
        return Array(due.sorted { $0.0.precedes($1.0) }.map(\.1).prefix(limit))
    }

    package func earliestDue(after time: Timestamp) throws(StorageError) -> Timestamp? {
        contents.withLock { $0.rows.values.compactMap(\.due).filter { $0 > time }.min() }
    }

    package func version(_ number: Int, of id: RecordID) throws(StorageError) -> StoredVersion? {
        contents.withLock { $0.versions[id]?[number] }
    }

    package func versionNumbers(of id: RecordID) throws(StorageError) -> [Int] {
        contents.withLock { ($0.versions[id] ?? [:]).keys.sorted() }
    }

    package func records(notOfEpoch epoch: UInt32, limit: Int) throws(StorageError) -> [RecordID] {
        contents.withLock { contents in
            let rows = contents.rows.values.filter { row in
                row.epoch != epoch || (contents.versions[row.id] ?? [:]).values.contains { $0.epoch != epoch }
            }
            return Array(rows.map(\.id).prefix(limit))
        }
    }

    package func node(_ number: UInt8) throws(StorageError) -> [UInt8]? { contents.withLock { $0.nodes[number] } }

    package func journal(
        of id: RecordID?, before sequence: UInt64?, limit: Int
    ) throws(StorageError) -> [StoredEntry] {
        let entries = contents.withLock { $0.journal.values.sorted { $0.sequence > $1.sequence } }
        let found = entries.filter { entry in
            (id == nil || entry.record == id) && sequence.map { entry.sequence < $0 } ?? true
        }
        return Array(found.prefix(limit))
    }

    package func journal(after sequence: UInt64, limit: Int) throws(StorageError) -> [StoredEntry] {
        let entries = contents.withLock { $0.journal.values.sorted { $0.sequence < $1.sequence } }
        return Array(entries.filter { $0.sequence > sequence }.prefix(limit))
    }

    package func selfCheck() throws(StorageError) -> [String] { [] }

    package func changeMark() throws(StorageError) -> ChangeMark { contents.withLock(\.mark) }

    package func apply(_ changes: [StorageChange]) throws(StorageError) {
        let result = contents.withLock { contents -> Result<Void, StorageError> in
            var next = contents
            do throws(StorageError) {
                for change in changes { try Self.run(change, in: &next) }
            } catch { return .failure(error) }
            contents = next
            contents.mark = .fresh()
            return .success(())
        }
        try result.get()
    }

    package func begin() throws(StorageError) {
        let now = contents.withLock(\.self)
        before.withLock { $0 = now }
    }

    package func end() throws(StorageError) { before.withLock { $0 = nil } }

    package func undo() throws(StorageError) {
        guard let then = before.withLock({ $0.take() }) else { return }
        contents.withLock { contents in
            contents = then
            contents.mark = .fresh()
        }
    }

    package func close() throws(StorageError) {}

    /// As no change of ours does: for tests of who owns the disk.
    package func forgetJournal() { contents.withLock { ($0.journal, $0.mark) = ([:], .fresh()) } }

    private static func run(_ change: StorageChange, in contents: inout Contents) throws(StorageError) {
        switch change {
        case .clear: contents = Contents()
        case .setValue(let key, let value): contents.values[key] = value
        case .setNode(let number, let body): contents.nodes[number] = body
        case .insertRow(let row):
            guard contents.rows[row.id] == nil, !contents.row(withTag: row.tag, but: row.id) else { throw .duplicate }
            contents.rows[row.id] = row
        case .updateRow(let row):
            guard contents.rows[row.id] != nil else { throw .missing }
            guard !contents.row(withTag: row.tag, but: row.id) else { throw .duplicate }
            contents.rows[row.id] = row
        case .removeRow(let id):
            guard contents.rows.removeValue(forKey: id) != nil else { throw .missing }
            contents.versions[id] = nil
        case .insertVersion(let version, let number, let id):
            guard contents.rows[id] != nil else { throw .missing }
            guard contents.versions[id, default: [:]][number] == nil else { throw .duplicate }
            contents.versions[id, default: [:]][number] = version
        case .replaceVersion(let version, let number, let id):
            guard contents.versions[id]?[number] != nil else { throw .missing }
            contents.versions[id]?[number] = version
        case .removeVersion(let number, let id): contents.versions[id]?[number] = nil
        case .appendEntry(let entry):
            guard contents.journal[entry.sequence] == nil else { throw .duplicate }
            contents.journal[entry.sequence] = entry
        }
    }
}

extension DuePlace {
    fileprivate func precedes(_ other: DuePlace) -> Bool {
        guard at == other.at else { return at < other.at }
        return (id?.bytes ?? []).lexicographicallyPrecedes(other.id?.bytes ?? [])
    }
}
