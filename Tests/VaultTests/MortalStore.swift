import Lifecycle
import Storage

/// A store whose process may end at any of its writes.
final class MortalStore: StandInStore {
    let store: any RecordStore
    private let fate: LifeEnd

    init(_ store: any RecordStore, _ end: LifeEnd) {
        self.store = store
        fate = end
    }

    func apply(_ changes: [StorageChange]) throws(StorageError) {
        guard !fate.isBefore() else { throw .failed(code: 10) }  // SQLITE_IOERR
        try store.apply(changes)
        guard !fate.isAfter() else { throw .failed(code: 10) }
    }

    func end() throws(StorageError) {
        guard !fate.isBefore() else { throw .failed(code: 10) }
        try store.end()
        guard !fate.isAfter() else { throw .failed(code: 10) }
    }
}
