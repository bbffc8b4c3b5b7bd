internal import Foundation
internal import GRDB
internal import Lifecycle

/// Columns whose types a hostile or damaged file may have changed; GRDB's own subscripts end the program then.
///
/// Each throws `.damaged` for another type than the column's.
extension Row {
    func blob(_ column: String) throws(StorageError) -> [UInt8] {
        guard let bytes = try optionalBlob(column) else { throw .damaged }
        return bytes
    }

    /// Nil for NULL.
    func optionalBlob(_ column: String) throws(StorageError) -> [UInt8]? {
        switch (self[column] as DatabaseValue).storage {
        case .blob(let data): [UInt8](data)
        case .null: nil
        default: throw .damaged
        }
    }

    func text(_ column: String) throws(StorageError) -> String {
        guard case .string(let text) = (self[column] as DatabaseValue).storage else { throw .damaged }
        return text
    }

    /// Nil for NULL.
    func optionalInteger(_ column: String) throws(StorageError) -> Int64? {
        switch (self[column] as DatabaseValue).storage {
        case .int64(let number): number
        case .null: nil
        default: throw .damaged
        }
    }

    func number<Number: FixedWidthInteger>(_ column: String, as type: Number.Type) throws(StorageError) -> Number {
        guard let integer = try optionalInteger(column), let number = Number(exactly: integer) else { throw .damaged }
        return number
    }

    func time(_ column: String) throws(StorageError) -> Timestamp? {
        try optionalInteger(column).map(Timestamp.init(milliseconds:))
    }

    func record(_ column: String) throws(StorageError) -> RecordID? {
        guard let bytes = try optionalBlob(column) else { return nil }
        guard let id = RecordID(bytes: bytes) else { throw .damaged }
        return id
    }
}
