package import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Forgets a credential, damaged or not, and its versions; its journal entries stay, and the provider still honours the token.
    ///
    /// - Returns: true when nothing of it is left in the keyring.
    @discardableResult
    package func remove(_ name: CredentialName) async throws(Fault) -> Bool {
        let vault = try opened()
        let tag = vault.lookup.tag(ofName: name.description)
        guard let row = try storing({ () throws(StorageError) in try store.row(tag: tag) }) else { throw .noSuch(name) }
        let items = try items(vault).filter { $0.value.credential == row.id }.map(\.key)
        // A damaged row may bear another's id; what it leaves in the keyring goes when the vault opens next.
        let isOurs = (try? vault.mac(of: row)) == row.mac
        try commit(
            [
                .remove(row.id, tag: tag),
                .entry(Event(event: .removed, version: nil, detail: "every value was deleted", name: name), of: row.id),
            ] + (isOurs ? doomChanges(items) : []))
        vault.state.withLock { state in
            if state.keys.stuck.remove(row.id) != nil { state.keys.isMoved = false }
        }
        guard isOurs else { return items.isEmpty }
        return items.isEmpty ? true : try await deleteDoomed()
    }
}
