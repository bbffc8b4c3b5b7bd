internal import GRDB

extension SQLiteStore {
    package func counts() throws(StorageError) -> StoredCounts {
        try read { database in
            func count(_ table: String) throws -> Int {
                try Int.fetchOne(database, sql: "SELECT count(*) FROM \(table)") ?? 0
            }
            return StoredCounts(
                rows: try count("credential"), versions: try count("version"), entries: try count("journal"))
        }
    }

    /// SQLite's own integrity and foreign key checks, and whether the schema is word for word ours.
    package func selfCheck() throws(StorageError) -> [String] {
        try read { database in
            var findings: [String] = []
            let integrity = try String.fetchAll(database, sql: "PRAGMA integrity_check(8)")
            if integrity != ["ok"] { findings.append("SQLite finds \(integrity.count) defects in the file") }
            if try Row.fetchOne(database, sql: "PRAGMA foreign_key_check") != nil {
                findings.append("a version belongs to no credential")
            }
            var found: [String: String] = [:]
            for row in try Row.fetchAll(database, sql: "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL") {
                found[try row.text("name")] = try row.text("sql")
            }
            if found != Self.layout { findings.append("the tables are not laid out as Tokenward makes them") }
            return findings
        }
    }
}
