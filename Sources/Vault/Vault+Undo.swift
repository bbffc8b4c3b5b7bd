package import Lifecycle
internal import Sealing
package import Wire

extension Vault {
    /// Drops a staged value, else brings the previous value back while it is kept, and asks the provider about it.
    ///
    /// - Throws: `nothing_to_undo`, `.noSuch`.
    package func undo(_ name: CredentialName) async throws(Fault) -> StoreReport {
        let vault = try opened()
        let returning = try await returning(name, vault)
        var credential = try credential(name, vault)
        guard try opened() === vault, credential.row.versions.all == returning.versions else {
            throw .changedMeanwhile(name)
        }
        let now = surroundings.now()
        let before = credential.row.versions.live?.number
        guard credential.row.versions.undo(keepingOldUntil: now + settings.grace),
            let live = credential.row.versions.live
        else {
            throw Fault(
                .refused, "nothing_to_undo", "no earlier value of \(name) is kept", hint: "secret history \(name)")
        }
        let changed = live.number != before
        if changed { try becameLive(&credential, at: now, vault) } else { credential.row.due.candidate = nil }
        let detail = changed ? "version \(live.number) is live again" : "the staged value was dropped"
        let event = Event(event: .undone, version: live.number, detail: detail)
        try commit(
            [.update(credential), .entry(event, of: credential.id)] + goneValues(credential))
        let asks = changed && credential.row.probing == .on
        let first =
            asks ? await askFirst(credential.id, version: live.number, returning.value) : (outcome: nil, note: nil)
        return try stored(
            credential.id, version: live.number, credential.description, removed: nil,
            notes: [detail] + [first.note].compactMap(\.self), outcome: first.outcome, vault)
    }

    /// The value that would come back, read before anything changes: one that the keyring does not give is no way back.
    private func returning(
        _ name: CredentialName, _ vault: OpenVault
    ) async throws(Fault) -> (versions: [Version], value: SecretBox?) {
        let credential = try credential(name, vault)
        let versions = credential.row.versions
        guard versions.candidate == nil, let previous = versions.previous, previous.item != nil else {
            return (versions.all, nil)
        }
        return (versions.all, try await token(credential, version: previous.number, vault))
    }
}
