internal import Lifecycle
internal import Sealing
internal import Storage
internal import Wire

extension Vault {
    /// Stages a new value, asks the provider about it, and makes it live when it works.
    ///
    /// A value that the provider refuses stays a candidate and the old one stays live; without a conclusive answer the candidate goes
    /// live by itself at the first good one. Where nothing is asked on a timer there is no answer to wait for: it goes live at once.
    func rotate(_ order: StoreOrder, paste: SecretBox?) async throws(Fault) -> Answer {
        let vault = try opened()
        let credential = try credential(order.name, vault)
        let kind = order.kind ?? credential.description.kind
        let intake: Intake
        switch try Intake.read(paste, order, verb: "rotate", wanted: kind, catalogue) {
        case .question(let question): return .question(question)
        case .taken(let taken): intake = taken
        }
        let description = try describe(intake, order, verb: "rotate", before: credential.description, vault)
        guard description.fingerprint != credential.description.fingerprint else {
            throw Fault(
                .refused, "same_value",
                "this is the value that is stored already (\(description.fingerprint)); nothing was changed",
                hint: "secret status \(order.name)")
        }
        // A pause stops the timer; whoever pastes now wants to know.
        let chosen = try order.probing.map { (choice) throws(Fault) in try self.probing(choice, kind: intake.kind) }
        let probing = chosen ?? credential.row.probing
        let asks = probing == .on || probing == .paused
        if asks, let question = try question(for: description, accepted: order.accepted.contains(.probe), vault) {
            return .question(question)
        }
        let number = try await stage(credential, description, intake.value, order, waits: asks && !order.now, vault)
        let first = asks ? await askFirst(credential.id, version: number, intake.value) : (outcome: nil, note: nil)
        let notes = intake.notes + [first.note].compactMap(\.self)
        return .stored(
            try stored(
                credential.id, version: number, description, removed: intake.removed, notes: notes,
                outcome: first.outcome, vault))
    }

    /// Writes the new version: as a candidate when it waits for an answer, else live. Returns its number.
    private func stage(
        _ before: Credential, _ description: Description, _ value: SecretBox, _ order: StoreOrder, waits: Bool,
        _ vault: OpenVault
    ) async throws(Fault) -> Int {
        let home = order.store ?? (before.row.versions.live?.item == nil ? .vault : .keyring)
        let placed = try await place(
            value, description, version: before.row.versions.next, of: before.id, in: home, vault)
        do throws(Fault) {
            try commitStage(placed, description, order, waits: waits, of: before.id, vault)
        } catch {
            abandon([placed])
            throw error
        }
        return placed.number
    }

    /// The one step that makes the version exist; its value may have taken time to get to the keyring.
    private func commitStage(
        _ placed: PlacedVersion, _ description: Description, _ order: StoreOrder, waits: Bool, of id: RecordID,
        _ vault: OpenVault
    ) throws(Fault) {
        guard try opened() === vault, var credential = try credential(id, vault),
            credential.row.versions.next == placed.number
        else { throw .changedMeanwhile(order.name) }
        try requireWanted([placed.item].compactMap(\.self), order.name)
        if let choice = order.probing {
            credential.row.probing = try self.probing(choice, kind: description.kind)
            credential.row.probingReason = nil
        }
        let now = surroundings.now()
        let grace = order.graceMilliseconds.map { Duration.milliseconds($0) }
        let number = credential.row.versions.stage(at: now, grace: grace, item: placed.item)
        var changes: [Change] = [.store(.insertVersion(placed.stored, number: number, of: credential.id))]
        var event = Event(event: .staged, version: number, detail: "waits for the provider's answer")
        if waits {
            credential.row.due.candidate = now
            credential.row.due.candidateFailures = 0
        } else {
            guard credential.row.versions.promote(keepingOldUntil: now + (grace ?? settings.grace)) else {
                throw .damaged
            }
            credential.row.standing = Standing(storedAt: now)
            (credential.row.observedExpiry, credential.row.facts) = (nil, nil)
            credential.row.postponed = nil
            credential.row.startOver(at: now)
            event = Event(event: .rotated, version: number, detail: "version \(number) is live")
        }
        changes += [.update(credential), .entry(event, of: credential.id)]
        if waits || credential.row.probing == .on { changes += try consent(description, of: credential.id, vault) }
        try commit(changes + goneValues(credential))
    }
}
