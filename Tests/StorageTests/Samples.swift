import Glibc
import Lifecycle
import Storage

/// Ids, rows and versions that depend on a small number alone.
enum Sample {
    static func id(_ number: UInt8) -> RecordID {
        RecordID(bytes: [number] + [UInt8](repeating: 0xA5, count: 15)) ?? .random()
    }

    static func row(_ number: UInt8, due: Int64? = nil, tag: UInt8? = nil) -> StoredRow {
        StoredRow(
            id: id(number), tag: [tag ?? number, 0, 255], due: due.map(Timestamp.init(milliseconds:)),
            epoch: 1, body: [1, number], mac: [2, number])
    }

    static func version(_ number: UInt8) -> StoredVersion {
        StoredVersion(epoch: 1, description: [0, number], value: [number, 0])
    }

    /// - Parameter record: the number of the record that it is about; nil for the vault.
    static func entry(_ number: UInt8, of record: UInt8? = 1, signed: Bool = false) -> StoredEntry {
        StoredEntry(
            sequence: UInt64(number), at: Timestamp(milliseconds: Int64(number)), record: record.map { id($0) },
            epoch: 1, body: [number], chain: [number, number], signature: signed ? [number, 0] : nil)
    }
}

/// A folder of mode 0700 that goes with its content when the value dies.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() throws {
        path = "/tmp/tokenward-store-\(RecordID.random())"
        guard unsafe mkdir(path, 0o700) == 0 else { throw StorageError.failed(code: Int(errno)) }
    }

    var database: String { path + "/vault.db" }

    deinit {
        for name in ["vault.db", "vault.db-wal", "vault.db-shm", "vault.db-journal"] {
            unsafe unlink(path + "/" + name)
        }
        unsafe rmdir(path)
    }
}

/// The conformances that one contract holds for.
enum Home: String, CaseIterable, Sendable {
    case memory, sqlite

    /// Runs the body with an empty store of this kind.
    func with(_ body: (any RecordStore) throws -> Void) throws {
        switch self {
        case .memory: try body(MemoryStore())
        case .sqlite:
            let folder = try TemporaryFolder()
            let store = try SQLiteStore(path: folder.database)
            try body(store)
            try store.close()
        }
    }
}
