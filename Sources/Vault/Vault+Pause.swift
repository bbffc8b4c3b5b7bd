package import Lifecycle
package import Wire

extension Vault {
    /// Stops asking until `resume`; no job undoes it.
    package func pause(_ name: CredentialName) throws(Fault) {
        let vault = try opened()
        var credential = try credential(name, vault)
        guard credential.row.probing != .paused else { return }
        credential.row.pausedFrom = credential.row.probing
        credential.row.probing = .paused
        let event = Event(event: .paused, version: nil, detail: "by a person")
        try commit([rowChange(credential, vault), eventChange(event, of: credential.id, vault)])
    }

    /// Goes back to what `pause` interrupted; what was never asked about is not asked about now.
    ///
    /// - Throws: `not_paused`.
    package func resume(_ name: CredentialName) throws(Fault) {
        let vault = try opened()
        var credential = try credential(name, vault)
        guard credential.row.probing == .paused else {
            throw Fault(
                .usage, "not_paused", "\(name) is not paused (probing is \(credential.row.probing.rawValue))",
                hint: "secret status \(name)")
        }
        credential.row.probing = credential.row.pausedFrom ?? .passive
        credential.row.pausedFrom = nil
        if credential.row.probing == .on { credential.row.due.live = surroundings.now() }
        let event = Event(event: .resumed, version: nil, detail: "by a person")
        try commit([rowChange(credential, vault), eventChange(event, of: credential.id, vault)])
    }
}
