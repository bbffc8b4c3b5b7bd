import Foundation
import Lifecycle
import Storage

/// Everything that a store holds, to be changed by whoever owns the disk and put into another store.
struct StoreDump: Equatable {
    var values: [String: [UInt8]] = [:]
    var rows: [RecordID: StoredRow] = [:]
    var versions: [RecordID: [Int: StoredVersion]] = [:]
    var nodes: [UInt8: [UInt8]] = [:]
    var journal: [StoredEntry] = []

    init(_ store: any RecordStore) throws {
        values = try store.values(prefix: "")
        for row in try store.rows(after: nil, limit: 100_000) {
            rows[row.id] = row
            for number in try store.versionNumbers(of: row.id) {
                versions[row.id, default: [:]][number] = try store.version(number, of: row.id)
            }
        }
        for number in UInt8.min...UInt8.max { nodes[number] = try store.node(number) }
        journal = try store.journal(after: 0, limit: 1_000_000)
    }

    /// A store that holds exactly this; what a store refuses (a taken tag, a version without a row) is left out.
    func fill(_ store: any RecordStore) throws {
        var changes: [StorageChange] = values.map { .setValue($0.key, $0.value) }
        changes += nodes.map { .setNode($0.key, $0.value) }
        for row in rows.values.sorted(by: { $0.id.description < $1.id.description }) {
            do { try store.apply([.insertRow(row)]) } catch StorageError.duplicate { continue }
            changes += (versions[row.id] ?? [:]).map { .insertVersion($0.value, number: $0.key, of: row.id) }
        }
        var taken = Set<UInt64>()
        changes += journal.filter { taken.insert($0.sequence).inserted }.map(StorageChange.appendEntry)
        try store.apply(changes)
    }

    var sortedRows: [StoredRow] { rows.values.sorted { $0.tag.lexicographicallyPrecedes($1.tag) } }
}

/// A store below a temporary folder, or in memory.
enum Disk: String, CaseIterable {
    case memory, sqlite

    func with(_ dump: StoreDump, _ body: (any RecordStore) async throws -> Void) async throws {
        switch self {
        case .memory:
            let store = MemoryStore()
            try dump.fill(store)
            try await body(store)
        case .sqlite:
            let folder = FileManager.default.temporaryDirectory.path + "/tokenward-disk-\(RecordID.random())"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
            defer { try? FileManager.default.removeItem(atPath: folder) }
            let store = try SQLiteStore(path: folder + "/vault.db")
            try dump.fill(store)
            try await body(store)
            try store.close()
        }
    }
}
