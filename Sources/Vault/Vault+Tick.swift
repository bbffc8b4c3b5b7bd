package import Lifecycle
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// When the timer has something to do next; nil when nothing is due or the vault is locked.
    package func nextDue() throws(Fault) -> Timestamp? {
        guard case .open(let vault) = lock else { return nil }
        let now = surroundings.now()
        if vault.state.withLock({ !$0.keys.earlier.isEmpty && !$0.keys.isMoved }) { return now }
        if try lineUp(vault, at: now) { return now }
        let later = try storing { () throws(StorageError) in try store.earliestDue(after: now) }
        return [later, turns.next(at: now), readingsDue(vault)].compactMap(\.self).min()
    }

    /// Does what is due: ends what was kept for `undo`, asks about live values and candidates.
    ///
    /// - Parameter limit: the most credentials at the same time.
    package func tick(limit: Int) async throws(Fault) {
        let ids = try takeTurns(limit: limit)
        await withDiscardingTaskGroup { group in
            for id in ids { group.addTask { await self.serve(id) } }
        }
    }

    /// Those whose turn it is; the caller serves each.
    func takeTurns(limit: Int) throws(Fault) -> [RecordID] {
        guard case .open(let vault) = lock, try !moveToNewKeys() else { return [] }
        let now = surroundings.now()
        if let end = readingsDue(vault), end <= now { try writeReadings() }
        _ = try lineUp(vault, at: now)
        return turns.take(at: now, limit: limit)
    }

    /// Puts what became due in line, the most overdue first.
    ///
    /// - Returns: whether there is more of it.
    private func lineUp(_ vault: OpenVault, at now: Timestamp) throws(Fault) -> Bool {
        if turns.look(at: now) { vault.state.withLock { $0.census.startOver() } }
        for id in turns.rested(at: now) {
            guard let row = try storing({ () throws(StorageError) in try store.row(id) }) else { continue }
            turns.wait(id, at: hostToAsk(row, at: now, vault), due: now, now: now)
        }
        let place = turns.read
        let rows = try storing { () throws(StorageError) in
            try store.due(after: place, by: now, limit: Self.batch)
        }
        for row in rows where turns.isNew(row.id) {
            turns.wait(row.id, at: hostToAsk(row, at: now, vault), due: row.due ?? now, now: now)
        }
        if let last = rows.last.flatMap(DuePlace.init) { turns.haveRead(to: last) }
        return rows.count == Self.batch
    }

    /// Whom a turn of it asks; nil for nobody, and for a row that cannot be read, whose turn finds out why.
    private func hostToAsk(_ stored: StoredRow, at now: Timestamp, _ vault: OpenVault) -> String? {
        guard let credential = try? credential(stored, vault), let ask = credential.row.nextQuestion, ask <= now
        else { return nil }
        return host(for: credential.description)
    }

    /// One credential's turn; a fault ends the turn, and the credential rests before the next.
    func serve(_ id: RecordID) async {
        defer { turns.end(id) }
        do throws(Fault) {
            try endKept(id, at: surroundings.now())
            for role in [Version.Role.candidate, .live, .retiring] {
                if let number = try due(id, role) { try await askByTimer(id, version: number) }
            }
            try remind(id, at: surroundings.now())
            let row = try storing { () throws(StorageError) in try store.row(id) }
            // Somebody asks about it already, or it is due again at once.
            if let due = row?.due, due <= surroundings.now() {
                return turns.rest(id, due: due, at: surroundings.now())
            }
            turns.succeeded(id)
            // Its turn may have come a moment early, by a clock that is being set.
            if let due = row?.due { turns.wrote(due: due) }
        } catch {
            turns.rest(id, at: surroundings.now())
            surroundings.failed(error)
        }
    }

    private func askByTimer(_ id: RecordID, version: Int) async throws(Fault) {
        if let rest = outage.rest(at: surroundings.now()), try isBehindNetwork(id) {
            return try postpone(id, by: rest + .seconds(Int64(id.seed % 60)), because: Outage.reason)
        }
        do throws(Fault) { _ = try await ask(id, version: version) } catch {
            guard error.isOfKeyring else { throw error }
            // Whoever starts the key holder starts the way to the keyring right after it.
            try postpone(id, by: error.id == Fault.noSession ? .seconds(30) : Self.keyringRest, because: error.id)
        }
    }

    /// The version in that role when its time has come; read for each role anew, because an answer may have changed them.
    private func due(_ id: RecordID, _ role: Version.Role) throws(Fault) -> Int? {
        guard let row = try credential(id, opened())?.row, row.probing == .on || row.isClosed else { return nil }
        let time =
            switch role {
            case .candidate: row.isClosed ? nil : row.due.candidate
            case .live: row.isClosed ? row.due.reopening : row.due.live
            case .retiring: row.isClosed ? nil : row.due.retiring
            case .dead: nil as Timestamp?
            }
        guard let time, time <= surroundings.now() else { return nil }
        return row.versions.number(of: role)
    }

    private func isBehindNetwork(_ id: RecordID) throws(Fault) -> Bool {
        try credential(id, opened())?.description.baseURL?.isLoopback != true
    }

    private func endKept(_ id: RecordID, at now: Timestamp) throws(Fault) {
        let vault = try opened()
        guard var credential = try credential(id, vault), credential.row.versions.expireKept(at: now) else { return }
        let event = Event(event: .keptEnded, version: nil, detail: "the replaced value was deleted")
        try commit([.update(credential), .entry(event, of: id)] + goneValues(credential))
    }

    /// Changes that delete the values of versions that are dead, and doom their items.
    func goneValues(_ credential: Credential) throws(Fault) -> [Change] {
        let dead = credential.row.versions.all.filter { $0.role == .dead }
        return try dead.map { .store(.removeVersion(number: $0.number, of: credential.id)) }
            + doomChanges(dead.compactMap(\.item))
    }
}
