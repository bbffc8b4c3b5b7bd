import Lifecycle
import Storage

/// A store before another one, which does what it is not told to do differently.
protocol StandInStore: RecordStore {
    var store: any RecordStore { get }
}

extension StandInStore {
    func value(_ key: String) throws(StorageError) -> [UInt8]? { try store.value(key) }
    func values(prefix: String) throws(StorageError) -> [String: [UInt8]] { try store.values(prefix: prefix) }
    func row(_ id: RecordID) throws(StorageError) -> StoredRow? { try store.row(id) }
    func row(tag: [UInt8]) throws(StorageError) -> StoredRow? { try store.row(tag: tag) }
    func rows(after tag: [UInt8]?, limit: Int) throws(StorageError) -> [StoredRow] {
        try store.rows(after: tag, limit: limit)
    }
    func rows(tagPrefix: [UInt8]) throws(StorageError) -> [StoredRow] { try store.rows(tagPrefix: tagPrefix) }
    func counts() throws(StorageError) -> StoredCounts { try store.counts() }
    func due(after place: DuePlace?, by time: Timestamp, limit: Int) throws(StorageError) -> [StoredRow] {
        try store.due(after: place, by: time, limit: limit)
    }
    func earliestDue(after time: Timestamp) throws(StorageError) -> Timestamp? { try store.earliestDue(after: time) }
    func version(_ number: Int, of id: RecordID) throws(StorageError) -> StoredVersion? {
        try store.version(number, of: id)
    }
    func versionNumbers(of id: RecordID) throws(StorageError) -> [Int] { try store.versionNumbers(of: id) }
    func records(notOfEpoch epoch: UInt32, limit: Int) throws(StorageError) -> [RecordID] {
        try store.records(notOfEpoch: epoch, limit: limit)
    }
    func node(_ number: UInt8) throws(StorageError) -> [UInt8]? { try store.node(number) }
    func journal(of id: RecordID?, before sequence: UInt64?, limit: Int) throws(StorageError) -> [StoredEntry] {
        try store.journal(of: id, before: sequence, limit: limit)
    }
    func journal(after sequence: UInt64, limit: Int) throws(StorageError) -> [StoredEntry] {
        try store.journal(after: sequence, limit: limit)
    }
    func selfCheck() throws(StorageError) -> [String] { try store.selfCheck() }
    func changeMark() throws(StorageError) -> ChangeMark { try store.changeMark() }
    func apply(_ changes: [StorageChange]) throws(StorageError) { try store.apply(changes) }
    func begin() throws(StorageError) { try store.begin() }
    func end() throws(StorageError) { try store.end() }
    func undo() throws(StorageError) { try store.undo() }
    func close() throws(StorageError) { try store.close() }
}
