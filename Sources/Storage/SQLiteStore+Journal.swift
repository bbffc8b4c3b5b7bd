internal import Foundation
internal import GRDB
package import Lifecycle

extension SQLiteStore {
    private static let entryColumns = "SELECT sequence, at, record, epoch, body, chain, signature FROM journal"

    package func journal(
        of id: RecordID?, before sequence: UInt64?, limit: Int
    ) throws(StorageError) -> [StoredEntry] {
        let before = sequence.map { Int64(clamping: $0) } ?? .max
        guard let id else {
            let sql = Self.entryColumns + " WHERE sequence < ? ORDER BY sequence DESC LIMIT ?"
            return try entries(sql, [before, limit])
        }
        let sql = Self.entryColumns + " WHERE record = ? AND sequence < ? ORDER BY sequence DESC LIMIT ?"
        return try entries(sql, [Data(id.bytes), before, limit])
    }

    package func journal(after sequence: UInt64, limit: Int) throws(StorageError) -> [StoredEntry] {
        let sql = Self.entryColumns + " WHERE sequence > ? ORDER BY sequence LIMIT ?"
        return try entries(sql, [Int64(clamping: sequence), limit])
    }

    private func entries(_ sql: String, _ arguments: StatementArguments) throws(StorageError) -> [StoredEntry] {
        try all(sql, arguments).map { (row) throws(StorageError) in
            guard let at = try row.time("at") else { throw .damaged }
            return StoredEntry(
                sequence: try row.number("sequence", as: UInt64.self), at: at, record: try row.record("record"),
                epoch: try row.number("epoch", as: UInt32.self), body: try row.blob("body"),
                chain: try row.blob("chain"), signature: try row.optionalBlob("signature"))
        }
    }
}
