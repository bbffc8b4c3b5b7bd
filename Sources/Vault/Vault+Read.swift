package import Lifecycle
package import Sealing
package import Wire

extension Vault {
    /// The live value, for the caller alone; the reading goes into the journal with the next group of entries.
    package func read(_ name: CredentialName) async throws(Fault) -> (value: SecretBox, fingerprint: String) {
        let vault = try opened()
        let credential = try credential(name, vault)
        guard let live = credential.row.versions.live else { throw .damaged }
        let value = try await token(credential, version: live.number, vault)
        let event = Event(event: .read, version: live.number, detail: "read")
        // A full disk must not keep a gateway from its token.
        do { try note(event, of: credential.id) } catch { surroundings.failed(error) }
        return (value, credential.description.fingerprint)
    }
}
