internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Redacted by nature: no character of any value.
    ///
    /// - Throws: `.noSuch`; locked only for a named credential, because without a name the counts can be told.
    package func status(_ query: StatusQuery) throws(Fault) -> StatusReport {
        guard case .open(let vault) = lock else { return try lockedStatus(query) }
        if let name = query.name {
            return StatusReport(
                credentials: [try report(credential(name, vault), vault)], daemon: try daemonReport(), summary: nil)
        }
        let all = try allCredentials(vault).map { (credential) throws(Fault) in try report(credential, vault) }
        let summary = Dictionary(grouping: all, by: \.state.rawValue).mapValues(\.count)
        let page = all.filter { report in query.after.map { report.name > $0 } ?? true }
        return StatusReport(
            credentials: Array(page.prefix(max(0, query.limit ?? page.count))), daemon: try daemonReport(), summary: summary)
    }

    private func lockedStatus(_ query: StatusQuery) throws(Fault) -> StatusReport {
        guard try condition() != .none else { throw .noVault }
        guard query.name == nil else { throw .locked }
        let count = try storing { () throws(StorageError) in try store.count() }
        return StatusReport(credentials: [], daemon: try daemonReport(), summary: ["locked": count])
    }

    /// All of them in the order of names.
    func allCredentials(_ vault: OpenVault) throws(Fault) -> [Credential] {
        var found: [Credential] = []
        var last: RecordID?
        while true {
            let rows = try storing { () throws(StorageError) in try store.rows(after: last, limit: 500) }
            for row in rows { found.append(try credential(row, vault)) }
            guard let end = rows.last, rows.count == 500 else { break }
            last = end.id
        }
        return found.sorted { $0.description.name < $1.description.name }
    }

    private func daemonReport() throws(Fault) -> DaemonReport {
        let slots = try slotReports()
        let locked = if case .open = lock { false } else { true }
        let weakest = slots.first { $0.kind == "machine" } ?? slots.first { $0.kind == "keyring" } ?? slots.first
        return DaemonReport(
            running: true, locked: locked, memoryLocked: LockedMemory.isHeld(), database: surroundings.database,
            slots: slots.map(\.kind), prober: surroundings.prober.isReachable(), protection: weakest?.protects ?? "")
    }

    func report(_ credential: Credential, _ vault: OpenVault) throws(Fault) -> CredentialReport {
        let (row, description, now) = (credential.row, credential.description, surroundings.now())
        guard let live = row.versions.live else { throw .damaged }
        let expiry = description.expiry(
            observed: row.observedExpiry, lifetime: catalogue[id: description.kind]?.lifetime)
        let deadline = expiry?.deadline(
            now: now, warnBefore: settings.warnBefore, provenAt: row.standing.provenAt) ?? Deadline.none
        let state = State(verdict: row.standing.verdict, deadline: deadline, probing: row.probing)
        var report = CredentialReport(
            name: description.name, kind: description.kind, state: state, verdict: row.standing.verdict,
            deadline: deadline, probing: row.probing, fingerprint: description.fingerprint,
            length: description.length, store: "vault", version: live.number, addedAt: live.storedAt)
        report.reason = row.probingReason ?? row.standing.reason
        report.expiresAt = expiry?.at.rfc3339
        report.expirySource = expiry?.source.rawValue ?? "none"
        report.versions = try row.versions.all.suffix(16).map { (version) throws(Fault) in
            let known = row.versions.kept.contains(version.number)
            let fingerprint = known
                ? try self.description(of: credential.id, version: version.number, vault).fingerprint : "gone"
            return .init(n: version.number, role: version.role, fingerprint: fingerprint, at: version.storedAt.rfc3339)
        }
        report.lastProbe = row.lastProbe.map { .init(at: $0.at.rfc3339, outcome: $0.outcome) }
        report.provenAt = row.standing.provenAt?.rfc3339
        report.nextProbeAt = row.probing == .on ? [row.due.live, row.due.candidate].compactMap(\.self).min()?.rfc3339 : nil
        report.action = nextAction(
            for: description.name, state: state, candidateRefused: row.versions.candidate?.refusal != nil)
        return report
    }

    /// The most urgent credential that needs a person; nil when none does or the vault is locked. At most a minute old.
    package func attention() throws(Fault) -> Attention? {
        guard case .open(let vault) = lock else { return nil }
        let now = surroundings.now()
        if let known = vault.attention.withLock(\.self), now - known.at < .minutes(1), now >= known.at {
            return known.value
        }
        let found = try mostUrgent(vault)
        vault.attention.withLock { $0 = (now, found) }
        return found
    }

    private func mostUrgent(_ vault: OpenVault) throws(Fault) -> Attention? {
        let urgent = try allCredentials(vault).map { (credential) throws(Fault) in try report(credential, vault) }
            .filter { $0.action != nil && $0.probing != .paused }
        guard let first = urgent.min(by: { $0.state < $1.state }), let action = first.action else { return nil }
        return Attention(name: first.name, state: first.state, action: action, others: urgent.count - 1)
    }
}
