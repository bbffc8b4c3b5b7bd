internal import Foundation
internal import GRDB
internal import Glibc
package import Lifecycle
internal import Synchronization

/// Records in one SQLite file: WAL, `synchronous=FULL`, deleted content overwritten.
package final class SQLiteStore: RecordStore {
    /// PRAGMA user_version of this layout.
    static let schema = 2
    private let queue: DatabaseQueue
    /// GRDB follows a null pointer when a closed queue is used.
    private let isClosed = Atomic(false)
    private let mark = Mutex(ChangeMark.fresh())

    /// Opens the file or makes it, mode 0600 whatever the umask; the folder must exist.
    ///
    /// - Throws: `.damaged`, `.newer`, `.full`, `.failed`.
    package init(path: String) throws(StorageError) {
        var configuration = Configuration()
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        // Between `begin` and `end` a transaction stays open from one call to the next.
        configuration.allowsUnsafeTransactions = true
        configuration.prepareDatabase { database in
            // GRDB's own WAL mode sets synchronous = NORMAL behind this closure: a power loss would then take what was acknowledged.
            guard try String.fetchOne(database, sql: "PRAGMA journal_mode = WAL") == "wal" else {
                throw DatabaseError(resultCode: .SQLITE_IOERR)
            }
            try database.execute(sql: "PRAGMA synchronous = FULL")
            try database.execute(sql: "PRAGMA secure_delete = ON")
            try database.execute(sql: "PRAGMA temp_store = MEMORY")
        }
        Self.makePrivateFile(path)
        queue = try storing { try DatabaseQueue(path: path, configuration: configuration) }
        try migrate()
    }

    /// SQLite gives its journals the mode of the file. One that exists is not opened here: closing it would drop SQLite's locks
    /// (https://www.sqlite.org/howtocorrupt.html, 2.2). What fails here fails again, with a name, when SQLite opens the file.
    private static func makePrivateFile(_ path: String) {
        let file = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        if file >= 0 { Glibc.close(file) }
    }

    private func migrate() throws(StorageError) {
        let found = try storing { try usable.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 } }
        guard found <= Self.schema else { throw .newer(schema: found) }
        guard found != Self.schema else { return }
        guard found == 0 else { throw .older(schema: found) }
        try storing {
            try usable.write { database in
                for name in Self.order { try database.execute(sql: Self.layout[name] ?? "") }
                try database.execute(sql: "PRAGMA user_version = \(Self.schema)")
            }
        }
    }

    /// What sqlite_schema holds, by name.
    static let layout = [
        "vault": "CREATE TABLE vault (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID",
        "credential": """
        CREATE TABLE credential (
            id BLOB PRIMARY KEY NOT NULL, tag BLOB NOT NULL UNIQUE, due INTEGER, epoch INTEGER NOT NULL,
            body BLOB NOT NULL, mac BLOB NOT NULL
        ) WITHOUT ROWID
        """,
        "credential_due": "CREATE INDEX credential_due ON credential (due) WHERE due IS NOT NULL",
        "version": """
        CREATE TABLE version (
            id BLOB NOT NULL REFERENCES credential ON DELETE CASCADE, number INTEGER NOT NULL, epoch INTEGER NOT NULL,
            description BLOB NOT NULL, value BLOB, PRIMARY KEY (id, number)
        ) WITHOUT ROWID
        """,
        "version_epoch": "CREATE INDEX version_epoch ON version (epoch)",
        "credential_epoch": "CREATE INDEX credential_epoch ON credential (epoch)",
        "node": "CREATE TABLE node (number INTEGER PRIMARY KEY NOT NULL, body BLOB NOT NULL)",
        "journal": """
        CREATE TABLE journal (
            sequence INTEGER PRIMARY KEY NOT NULL, at INTEGER NOT NULL, record BLOB, epoch INTEGER NOT NULL,
            body BLOB NOT NULL, chain BLOB NOT NULL, signature BLOB
        )
        """,
        "journal_record": "CREATE INDEX journal_record ON journal (record, sequence) WHERE record IS NOT NULL",
    ]
    private static let order = [
        "vault", "credential", "credential_due", "credential_epoch", "version", "version_epoch", "node", "journal",
        "journal_record",
    ]

    package func value(_ key: String) throws(StorageError) -> [UInt8]? {
        try first("SELECT value FROM vault WHERE key = ?", [key])?.blob("value")
    }

    package func values(prefix: String) throws(StorageError) -> [String: [UInt8]] {
        let sql = "SELECT key, value FROM vault WHERE substr(key, 1, ?) = ?"
        var values: [String: [UInt8]] = [:]
        for row in try all(sql, [prefix.unicodeScalars.count, prefix]) {
            values[try row.text("key")] = try row.blob("value")
        }
        return values
    }

    private static let columns = "SELECT id, tag, due, epoch, body, mac FROM credential"

    package func row(_ id: RecordID) throws(StorageError) -> StoredRow? {
        try rows(Self.columns + " WHERE id = ?", [Data(id.bytes)]).first
    }

    package func row(tag: [UInt8]) throws(StorageError) -> StoredRow? {
        try rows(Self.columns + " WHERE tag = ?", [Data(tag)]).first
    }

    package func rows(after tag: [UInt8]?, limit: Int) throws(StorageError) -> [StoredRow] {
        try rows(Self.columns + " WHERE tag > ? ORDER BY tag LIMIT ?", [Data(tag ?? []), limit])
    }

    package func rows(tagPrefix: [UInt8]) throws(StorageError) -> [StoredRow] {
        guard let end = tagPrefix.lastIndex(where: { $0 < 0xFF }) else {
            return try rows(Self.columns + " WHERE tag >= ? ORDER BY tag", [Data(tagPrefix)])
        }
        var behind = Array(tagPrefix[...end])
        behind[end] += 1
        return try rows(Self.columns + " WHERE tag >= ? AND tag < ? ORDER BY tag", [Data(tagPrefix), Data(behind)])
    }

    package func due(
        after place: DuePlace?, by time: Timestamp, limit: Int
    ) throws(StorageError) -> [StoredRow] {
        let end = " due <= ? ORDER BY due, id LIMIT ?"
        guard let place else { return try rows(Self.columns + " WHERE" + end, [time.milliseconds, limit]) }
        return try rows(
            Self.columns + " WHERE (due, id) > (?, ?) AND" + end,
            [place.at.milliseconds, Data(place.id?.bytes ?? []), time.milliseconds, limit])
    }

    package func earliestDue(after time: Timestamp) throws(StorageError) -> Timestamp? {
        // A text or a blob is behind all numbers for SQLite.
        let sql = "SELECT due FROM credential WHERE due > ? AND due <= \(Int64.max) ORDER BY due LIMIT 1"
        return try read { try Int64.fetchOne($0, sql: sql, arguments: [time.milliseconds]) }
            .map(Timestamp.init(milliseconds:))
    }

    package func version(_ number: Int, of id: RecordID) throws(StorageError) -> StoredVersion? {
        let sql = "SELECT epoch, description, value FROM version WHERE id = ? AND number = ?"
        guard let row = try first(sql, [Data(id.bytes), number]) else { return nil }
        return StoredVersion(
            epoch: try row.number("epoch", as: UInt32.self), description: try row.blob("description"),
            value: try row.optionalBlob("value"))
    }

    package func versionNumbers(of id: RecordID) throws(StorageError) -> [Int] {
        try all("SELECT number FROM version WHERE id = ? ORDER BY number", [Data(id.bytes)])
            .map { (row) throws(StorageError) in try row.number("number", as: Int.self) }
    }

    package func records(notOfEpoch epoch: UInt32, limit: Int) throws(StorageError) -> [RecordID] {
        let sql = """
            SELECT id FROM credential WHERE epoch < ?1 OR epoch > ?1
            UNION SELECT id FROM version WHERE epoch < ?1 OR epoch > ?1 LIMIT ?2
            """
        return try all(sql, [Int64(epoch), limit]).map { (row) throws(StorageError) in
            guard let id = try row.record("id") else { throw .damaged }
            return id
        }
    }

    package func node(_ number: UInt8) throws(StorageError) -> [UInt8]? {
        try first("SELECT body FROM node WHERE number = ?", [Int(number)])?.blob("body")
    }

    /// SQLite counts what other connections write: https://www.sqlite.org/pragma.html#pragma_data_version.
    package func changeMark() throws(StorageError) -> ChangeMark {
        var mark = mark.withLock(\.self)
        mark.others = try read { try Int64.fetchOne($0.cachedStatement(sql: "PRAGMA data_version")) ?? 0 }
        return mark
    }

    private func changed() { mark.withLock { $0 = .fresh() } }

    package func apply(_ changes: [StorageChange]) throws(StorageError) {
        defer { changed() }
        try storing {
            try usable.writeWithoutTransaction { database in
                let run = { () throws -> Database.TransactionCompletion in
                    for change in changes { try change.run(in: database) }
                    return .commit
                }
                if database.isInsideTransaction {
                    try database.inSavepoint(run)
                } else {
                    try database.inTransaction(.immediate, run)
                }
            }
        }
    }

    package func begin() throws(StorageError) {
        try storing { try usable.writeWithoutTransaction { try $0.beginTransaction(.immediate) } }
    }

    package func end() throws(StorageError) { try storing { try usable.writeWithoutTransaction { try $0.commit() } } }

    /// SQLite itself rolls back where a disk is full or fails.
    package func undo() throws(StorageError) {
        defer { changed() }
        try storing { try usable.writeWithoutTransaction { if $0.isInsideTransaction { try $0.rollback() } } }
    }

    package func close() throws(StorageError) {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        try storing { try queue.close() }
    }

    private var usable: DatabaseQueue {
        get throws(DatabaseError) {
            guard !isClosed.load(ordering: .acquiring) else { throw DatabaseError(resultCode: .SQLITE_MISUSE) }
            return queue
        }
    }

    func all(_ sql: String, _ arguments: StatementArguments) throws(StorageError) -> [Row] {
        try read { try Row.fetchAll($0.cachedStatement(sql: sql), arguments: arguments) }
    }

    private func first(_ sql: String, _ arguments: StatementArguments) throws(StorageError) -> Row? {
        try read { try Row.fetchOne($0.cachedStatement(sql: sql), arguments: arguments) }
    }

    /// Without a transaction of its own: the queue has one connection, and each reading is one statement.
    func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        try storing { try usable.unsafeRead(body) }
    }

    private func rows(_ sql: String, _ arguments: StatementArguments) throws(StorageError) -> [StoredRow] {
        try all(sql, arguments).map { (row) throws(StorageError) in
            guard let id = try row.record("id") else { throw .damaged }
            return StoredRow(
                id: id, tag: try row.blob("tag"), due: try row.time("due"),
                epoch: try row.number("epoch", as: UInt32.self), body: try row.blob("body"), mac: try row.blob("mac"))
        }
    }
}

/// Runs SQLite work and names its failure; statement arguments never reach an error.
func storing<Value>(_ work: () throws -> Value) throws(StorageError) -> Value {
    do { return try work() } catch let error as StorageError { throw error } catch let error as DatabaseError {
        switch error.resultCode {
        case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY: throw .missing
        case .SQLITE_CONSTRAINT: throw .duplicate
        case .SQLITE_FULL: throw .full
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: throw .damaged
        default: throw .failed(code: Int(error.extendedResultCode.rawValue))
        }
    } catch { throw .damaged }  // a column of another type
}
