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
        let survey = try survey(vault)
        let summary = Dictionary(grouping: survey.reports, by: \.state.rawValue).mapValues(\.count)
        let page = survey.reports.filter { report in query.after.map { report.name > $0 } ?? true }
        var status = StatusReport(
            credentials: Array(page.prefix(max(0, query.limit ?? page.count))), daemon: try daemonReport(),
            summary: summary)
        status.damaged = max(survey.damaged, vault.state.withLock { $0.scrub.findings.count })
        status.check = Int32(survey.check)
        return status
    }

    private func lockedStatus(_ query: StatusQuery) throws(Fault) -> StatusReport {
        guard try condition() != .none else { throw try absence() }
        guard query.name == nil else { throw .locked }
        let count = try storing { () throws(StorageError) in try store.counts().rows }
        return StatusReport(credentials: [], daemon: try daemonReport(), summary: ["locked": count])
    }

    /// All that authenticate, in the order of names, and how many do not.
    func allCredentials(_ vault: OpenVault) throws(Fault) -> (intact: [Credential], damaged: Int) {
        var found: [Credential] = []
        var damaged = 0
        let gone = try forEachRow(vault) { (row, isListed) throws(Fault) in
            if isListed, let credential = try? credential(row, vault) { found.append(credential) } else { damaged += 1 }
        }
        return (found.sorted { $0.description.name < $1.description.name }, damaged + gone)
    }

    private func survey(_ vault: OpenVault) throws(Fault) -> (reports: [CredentialReport], check: Int, damaged: Int) {
        var (intact, damaged) = try allCredentials(vault)
        var reports: [CredentialReport] = []
        for credential in intact {
            if let report = try? report(credential, vault) { reports.append(report) } else { damaged += 1 }
        }
        return (reports, (intact.map(check).max() ?? .well).rawValue, damaged)
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

    private func check(_ credential: Credential) -> Check {
        Check(
            verdict: verdict(credential), deadline: expiry(credential).deadline, probing: credential.row.probing)
    }

    private func daemonReport() throws(Fault) -> DaemonReport {
        let slots = try slotReports()
        let locked = if case .open = lock { false } else { true }
        let weakest = slots.first { $0.kind == "machine" } ?? slots.first { $0.kind == "keyring" } ?? slots.first
        var report = DaemonReport(
            running: true, locked: locked, memory: LockedMemory.now, database: surroundings.database,
            slots: slots.map(\.kind), prober: surroundings.prober.isReachable(), protection: weakest?.protects ?? "")
        if clock.isDoubtful { report.clockSkewSeconds = clock.skew.map { $0.milliseconds / 1000 } }
        if case .open(let vault) = lock { report.freshness = vault.state.withLock(\.freshness).rawValue }
        return report
    }

    func report(_ credential: Credential, _ vault: OpenVault) throws(Fault) -> CredentialReport {
        let (row, description) = (credential.row, credential.description)
        guard let live = row.versions.live else { throw .damaged }
        let (expiry, deadline) = expiry(credential)
        let verdict = verdict(credential)
        let state = State(verdict: verdict, deadline: deadline, probing: row.probing)
        var report = CredentialReport(
            name: description.name, kind: description.kind, state: state, verdict: verdict,
            deadline: deadline, probing: row.probing, fingerprint: description.fingerprint,
            length: description.length, store: (live.item == nil ? ValueHome.vault : .keyring).rawValue,
            version: live.number, addedAt: live.storedAt)
        report.reason = (row.probing == .on ? row.postponed : nil) ?? row.probingReason ?? row.standing.reason
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
        report.action = nextAction(
            for: description.name, state: state, candidateRefused: row.versions.candidate?.refusal != nil)
        if report.reason == Self.unconfirmed, report.action == nil {
            report.action = "secret probe \(description.name)"
        }
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
        let urgent = try survey(vault).reports.filter { $0.action != nil && $0.probing != .paused }
        guard let first = urgent.min(by: { $0.state < $1.state }), let action = first.action else { return nil }
        return Attention(name: first.name, state: first.state, action: action, others: urgent.count - 1)
    }
}
