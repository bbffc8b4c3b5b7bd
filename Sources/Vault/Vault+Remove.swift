package import Lifecycle
internal import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Forgets a credential, damaged or not, its versions and its history; the provider still honours the token.
    package func remove(_ name: CredentialName) throws(Fault) {
        let vault = try opened()
        let tag = vault.keys.tag(ofName: name.description)
        guard let row = try storing({ () throws(StorageError) in try store.row(tag: tag) }) else { throw .noSuch(name) }
        try commit([.removeRow(row.id)])
    }
}
