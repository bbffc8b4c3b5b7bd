package import Lifecycle
internal import Synchronization

/// Durable home of sealed records. Untrusted: it sees ciphertext, tags and rows that are authenticated elsewhere.
///
/// Every `apply` is all or nothing and has reached stable storage when it returns, unless it is between `begin` and `end`.
package protocol RecordStore: Sendable {
    /// A named value of the vault itself, such as its id or a slot; nil when there is none.
    func value(_ key: String) throws(StorageError) -> [UInt8]?
    /// All named values whose key starts with the prefix, by key.
    func values(prefix: String) throws(StorageError) -> [String: [UInt8]]
    func row(_ id: RecordID) throws(StorageError) -> StoredRow?
    func row(tag: [UInt8]) throws(StorageError) -> StoredRow?
    /// Rows in the order of their tags, after one of them; at most `limit`.
    func rows(after tag: [UInt8]?, limit: Int) throws(StorageError) -> [StoredRow]
    /// Rows whose tags begin with a prefix of at least one byte, in the order of their tags.
    func rows(tagPrefix: [UInt8]) throws(StorageError) -> [StoredRow]
    /// Rows, versions and journal entries.
    func counts() throws(StorageError) -> StoredCounts
    /// Rows that are due at or before the time, most overdue first, behind a place in that order.
    func due(after place: DuePlace?, by time: Timestamp, limit: Int) throws(StorageError) -> [StoredRow]
    /// The first due time behind the given one.
    func earliestDue(after time: Timestamp) throws(StorageError) -> Timestamp?
    func version(_ number: Int, of id: RecordID) throws(StorageError) -> StoredVersion?
    /// The numbers of a record's versions, lowest first.
    func versionNumbers(of id: RecordID) throws(StorageError) -> [Int]
    /// Rows, or rows of versions, whose epoch is another than the given one; at most `limit` ids.
    func records(notOfEpoch epoch: UInt32, limit: Int) throws(StorageError) -> [RecordID]
    /// A node of the manifest; nil when all its buckets are empty.
    func node(_ number: UInt8) throws(StorageError) -> [UInt8]?
    /// Journal entries of one record, or of all for nil, before a sequence number, newest first.
    func journal(of id: RecordID?, before sequence: UInt64?, limit: Int) throws(StorageError) -> [StoredEntry]
    /// Journal entries behind a sequence number, oldest first.
    func journal(after sequence: UInt64, limit: Int) throws(StorageError) -> [StoredEntry]
    /// What the store itself finds wrong with its files, a line each without any stored bytes; empty when all is well.
    func selfCheck() throws(StorageError) -> [String]
    /// The same only as long as nothing was written, by whomever: what was read under it need not be read again.
    func changeMark() throws(StorageError) -> ChangeMark
    func apply(_ changes: [StorageChange]) throws(StorageError)
    /// From here on what is applied is seen by every reading and reaches stable storage with `end`, all of it or nothing.
    ///
    /// The caller alone uses the store until then.
    func begin() throws(StorageError)
    func end() throws(StorageError)
    /// Back to what was there at `begin`, also after an `apply` or an `end` that failed.
    func undo() throws(StorageError)
    func close() throws(StorageError)
}

/// A state of a store, among all that this process saw of any.
package struct ChangeMark: Hashable, Sendable {
    private static let count = Atomic<UInt64>(0)
    /// Of the changes that this process made.
    let own: UInt64
    /// What the store tells of changes that others made.
    var others: Int64 = 0

    static func fresh() -> ChangeMark { ChangeMark(own: count.add(1, ordering: .relaxed).newValue) }
}

/// The row of a credential that changes often; all of it is authenticated by `mac`.
package struct StoredRow: Equatable, Sendable {
    package var id: RecordID
    /// Keyed hash of the name; unique.
    package var tag: [UInt8]
    package var due: Timestamp?
    /// Of the keys that made `mac`.
    package var epoch: UInt32
    package var body: [UInt8]
    package var mac: [UInt8]

    package init(id: RecordID, tag: [UInt8], due: Timestamp?, epoch: UInt32, body: [UInt8], mac: [UInt8]) {
        self.id = id
        self.tag = tag
        self.due = due
        self.epoch = epoch
        self.body = body
        self.mac = mac
    }
}

/// One version's two envelopes; never changed but by a rekey, which seals the same under new keys.
package struct StoredVersion: Equatable, Sendable {
    /// Of the keys that sealed it.
    package var epoch: UInt32
    package var description: [UInt8]
    /// Nil when the sealed value is kept outside of the vault.
    package var value: [UInt8]?

    package init(epoch: UInt32, description: [UInt8], value: [UInt8]?) {
        self.epoch = epoch
        self.description = description
        self.value = value
    }
}

/// One entry of the journal; the chain makes each depend on all before it.
package struct StoredEntry: Equatable, Sendable {
    /// Counts from 1 without a gap.
    package var sequence: UInt64
    package var at: Timestamp
    /// Nil for what concerns the vault as a whole.
    package var record: RecordID?
    /// Of the journal key that sealed it.
    package var epoch: UInt32
    package var body: [UInt8]
    package var chain: [UInt8]
    /// Present at checkpoints.
    package var signature: [UInt8]?

    package init(
        sequence: UInt64, at: Timestamp, record: RecordID?, epoch: UInt32, body: [UInt8], chain: [UInt8],
        signature: [UInt8]?
    ) {
        self.sequence = sequence
        self.at = at
        self.record = record
        self.epoch = epoch
        self.body = body
        self.chain = chain
        self.signature = signature
    }
}

/// A place in the order of due times; rows that are due at one moment are in the order of their ids.
package struct DuePlace: Equatable, Sendable {
    package var at: Timestamp
    /// Nil stands before every row of that moment.
    package var id: RecordID?

    package init(before time: Timestamp) { at = time }
    /// Nil when it is never due.
    package init?(_ row: StoredRow) {
        guard let due = row.due else { return nil }
        (at, id) = (due, row.id)
    }
}

package struct StoredCounts: Equatable, Sendable {
    package var rows: Int
    package var versions: Int
    package var entries: Int

    package init(rows: Int = 0, versions: Int = 0, entries: Int = 0) {
        self.rows = rows
        self.versions = versions
        self.entries = entries
    }
}

package enum StorageChange: Equatable, Sendable {
    /// Removes everything that the store holds.
    case clear
    /// Nil removes it.
    case setValue(String, [UInt8]?)
    /// Nil removes it.
    case setNode(UInt8, [UInt8]?)
    /// Fails with `.duplicate` when the tag is taken.
    case insertRow(StoredRow)
    /// Fails with `.missing` when there is no such row, `.duplicate` when another has the tag.
    case updateRow(StoredRow)
    /// Removes the row and its versions; its journal entries stay.
    case removeRow(RecordID)
    case insertVersion(StoredVersion, number: Int, of: RecordID)
    /// Puts it in place of the one with that number; fails with `.missing` when there is none.
    case replaceVersion(StoredVersion, number: Int, of: RecordID)
    case removeVersion(number: Int, of: RecordID)
    /// Fails with `.duplicate` when the sequence number is taken.
    case appendEntry(StoredEntry)
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
    /// The file was written by a development version whose layout was given up, with that schema number.
    case older(schema: Int)
    /// SQLite's result code.
    case failed(code: Int)
}
