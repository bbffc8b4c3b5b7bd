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
            let credential = try credential(name, vault)
            var status = StatusReport(
                credentials: [try report(credential, vault)], daemon: try daemonReport(), summary: nil)
            status.check = Int32(check(credential).rawValue)
            return status
        }
        try census(vault)
        var (names, counts, damaged, isWhole) = vault.state.withLock { state in
            (
                state.census.names(after: query.after, limit: min(max(0, query.limit ?? .max), Self.largestPage)),
                state.census.counts(),
                state.census.damaged, state.census.isComplete
            )
        }
        var reports: [CredentialReport] = []
        for name in names {
            if let found = try? credential(name, vault), let report = try? report(found, vault) {
                reports.append(report)
            } else {
                damaged += 1
            }
        }
        var status = StatusReport(
            credentials: reports, daemon: try daemonReport(),
            summary: Dictionary(uniqueKeysWithValues: counts.states.map { ($0.key.rawValue, $0.value) }))
        if !isWhole { status.uncounted = stillUncounted(vault) }
        status.damaged = max(damaged, vault.state.withLock { $0.scrub.findings.count })
        status.check = Int32(counts.check.rawValue)
        return status
    }

    /// How many credentials of a large vault that was just opened are not among what is told.
    private func stillUncounted(_ vault: OpenVault) -> Int? {
        let count = Int(clamping: vault.head.credentials) - vault.state.withLock(\.census.entries.count)
        return count > 0 ? count : nil
    }

    /// Their reports fit into one message.
    private static let largestPage = 5000

    private func lockedStatus(_ query: StatusQuery) throws(Fault) -> StatusReport {
        guard try condition() != .none else { throw try absence() }
        guard query.name == nil else { throw .locked }
        let count = try storing { () throws(StorageError) in try store.counts().rows }
        return StatusReport(credentials: [], daemon: try daemonReport(), summary: ["locked": count])
    }

    /// The verdict as of now: silence for too long counts, whoever kept silent.
    func verdict(_ credential: Credential) -> Verdict {
        let standing = credential.row.standing
        let isAsked = credential.row.probing == .on
        return standing.verdict(at: surroundings.now(), staleAfter: isAsked ? staleAfter(credential) : nil)
    }

    private func expiry(_ credential: Credential) -> (expiry: Expiry?, deadline: Deadline) {
        let expiry = credential.description.expiry(
            observed: credential.row.observedExpiry, lifetime: catalogue[id: credential.description.kind]?.lifetime)
        guard !isClockDoubtful(for: credential.description) else { return (expiry, .none) }
        let deadline = expiry?.deadline(
            now: surroundings.now(), warnBefore: settings.warnBefore, provenAt: credential.row.standing.provenAt)
        return (expiry, deadline ?? .none)
    }

    /// Where it stands now.
    func standing(of credential: Credential) -> (state: State, verdict: Verdict, deadline: Deadline) {
        let (verdict, deadline) = (verdict(credential), expiry(credential).deadline)
        return (State(verdict: verdict, deadline: deadline, probing: credential.row.probing), verdict, deadline)
    }

    private func check(_ credential: Credential) -> Check {
        let standing = standing(of: credential)
        return Check(verdict: standing.verdict, deadline: standing.deadline, probing: credential.row.probing)
    }

    /// What a person should run about it; nil for nothing.
    func action(for credential: Credential, _ state: State) -> String? {
        let (row, name) = (credential.row, credential.description.name)
        let action = nextAction(for: name, state: state, candidateRefused: row.versions.candidate?.refusal != nil)
        return action ?? (shownReason(row) == Self.unconfirmed ? "secret probe \(name)" : nil)
    }

    private func shownReason(_ row: CredentialRow) -> String? {
        (row.probing == .on ? row.postponed : nil) ?? row.probingReason ?? row.standing.reason
    }

    private func daemonReport() throws(Fault) -> DaemonReport {
        let slots = try slotReports()
        let locked = if case .open = lock { false } else { true }
        let weakest = slots.first { $0.kind == "machine" } ?? slots.first { $0.kind == "keyring" } ?? slots.first
        var report = DaemonReport(
            running: true, locked: locked, memory: LockedMemory.now, database: surroundings.database,
            slots: slots.map(\.kind), prober: surroundings.prober.isReachable(), protection: weakest?.protects ?? "")
        if clock.isDoubtful { report.clockSkewSeconds = clock.skew.map { $0.milliseconds / 1000 } }
        if case .open(let vault) = lock {
            report.freshness = vault.state.withLock(\.freshness).rawValue
            let crowded = crowdedHosts(vault)
            report.crowded = crowded.isEmpty ? nil : crowded
        }
        return report
    }

    func report(_ credential: Credential, _ vault: OpenVault) throws(Fault) -> CredentialReport {
        let (row, description) = (credential.row, credential.description)
        guard let live = row.versions.live else { throw .damaged }
        let expiry = expiry(credential).expiry
        let (state, verdict, deadline) = standing(of: credential)
        var report = CredentialReport(
            name: description.name, kind: description.kind, state: state, verdict: verdict,
            deadline: deadline, probing: row.probing, fingerprint: description.fingerprint,
            length: description.length, store: (live.item == nil ? ValueHome.vault : .keyring).rawValue,
            version: live.number, addedAt: live.storedAt)
        report.reason = shownReason(row)
        if row.probing == .on, row.postponed == Outage.reason { report.probing = .offline }
        report.expiresAt = expiry?.at.rfc3339
        report.expirySource = expiry?.source.rawValue ?? "none"
        report.versions = try row.versions.all.map { (version) throws(Fault) in
            let isKept = row.versions.kept.contains(version.number)
            let fingerprint =
                isKept ? try self.description(of: credential.id, version: version.number, vault).fingerprint : nil
            var report = CredentialReport.VersionReport(
                n: version.number, role: version.role, fingerprint: fingerprint, at: version.storedAt.rfc3339)
            let isAsked = version.role == .retiring && row.due.retiring != nil
            report.ended = isAsked ? nil : version.ended?.rfc3339
            report.stillWorks = version.stillWorks?.rfc3339
            return report
        }
        report.lastProbe = row.lastProbe.map { .init(at: $0.at.rfc3339, outcome: $0.outcome) }
        report.provenAt = row.standing.provenAt?.rfc3339
        let asked = row.probing == .on ? [row.due.live, row.due.candidate] : [row.isClosed ? row.due.reopening : nil]
        report.nextProbeAt = asked.compactMap(\.self).min()?.rfc3339
        report.dates.minted = description.minted?.rfc3339
        report.dates.pasted = description.pasted.rfc3339
        report.dates.declared = description.declaredExpiry?.rfc3339
        report.dates.observed = (row.observedExpiry ?? description.ownExpiry)?.rfc3339
        report.facts = row.facts ?? [:]
        report.requests = row.spent.map(CredentialReport.LedgerReport.init)
        report.hosts = hosts(of: description).map(\.description)
        report.account = description.account?.text
        report.consumers = consumers(of: credential, vault).map(CredentialReport.ConsumerReport.init)
        report.action = action(for: credential, state)
        return report
    }

    /// The most urgent credential that needs a person; nil when none does or the vault is locked. At most a minute old.
    package func attention() throws(Fault) -> Attention? {
        guard case .open(let vault) = lock else { return nil }
        let now = surroundings.now()
        if let known = vault.state.withLock(\.attention), now - known.at < .minutes(1), now >= known.at {
            return known.value
        }
        let found = try mostUrgent(vault)
        vault.state.withLock { $0.attention = (now, found) }
        return found
    }

    private func mostUrgent(_ vault: OpenVault) throws(Fault) -> Attention? {
        try census(vault)
        guard let (name, others) = vault.state.withLock({ $0.census.mostUrgent() }),
            let credential = try? credential(name, vault)
        else { return nil }
        let state = standing(of: credential).state
        return action(for: credential, state).map { Attention(name: name, state: state, action: $0, others: others) }
    }
}
