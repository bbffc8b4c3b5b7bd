package import Lifecycle
package import Wire

extension Vault {
    /// Stops asking until `resume`; no job undoes it.
    package func pause(_ name: CredentialName) throws(Fault) {
        let vault = try opened()
        var credential = try credential(name, vault)
        guard credential.row.probing != .paused else { return }
        // What an answer of the provider had stopped is asked about again, as before that answer.
        credential.row.probingBeforePause = credential.row.probingReason == nil ? credential.row.probing : .on
        credential.row.probingReason = nil
        credential.row.probing = .paused
        try commit([.update(credential), .entry(.pausedByPerson, of: credential.id)])
    }

    /// Goes back to what was chosen before the pause: probes that nobody agreed to do not start. Asks again where an answer of the
    /// provider had stopped it.
    @discardableResult
    package func resume(_ name: CredentialName) throws(Fault) -> Probing {
        let vault = try opened()
        var credential = try credential(name, vault)
        let isPaused = credential.row.probing == .paused
        guard isPaused || credential.row.probingReason != nil else { return credential.row.probing }
        credential.row.probing = isPaused ? credential.row.probingBeforePause ?? .passive : .on
        credential.row.probingBeforePause = nil
        credential.row.probingReason = nil
        if credential.row.probing == .on { credential.row.due.live = surroundings.now() }
        try commit([.update(credential), .entry(.resumedByPerson, of: credential.id)])
        return credential.row.probing
    }
}

extension Event {
    fileprivate static let pausedByPerson = Event(event: .paused, version: nil, detail: "by a person")
    fileprivate static let resumedByPerson = Event(event: .resumed, version: nil, detail: "by a person")
}
