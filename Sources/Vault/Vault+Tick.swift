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
    ///
    /// - Throws: the first fault, after every other credential had its turn.
    package func tick(limit: Int) async throws(Fault) {
        guard case .open = lock else { return }
        let due = try storing { () throws(StorageError) in try store.due(by: surroundings.now(), limit: limit) }
        let faults = await withTaskGroup(of: Fault?.self) { group in
            for row in due { group.addTask { await self.serve(row.id) } }
            var faults: [Fault] = []
            while let turn = await group.next() { if let fault = turn { faults.append(fault) } }
            return faults
        }
        for fault in faults.dropFirst() { surroundings.failed(fault) }
        if let first = faults.first { throw first }
    }

    /// One credential's turn; a fault ends the turn and the credential comes again.
    private func serve(_ id: RecordID) async -> Fault? {
        do throws(Fault) {
            try endKept(id, at: surroundings.now())
            for role in [Version.Role.candidate, .live] {
                if let number = try due(id, role) { _ = try await ask(id, version: number) }
            }
            return nil
        } catch { return error }
    }

    /// The version in that role, when its time has come; read for each anew, because an answer may have changed the roles.
    private func due(_ id: RecordID, _ role: Version.Role) throws(Fault) -> Int? {
        guard let row = try credential(id, opened())?.row, row.probing == .on else { return nil }
        guard let due = role == .candidate ? row.due.candidate : row.due.live, due <= surroundings.now() else { return nil }
        return row.versions.number(of: role)
    }

    private func endKept(_ id: RecordID, at now: Timestamp) throws(Fault) {
        let vault = try opened()
        guard var credential = try credential(id, vault), credential.row.versions.expireKept(at: now) else { return }
        let event = Event(event: .keptEnded, version: nil, detail: "the replaced value was deleted")
        try commit([rowChange(credential, vault), eventChange(event, of: id, vault)] + goneValues(credential))
    }

    /// Changes that delete the values of versions that are dead.
    func goneValues(_ credential: Credential) -> [StorageChange] {
        credential.row.versions.all.filter { $0.role == .dead }.map {
            .removeVersion(number: $0.number, of: credential.id)
        }
    }
}
