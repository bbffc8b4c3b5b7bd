package import Lifecycle
internal import Synchronization

/// Records in memory, with the same contract as the files; for tests and for vaults that must leave nothing behind.
package final class MemoryStore: RecordStore {
    private struct Contents {
        var values: [String: [UInt8]] = [:]
        var rows: [RecordID: StoredRow] = [:]
        var versions: [RecordID: [Int: StoredVersion]] = [:]
        var events: [RecordID: [StoredEvent]] = [:]
    }
    private let contents = Mutex(Contents())

    package init() {}

    package func value(_ key: String) throws(StorageError) -> [UInt8]? { contents.withLock { $0.values[key] } }

    package func values(prefix: String) throws(StorageError) -> [String: [UInt8]] {
        contents.withLock { $0.values.filter { $0.key.hasPrefix(prefix) } }
    }

    package func row(_ id: RecordID) throws(StorageError) -> StoredRow? { contents.withLock { $0.rows[id] } }

    package func row(tag: [UInt8]) throws(StorageError) -> StoredRow? {
        contents.withLock { $0.rows.values.first { $0.tag == tag } }
    }

    package func rows(after id: RecordID?, limit: Int) throws(StorageError) -> [StoredRow] {
        let sorted = contents.withLock { $0.rows.values.sorted { $0.id.description < $1.id.description } }
        return Array(sorted.filter { row in id.map { row.id.description > $0.description } ?? true }.prefix(limit))
    }

    package func count() throws(StorageError) -> Int { contents.withLock { $0.rows.count } }

    package func due(by time: Timestamp, limit: Int) throws(StorageError) -> [StoredRow] {
        let dated = contents.withLock { $0.rows.values.compactMap { row in row.due.map { (due: $0, row: row) } } }
        return Array(dated.filter { $0.due <= time }.sorted { $0.due < $1.due }.map(\.row).prefix(limit))
    }

    package func earliestDue(after time: Timestamp) throws(StorageError) -> Timestamp? {
        contents.withLock { $0.rows.values.compactMap(\.due).filter { $0 > time }.min() }
    }

    package func version(_ number: Int, of id: RecordID) throws(StorageError) -> StoredVersion? {
        contents.withLock { $0.versions[id]?[number] }
    }

    package func events(of id: RecordID, limit: Int) throws(StorageError) -> [StoredEvent] {
        contents.withLock { Array(($0.events[id] ?? []).reversed().prefix(limit)) }
    }

    package func apply(_ changes: [StorageChange]) throws(StorageError) {
        let result = contents.withLock { contents -> Result<Void, StorageError> in
            var next = contents
            do throws(StorageError) {
                for change in changes { try Self.run(change, in: &next) }
            } catch { return .failure(error) }
            contents = next
            return .success(())
        }
        try result.get()
    }

    package func close() throws(StorageError) {}

    private static func run(_ change: StorageChange, in contents: inout Contents) throws(StorageError) {
        switch change {
        case .setValue(let key, let value): contents.values[key] = value
        case .insertRow(let row):
            guard contents.rows[row.id] == nil, !contents.rows.values.contains(where: { $0.tag == row.tag }) else {
                throw .duplicate
            }
            contents.rows[row.id] = row
        case .updateRow(let row):
            guard contents.rows[row.id] != nil else { throw .missing }
            guard !contents.rows.values.contains(where: { $0.tag == row.tag && $0.id != row.id }) else {
                throw .duplicate
            }
            contents.rows[row.id] = row
        case .removeRow(let id):
            guard contents.rows.removeValue(forKey: id) != nil else { throw .missing }
            contents.versions[id] = nil
            contents.events[id] = nil
        case .insertVersion(let version, let number, let id):
            guard contents.rows[id] != nil else { throw .missing }
            guard contents.versions[id, default: [:]][number] == nil else { throw .duplicate }
            contents.versions[id, default: [:]][number] = version
        case .removeVersion(let number, let id): contents.versions[id]?[number] = nil
        case .appendEvent(let event, let id):
            guard contents.rows[id] != nil else { throw .missing }
            contents.events[id, default: []].append(event)
        }
    }
}
