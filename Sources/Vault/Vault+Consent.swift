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
        guard let policy = catalogue[id: description.kind], let text = policy.probe.consent, !accepted else {
            return nil
        }
        let host = self.host(for: description)
        if try hasConsent(kind: policy.id, host: host, vault) { return nil }
        return Question(.probe, "\(policy.id) would be checked on a timer by a free request to \(host). \(text)")
    }

    /// The change that records the answer; nil when none is needed or it is recorded already.
    func consentChange(for description: Description, _ vault: OpenVault) throws(Fault) -> StorageChange? {
        let host = self.host(for: description)
        guard catalogue[id: description.kind]?.probe.consent != nil,
            try !hasConsent(kind: description.kind, host: host, vault)
        else { return nil }
        return .setValue(
            consentKey(description.kind, host, vault), encoded(Consent(at: surroundings.now())))
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
