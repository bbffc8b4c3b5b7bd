package import Lifecycle

/// Durable home of sealed records. Untrusted: it sees ciphertext, tags and rows that are authenticated elsewhere.
///
/// Every `apply` is all or nothing and has reached stable storage when it returns.
package protocol RecordStore: Sendable {
    /// A named value of the vault itself, such as its id or a slot; nil when there is none.
    func value(_ key: String) throws(StorageError) -> [UInt8]?
    /// All named values whose key starts with the prefix, by key.
    func values(prefix: String) throws(StorageError) -> [String: [UInt8]]
    func row(_ id: RecordID) throws(StorageError) -> StoredRow?
    func row(tag: [UInt8]) throws(StorageError) -> StoredRow?
    /// Rows in the order of their ids, after one of them; at most `limit`.
    func rows(after id: RecordID?, limit: Int) throws(StorageError) -> [StoredRow]
    func count() throws(StorageError) -> Int
    /// Rows that are due at or before the time, most overdue first.
    func due(by time: Timestamp, limit: Int) throws(StorageError) -> [StoredRow]
    /// The first due time behind the given one.
    func earliestDue(after time: Timestamp) throws(StorageError) -> Timestamp?
    func version(_ number: Int, of id: RecordID) throws(StorageError) -> StoredVersion?
    /// Events of one record, newest first.
    func events(of id: RecordID, limit: Int) throws(StorageError) -> [StoredEvent]
    func apply(_ changes: [StorageChange]) throws(StorageError)
    func close() throws(StorageError)
}

/// The row of a credential that changes often; `body` and `due` are authenticated by `mac`.
package struct StoredRow: Equatable, Sendable {
    package var id: RecordID
    /// Keyed hash of the name; unique.
    package var tag: [UInt8]
    package var due: Timestamp?
    package var body: [UInt8]
    package var mac: [UInt8]

    package init(id: RecordID, tag: [UInt8], due: Timestamp?, body: [UInt8], mac: [UInt8]) {
        self.id = id
        self.tag = tag
        self.due = due
        self.body = body
        self.mac = mac
    }
}

/// One version's two envelopes; never changed, only added and removed.
package struct StoredVersion: Equatable, Sendable {
    package var description: [UInt8]
    package var value: [UInt8]

    package init(description: [UInt8], value: [UInt8]) {
        self.description = description
        self.value = value
    }
}

package struct StoredEvent: Equatable, Sendable {
    package var at: Timestamp
    package var body: [UInt8]
    package var mac: [UInt8]

    package init(at: Timestamp, body: [UInt8], mac: [UInt8]) {
        self.at = at
        self.body = body
        self.mac = mac
    }
}

package enum StorageChange: Equatable, Sendable {
    /// Nil removes it.
    case setValue(String, [UInt8]?)
    /// Fails with `.duplicate` when the tag is taken.
    case insertRow(StoredRow)
    /// Fails with `.missing` when there is no such row, `.duplicate` when another has the tag.
    case updateRow(StoredRow)
    /// Removes the row, its versions and its events.
    case removeRow(RecordID)
    case insertVersion(StoredVersion, number: Int, of: RecordID)
    case removeVersion(number: Int, of: RecordID)
    case appendEvent(StoredEvent, of: RecordID)
}

/// Why the store did not do it; nothing of the change happened.
package enum StorageError: Error, Equatable {
    case duplicate
    case missing
    /// The disk or the quota is full.
    case full
    /// The file is not a vault of ours, or SQLite finds it damaged.
    case damaged
    /// The file was written by a newer program, with that schema number.
    case newer(schema: Int)
    /// SQLite's result code.
    case failed(code: Int)
}
