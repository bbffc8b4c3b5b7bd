package import Lifecycle
internal import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Forgets a credential, damaged or not, its versions and its history; the provider still honours the token.
    ///
    /// - Returns: true when nothing of it is left in the keyring.
    @discardableResult
    package func remove(_ name: CredentialName) async throws(Fault) -> Bool {
        let vault = try opened()
        let tag = vault.keys.tag(ofName: name.description)
        guard let row = try storing({ () throws(StorageError) in try store.row(tag: tag) }) else { throw .noSuch(name) }
        let items = try items(vault).filter { $0.value.credential == row.id }.map(\.key)
        try commit([.removeRow(row.id)] + doomChanges(items, vault))
        return items.isEmpty ? true : try await deleteDoomed()
    }
}
