internal import Foundation
internal import GRDB
internal import Glibc
package import Lifecycle

/// Records in one SQLite file: WAL, `synchronous=FULL`, deleted content overwritten.
package final class SQLiteStore: RecordStore {
    /// PRAGMA user_version of this layout.
    static let schema = 1
    private let queue: DatabaseQueue

    /// Opens the file or makes it, mode 0600 whatever the umask; the folder must exist.
    ///
    /// - Throws: `.damaged`, `.newer`, `.full`, `.failed`.
    package init(path: String) throws(StorageError) {
        var configuration = Configuration()
        configuration.journalMode = .wal
        configuration.busyMode = .timeout(5)
        configuration.foreignKeysEnabled = true
        configuration.prepareDatabase { database in
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
        let found = try storing { try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") ?? 0 } }
        guard found <= Self.schema else { throw .newer(schema: found) }
        guard found == 0 else { return }
        try storing {
            try queue.write { database in
                try database.execute(sql: Self.layout)
                try database.execute(sql: "PRAGMA user_version = \(Self.schema)")
            }
        }
    }

    private static let layout = """
        CREATE TABLE vault (key TEXT PRIMARY KEY NOT NULL, value BLOB NOT NULL) WITHOUT ROWID;
        CREATE TABLE credential (
            id BLOB PRIMARY KEY NOT NULL, tag BLOB NOT NULL UNIQUE, due INTEGER, body BLOB NOT NULL, mac BLOB NOT NULL
        ) WITHOUT ROWID;
        CREATE INDEX credential_due ON credential (due) WHERE due IS NOT NULL;
        CREATE TABLE version (
            id BLOB NOT NULL REFERENCES credential ON DELETE CASCADE, number INTEGER NOT NULL,
            description BLOB NOT NULL, value BLOB NOT NULL, PRIMARY KEY (id, number)
        ) WITHOUT ROWID;
        CREATE TABLE event (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT, id BLOB NOT NULL REFERENCES credential ON DELETE CASCADE,
            at INTEGER NOT NULL, body BLOB NOT NULL, mac BLOB NOT NULL
        );
        CREATE INDEX event_id ON event (id, sequence);
        """

    package func value(_ key: String) throws(StorageError) -> [UInt8]? {
        try read { try Data.fetchOne($0, sql: "SELECT value FROM vault WHERE key = ?", arguments: [key]) }.map {
            [UInt8]($0)
        }
    }

    package func values(prefix: String) throws(StorageError) -> [String: [UInt8]] {
        let rows = try read {
            try Row.fetchAll(
                $0, sql: "SELECT key, value FROM vault WHERE substr(key, 1, ?) = ?",
                arguments: [prefix.unicodeScalars.count, prefix])
        }
        return Dictionary(uniqueKeysWithValues: rows.map { ($0["key"], [UInt8]($0["value"] as Data)) })
    }

    private static let columns = "SELECT id, tag, due, body, mac FROM credential"

    package func row(_ id: RecordID) throws(StorageError) -> StoredRow? {
        try rows(Self.columns + " WHERE id = ?", [Data(id.bytes)]).first
    }

    package func row(tag: [UInt8]) throws(StorageError) -> StoredRow? {
        try rows(Self.columns + " WHERE tag = ?", [Data(tag)]).first
    }

    package func rows(after id: RecordID?, limit: Int) throws(StorageError) -> [StoredRow] {
        try rows(Self.columns + " WHERE id > ? ORDER BY id LIMIT ?", [Data(id?.bytes ?? []), limit])
    }

    package func due(by time: Timestamp, limit: Int) throws(StorageError) -> [StoredRow] {
        try rows(Self.columns + " WHERE due <= ? ORDER BY due LIMIT ?", [time.milliseconds, limit])
    }

    package func earliestDue(after time: Timestamp) throws(StorageError) -> Timestamp? {
        let sql = "SELECT due FROM credential WHERE due > ? ORDER BY due LIMIT 1"
        return try read { try Int64.fetchOne($0, sql: sql, arguments: [time.milliseconds]) }
            .map(Timestamp.init(milliseconds:))
    }

    package func count() throws(StorageError) -> Int {
        try read { try Int.fetchOne($0, sql: "SELECT count(*) FROM credential") ?? 0 }
    }

    package func version(_ number: Int, of id: RecordID) throws(StorageError) -> StoredVersion? {
        try read {
            try Row.fetchOne(
                $0, sql: "SELECT description, value FROM version WHERE id = ? AND number = ?",
                arguments: [Data(id.bytes), number])
        }.map { row in
            StoredVersion(description: [UInt8](row["description"] as Data), value: [UInt8](row["value"] as Data))
        }
    }

    package func events(of id: RecordID, limit: Int) throws(StorageError) -> [StoredEvent] {
        try read {
            try Row.fetchAll(
                $0, sql: "SELECT at, body, mac FROM event WHERE id = ? ORDER BY sequence DESC LIMIT ?",
                arguments: [Data(id.bytes), limit])
        }.map { row in
            StoredEvent(
                at: Timestamp(milliseconds: row["at"]), body: [UInt8](row["body"] as Data),
                mac: [UInt8](row["mac"] as Data))
        }
    }

    package func apply(_ changes: [StorageChange]) throws(StorageError) {
        try storing { try queue.write { database in for change in changes { try change.run(in: database) } } }
    }

    package func close() throws(StorageError) {
        try storing { try queue.close() }
    }

    private func read<Value>(_ body: (Database) throws -> Value) throws(StorageError) -> Value {
        try storing { try queue.read(body) }
    }

    private func rows(_ sql: String, _ arguments: StatementArguments) throws(StorageError) -> [StoredRow] {
        let found = try read { try Row.fetchAll($0, sql: sql, arguments: arguments) }
        var rows: [StoredRow] = []
        for row in found {
            guard let id = RecordID(bytes: [UInt8](row["id"] as Data)) else { throw .damaged }
            let due: Int64? = row["due"]
            rows.append(
                StoredRow(
                    id: id, tag: [UInt8](row["tag"] as Data), due: due.map(Timestamp.init(milliseconds:)),
                    body: [UInt8](row["body"] as Data), mac: [UInt8](row["mac"] as Data)))
        }
        return rows
    }
}

extension StorageChange {
    fileprivate func run(in database: Database) throws {
        switch self {
        case .setValue(let key, let value?):
            try database.execute(
                sql: "INSERT INTO vault VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                arguments: [key, Data(value)])
        case .setValue(let key, nil):
            try database.execute(sql: "DELETE FROM vault WHERE key = ?", arguments: [key])
        case .insertRow(let row):
            try database.execute(
                sql: "INSERT INTO credential (tag, due, body, mac, id) VALUES (?, ?, ?, ?, ?)", arguments: row.arguments
            )
        case .updateRow(let row):
            try database.execute(
                sql: "UPDATE credential SET tag = ?, due = ?, body = ?, mac = ? WHERE id = ?", arguments: row.arguments)
            if database.changesCount == 0 { throw StorageError.missing }
        case .removeRow(let id):
            try database.execute(sql: "DELETE FROM credential WHERE id = ?", arguments: [Data(id.bytes)])
            if database.changesCount == 0 { throw StorageError.missing }
        case .insertVersion(let version, let number, let id):
            try database.execute(
                sql: "INSERT INTO version VALUES (?, ?, ?, ?)",
                arguments: [Data(id.bytes), number, Data(version.description), Data(version.value)])
        case .removeVersion(let number, let id):
            try database.execute(
                sql: "DELETE FROM version WHERE id = ? AND number = ?", arguments: [Data(id.bytes), number])
        case .appendEvent(let event, let id):
            try database.execute(
                sql: "INSERT INTO event (id, at, body, mac) VALUES (?, ?, ?, ?)",
                arguments: [Data(id.bytes), event.at.milliseconds, Data(event.body), Data(event.mac)])
        }
    }
}

extension StoredRow {
    fileprivate var arguments: StatementArguments {
        [Data(tag), due?.milliseconds, Data(body), Data(mac), Data(id.bytes)]
    }
}

/// Runs SQLite work and names its failure; statement arguments never reach an error.
private func storing<Value>(_ work: () throws -> Value) throws(StorageError) -> Value {
    do { return try work() } catch let error as StorageError { throw error } catch let error as DatabaseError {
        switch error.resultCode {
        case .SQLITE_CONSTRAINT where error.extendedResultCode == .SQLITE_CONSTRAINT_FOREIGNKEY: throw .missing
        case .SQLITE_CONSTRAINT: throw .duplicate
        case .SQLITE_FULL: throw .full
        case .SQLITE_NOTADB, .SQLITE_CORRUPT: throw .damaged
        default: throw .failed(code: Int(error.extendedResultCode.rawValue))
        }
    } catch { throw .failed(code: -1) }
}
