package import Lifecycle
internal import Storage
package import Wire

extension Vault {
    /// Forgets a credential, its versions and its history; the provider still honours the token.
    package func remove(_ name: CredentialName) throws(Fault) {
        let vault = try opened()
        try commit([.removeRow(credential(name, vault).id)])
    }
}
