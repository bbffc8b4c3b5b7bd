package import Lifecycle
package import Wire

extension Vault {
    /// Stops asking until `resume`; no job undoes it.
    package func pause(_ name: CredentialName) throws(Fault) {
        try setProbing(.paused, of: name, Event(event: .paused, version: nil, detail: "by a person"))
    }

    /// Asks again from now on.
    package func resume(_ name: CredentialName) throws(Fault) {
        try setProbing(.on, of: name, Event(event: .resumed, version: nil, detail: "by a person"))
    }

    private func setProbing(_ probing: Probing, of name: CredentialName, _ event: Event) throws(Fault) {
        let vault = try opened()
        var credential = try credential(name, vault)
        credential.row.probing = probing
        credential.row.probingReason = nil
        if probing == .on { credential.row.due.live = surroundings.now() }
        try commit([rowChange(credential, vault), eventChange(event, of: credential.id, vault)])
    }
}
