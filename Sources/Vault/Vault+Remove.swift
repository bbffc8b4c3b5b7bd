package import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Forgets a credential, damaged or not, and its versions; its journal entries stay, and the provider still honours the token.
    package func remove(_ name: CredentialName) throws(Fault) {
        let vault = try opened()
        let tag = vault.lookup.tag(ofName: name.description)
        guard let row = try storing({ () throws(StorageError) in try store.row(tag: tag) }) else { throw .noSuch(name) }
        try commit([
            .remove(row.id, tag: tag),
            .entry(Event(event: .removed, version: nil, detail: "every value was deleted", name: name), of: row.id),
        ])
        vault.state.withLock { state in
            if state.keys.stuck.remove(row.id) != nil { state.keys.isMoved = false }
        }
    }
}
