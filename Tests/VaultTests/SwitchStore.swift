import Lifecycle
import Storage
import Synchronization

/// A store that is taken away from under an open vault and replaced by another, or whose disk is full after some writes.
final class SwitchStore: StandInStore {
    private let present: Mutex<any RecordStore>

    init(_ store: any RecordStore) { present = Mutex(store) }

    func replace(by store: any RecordStore) { present.withLock { $0 = store } }

    private let left = Mutex<Int?>(nil)

    /// - Parameter count: of `apply` and `end` that still work; nil for all.
    func breaks(after count: Int?) { left.withLock { $0 = count } }

    private func spend() throws(StorageError) {
        let isFull = left.withLock { left in
            guard let now = left else { return false }
            left = now - 1
            return now <= 0
        }
        if isFull { throw .full }
    }

    var store: any RecordStore { present.withLock(\.self) }

    func apply(_ changes: [StorageChange]) throws(StorageError) {
        try spend()
        try store.apply(changes)
    }
    func end() throws(StorageError) {
        try spend()
        try store.end()
    }
}
