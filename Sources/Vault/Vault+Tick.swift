package import Lifecycle
internal import Storage
package import Wire

extension Vault {
    /// When the timer has something to do next; nil when nothing is due or the vault is locked.
    package func nextDue() throws(Fault) -> Timestamp? {
        guard case .open = lock else { return nil }
        return try storing { () throws(StorageError) in try store.earliestDue() }
    }

    /// Does what is due: ends what was kept for `undo`, asks about live values and candidates. At most `limit` credentials.
    package func tick(limit: Int) async throws(Fault) {
        guard case .open(let vault) = lock else { return }
        let due = try storing { () throws(StorageError) in try store.due(by: surroundings.now(), limit: limit) }
        let ids = try due.map { (row) throws(Fault) in try credential(row, vault).id }
        await withDiscardingTaskGroup { group in
            for id in ids { group.addTask { await self.serve(id) } }
        }
    }

    /// One credential's turn; a fault ends the turn and the credential comes again.
    private func serve(_ id: RecordID) async {
        do throws(Fault) {
            let now = surroundings.now()
            guard let credential = try endKept(id, at: now) else { return }
            guard credential.row.probing == .on else { return }
            if let candidate = credential.row.versions.candidate,
                credential.row.due.candidate.map({ $0 <= now }) == true
            {
                _ = try await ask(id, version: candidate.number)
            }
            if let live = credential.row.versions.live, credential.row.due.live.map({ $0 <= now }) == true {
                _ = try await ask(id, version: live.number)
            }
        } catch { surroundings.failed(error) }
    }

    private func endKept(_ id: RecordID, at now: Timestamp) throws(Fault) -> Credential? {
        let vault = try opened()
        guard var credential = try credential(id, vault) else { return nil }
        guard credential.row.versions.expireKept(at: now) else { return credential }
        let event = Event(event: .keptEnded, version: nil, detail: "the replaced value was deleted")
        try commit([rowChange(credential, vault), eventChange(event, of: id, vault)] + goneValues(credential))
        return credential
    }

    /// Changes that delete the values of versions that are dead.
    func goneValues(_ credential: Credential) -> [StorageChange] {
        credential.row.versions.all.filter { $0.role == .dead }.map {
            .removeVersion(number: $0.number, of: credential.id)
        }
    }
}
