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
        try commit([rowChange(credential, vault), eventChange(.pausedByPerson, of: credential.id, vault)])
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
        try commit([rowChange(credential, vault), eventChange(.resumedByPerson, of: credential.id, vault)])
        return credential.row.probing
    }

    /// Goes back to what `pause` interrupted, and asks again when that was on or when the provider had closed its endpoint.
    ///
    /// - Returns: what it is now.
    /// - Throws: `.noSuch`, `not_paused` where a person chose that nothing is sent: agreeing to probes is no part of it.
    package func resume(_ name: CredentialName) throws(Fault) -> Probing {
        let vault = try opened()
        var credential = try credential(name, vault)
        let probing: Probing
        switch credential.row.probing {
        case .paused: probing = credential.row.probingBefore ?? .on
        case .on: return .on
        case .passive where credential.row.isPassiveByProvider: probing = .on
        case .offline, .passive, .off:
            throw Fault(
                .usage, "not_paused", "\(name) is not paused: a person chose that nothing is sent on a timer",
                hint: "secret status \(name)")
        }
        credential.row.probing = probing
        credential.row.probingBefore = nil
        credential.row.probingReason = nil
        if probing == .on { credential.row.due.live = surroundings.now() }
        let event = Event(event: .resumed, version: nil, detail: "by a person")
        try commit([rowChange(credential, vault), eventChange(event, of: credential.id, vault)])
        return probing
    }
}

extension CredentialRow {
    fileprivate var isPassiveByProvider: Bool { probing == .passive && probingReason != nil }
}

extension Event {
    fileprivate static let pausedByPerson = Event(event: .paused, version: nil, detail: "by a person")
    fileprivate static let resumedByPerson = Event(event: .resumed, version: nil, detail: "by a person")
}
