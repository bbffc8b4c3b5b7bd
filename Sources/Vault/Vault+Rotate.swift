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
        var credential = try credential(order.name, vault)
        let kind = order.kind ?? credential.description.kind
        let intake: Intake
        switch try Intake.read(paste, order, verb: "rotate", wanted: kind, catalogue) {
        case .question(let question): return .question(question)
        case .taken(let taken): intake = taken
        }
        let baseURL = try Self.baseURL(order.baseURL, verb: "rotate") ?? credential.description.baseURL
        let description = try describe(intake, order, baseURL: baseURL, vault)
        guard description.fingerprint != credential.description.fingerprint else {
            throw Fault(
                .refused, "same_value",
                "this is the value that is stored already (\(description.fingerprint)); nothing was changed",
                hint: "secret status \(order.name)")
        }
        if let choice = order.probing { apply(choice, to: &credential) }
        // A pause stops the timer; whoever pastes now wants to know.
        let asks = credential.row.probing == .on || credential.row.probing == .paused
        if asks, let question = try question(for: description, accepted: order.accepted.contains(.probe), vault) {
            return .question(question)
        }
        let number = try stage(&credential, description, intake.value, order, waits: asks && !order.now, vault)
        let first = asks ? await askFirst(credential.id, version: number) : (outcome: nil, note: nil)
        let notes = intake.notes + [first.note].compactMap(\.self)
        return .stored(
            try stored(
                credential.id, version: number, description, removed: intake.removed, notes: notes,
                outcome: first.outcome, vault))
    }

    private func apply(_ choice: StoreOrder.ProbeChoice, to credential: inout Credential) {
        switch choice {
        case .active: credential.row.probing = .on
        case .passive: credential.row.probing = .passive
        case .off: credential.row.probing = .off
        }
        credential.row.probingReason = nil
    }

    /// Writes the new version: as a candidate when it waits for an answer, else live. Returns its number.
    private func stage(
        _ credential: inout Credential, _ description: Description, _ value: SecretBox, _ order: StoreOrder,
        waits: Bool, _ vault: OpenVault
    ) throws(Fault) -> Int {
        let now = surroundings.now()
        let grace = order.graceMilliseconds.map { Duration.milliseconds($0) }
        let number = credential.row.versions.stage(at: now, grace: grace)
        let version = try sealed(value, description, version: number, of: credential.id, vault)
        var changes: [Change] = [.store(.insertVersion(version, number: number, of: credential.id))]
        var event = Event(event: .staged, version: number, detail: "waits for the provider's answer")
        if waits {
            credential.row.due.candidate = now
            credential.row.due.candidateFailures = 0
        } else {
            guard credential.row.versions.promote(keepingOldUntil: now + (grace ?? settings.grace)) else {
                throw .damaged
            }
            credential.row.standing = Standing(storedAt: now)
            credential.row.observedExpiry = nil
            credential.row.due = CredentialRow.Due(live: credential.row.probing == .on ? now : nil)
            event = Event(event: .rotated, version: number, detail: "version \(number) is live")
        }
        changes += [.update(credential), .entry(event, of: credential.id)]
        if waits || credential.row.probing == .on { changes += try consent(description, of: credential.id, vault) }
        try commit(changes + goneValues(credential))
        return number
    }
}
