internal import Lifecycle
internal import Wire

extension Vault {
    /// When a person is to be told something that no answer brings: the next step towards an end, or that silence has lasted too long.
    func noticeDue(_ credential: Credential) -> Timestamp? {
        let row = credential.row
        guard row.probing != .paused else { return nil }
        let now = surroundings.now()
        if isClockDoubtful(for: credential.description) { return now + .hours(1) }
        var times: [Timestamp] = []
        if reminder(credential, at: now) != nil { times.append(now) }
        if !credential.row.standing.verdict.isEnded, let expiry = ownExpiry(credential),
            let next = expiry.nextStep(after: now, warnBefore: settings.warnBefore)
        {
            times.append(next)
        }
        if row.probing == .on, row.standing.verdict != .unproven, row.standing.canGoStale {
            times.append(row.standing.concludedAt + staleAfter(credential) + .milliseconds(1))
        }
        return times.min()
    }

    /// Tells each step towards an end once, and a silence that has lasted too long once.
    func remind(_ id: RecordID, at now: Timestamp) throws(Fault) {
        let vault = try opened()
        guard var credential = try credential(id, vault), let due = credential.row.due.notice, due <= now else {
            return
        }
        var events: [Event] = []
        let number = credential.row.versions.live?.number
        if !isClockDoubtful(for: credential.description), credential.row.probing != .paused {
            if let reminder = reminder(credential, at: now) {
                credential.row.reminded = reminder
                events.append(Event(event: .deadline, version: number, detail: reminder.words))
            }
            let verdict = credential.row.standing.verdict
            if verdict != .unproven, self.verdict(credential) == .unproven {
                credential.row.standing.verdict = .unproven
                events.append(
                    Event(event: .verdict, version: number, detail: "\(verdict.name) -> unproven (no_answer)"))
                events.append(Event(event: .needsPerson, version: number, detail: "unproven"))
            }
        }
        try commit([.update(credential)] + events.map { Change.entry($0, of: id) })
    }

    private func reminder(_ credential: Credential, at now: Timestamp) -> Reminder? {
        credential.row.standing.verdict.isEnded
            ? nil
            : ownExpiry(credential)?.reminder(
                at: now, warnBefore: settings.warnBefore, provenAt: credential.row.standing.provenAt,
                told: credential.row.reminded)
    }

    func ownExpiry(_ credential: Credential) -> Expiry? {
        credential.description.expiry(
            observed: credential.row.observedExpiry, lifetime: catalogue[id: credential.description.kind]?.lifetime)
    }

    /// Whether times are not believed because providers tell another time than this machine.
    func isClockDoubtful(for description: Description) -> Bool { clock.isDoubtful(for: host(for: description)) }
}

extension Verdict {
    /// Nothing is told of the end of what does not work anyway.
    fileprivate var isEnded: Bool { isDead || self == .refused }
}
