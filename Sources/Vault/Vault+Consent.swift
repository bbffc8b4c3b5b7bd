internal import Lifecycle
internal import Sealing
internal import Storage
internal import Wire

/// That a person agreed to the probes of a kind, and when.
private struct Consent: Codable {
    var at: Timestamp
}

extension Vault {
    /// What must be asked before this credential is probed for the first time; nil when nothing is open.
    func question(for description: Description, accepted: Bool, _ vault: OpenVault) throws(Fault) -> Question? {
        guard !accepted, try !isAgreed(description, vault), let policy = catalogue[id: description.kind] else {
            return nil
        }
        let host = self.host(for: description)
        let how =
            policy.probe.cost == .metered ? "when you say so, by a billed request" : "on a timer by a free request"
        var text = "\(policy.id) would be checked \(how) to \(host)."
        if !policy.toConfirm.isEmpty {
            text += " Your file \(policy.origin.words) says so: \(policy.toConfirm.joined(separator: "; "))."
        }
        if let terms = policy.probe.consent { text += " " + terms }
        return Question(.probe, text)
    }

    /// Whether a person agreed to what its policy does, in the form that the policy has now; true when there is nothing to agree to.
    func isAgreed(_ description: Description, _ vault: OpenVault) throws(Fault) -> Bool {
        guard let policy = catalogue[id: description.kind], policy.probe.consent != nil || !policy.toConfirm.isEmpty
        else {
            return true
        }
        return try hasConsent(kind: policy.consentName, host: host(for: description), vault)
    }

    /// Whether the timer must wait because a person's own policy was never confirmed in its present form.
    func isUnconfirmed(_ description: Description, _ vault: OpenVault) throws(Fault) -> Bool {
        guard let policy = catalogue[id: description.kind], !policy.toConfirm.isEmpty else { return false }
        return try !isAgreed(description, vault)
    }

    /// The change that records the answer; nil when none is needed or it is recorded already.
    func consentChange(for description: Description, _ vault: OpenVault) throws(Fault) -> StorageChange? {
        let host = self.host(for: description)
        guard let policy = catalogue[id: description.kind], try !isAgreed(description, vault) else { return nil }
        return .setValue(
            consentKey(policy.consentName, host, vault), encoded(Consent(at: surroundings.now())))
    }

    func host(for description: Description) -> String {
        description.baseURL?.description ?? catalogue[id: description.kind]?.probe.hosts.first ?? "its provider"
    }

    private func hasConsent(kind: String, host: String, _ vault: OpenVault) throws(Fault) -> Bool {
        let key = consentKey(kind, host, vault)
        return try listedValues(vault)[key] != nil
    }

    /// The file shows neither the kind nor the host; nobody outside the vault agrees for a person, because the manifest lists it.
    private func consentKey(_ kind: String, _ host: String, _ vault: OpenVault) -> String {
        Key.consents + hexadecimal(Array(vault.lookup.tag(ofConsentTo: kind, host: host).prefix(RecordID.size)))
    }
}

extension Policy {
    /// What an agreement is about: a file that needs one is agreed to by its content.
    fileprivate var consentName: String {
        toConfirm.isEmpty ? id : "\(id) \(origin.digest ?? "")"
    }
}
