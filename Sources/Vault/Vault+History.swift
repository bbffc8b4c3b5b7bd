package import Lifecycle
internal import Storage
package import Wire

extension Vault {
    /// What happened to a credential, newest first.
    ///
    /// - Throws: `.damaged` when an entry does not authenticate.
    package func history(_ name: CredentialName, limit: Int) throws(Fault) -> [HistoryEntry] {
        let vault = try opened()
        let id = try credential(name, vault).id
        let most = max(1, min(limit, 10_000))
        let stored = try storing { () throws(StorageError) in try store.events(of: id, limit: most) }
        return try stored.map { (entry) throws(Fault) in
            guard vault.mac(of: entry, record: id) == entry.mac, let event = decoded(Event.self, from: entry.body)
            else { throw .damaged }
            return HistoryEntry(
                at: entry.at.rfc3339, event: event.event.rawValue, version: event.version, detail: event.detail)
        }
    }
}
