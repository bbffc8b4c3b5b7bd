internal import Foundation
internal import GRDB
internal import Lifecycle

extension StorageChange {
    func run(in database: Database) throws {
        switch self {
        case .clear:
            for table in ["version", "credential", "node", "journal", "vault"] {
                try database.execute(sql: "DELETE FROM \(table)")
            }
        case .setValue(let key, let value?):
            try database.execute(
                sql: "INSERT INTO vault VALUES (?, ?) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
                arguments: [key, Data(value)])
        case .setValue(let key, nil):
            try database.execute(sql: "DELETE FROM vault WHERE key = ?", arguments: [key])
        case .setNode(let number, let body?):
            try database.execute(
                sql: "INSERT INTO node VALUES (?, ?) ON CONFLICT (number) DO UPDATE SET body = excluded.body",
                arguments: [Int(number), Data(body)])
        case .setNode(let number, nil):
            try database.execute(sql: "DELETE FROM node WHERE number = ?", arguments: [Int(number)])
        case .insertRow(let row):
            try database.execute(
                sql: "INSERT INTO credential (tag, due, epoch, body, mac, id) VALUES (?, ?, ?, ?, ?, ?)",
                arguments: row.arguments)
        case .updateRow(let row):
            try database.execute(
                sql: "UPDATE credential SET tag = ?, due = ?, epoch = ?, body = ?, mac = ? WHERE id = ?",
                arguments: row.arguments)
            if database.changesCount == 0 { throw StorageError.missing }
        case .removeRow(let id):
            try database.execute(sql: "DELETE FROM credential WHERE id = ?", arguments: [Data(id.bytes)])
            if database.changesCount == 0 { throw StorageError.missing }
        case .insertVersion(let version, let number, let id):
            try database.execute(
                sql: "INSERT INTO version (epoch, description, value, id, number) VALUES (?, ?, ?, ?, ?)",
                arguments: version.arguments(number, id))
        case .replaceVersion(let version, let number, let id):
            try database.execute(
                sql: "UPDATE version SET epoch = ?, description = ?, value = ? WHERE id = ? AND number = ?",
                arguments: version.arguments(number, id))
            if database.changesCount == 0 { throw StorageError.missing }
        case .removeVersion(let number, let id):
            try database.execute(
                sql: "DELETE FROM version WHERE id = ? AND number = ?", arguments: [Data(id.bytes), number])
        case .appendEntry(let entry):
            try database.execute(sql: "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?)", arguments: entry.arguments)
        }
    }
}

extension StoredVersion {
    fileprivate func arguments(_ number: Int, _ id: RecordID) -> StatementArguments {
        [Int64(epoch), Data(description), value.map { Data($0) }, Data(id.bytes), number]
    }
}

extension StoredEntry {
    fileprivate var arguments: StatementArguments {
        [
            Int64(clamping: sequence), at.milliseconds, record.map { Data($0.bytes) }, Int64(epoch), Data(body),
            Data(chain), signature.map { Data($0) },
        ]
    }
}

extension StoredRow {
    fileprivate var arguments: StatementArguments {
        [Data(tag), due?.milliseconds, Int64(epoch), Data(body), Data(mac), Data(id.bytes)]
    }
}
