package import Lifecycle
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// What happened to a credential, newest first.
    ///
    /// - Throws: exit code 79 when an entry does not authenticate.
    package func history(_ name: CredentialName, limit: Int) throws(Fault) -> [HistoryEntry] {
        let vault = try opened()
        let id = try credential(name, vault).id
        let most = max(1, min(limit, 10_000))
        let stored = try storing { () throws(StorageError) in
            try store.journal(of: id, before: nil, limit: most)
        }
        let waiting = vault.state.withLock(\.waiting).filter { $0.record == id }.reversed()
        let written = try zip(stored, events(stored, vault)).map { HistoryEntry($1, at: $0.at) }
        return Array((waiting.map { HistoryEntry($0.event, at: $0.at) } + written).prefix(most))
    }
}

extension HistoryEntry {
    init(_ event: Event, at time: Timestamp) {
        self.init(at: time.rfc3339, event: event.event.rawValue, version: event.version, detail: event.detail)
    }
}
