internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// Vaults up to this size are looked at whole when somebody asks; larger ones behind everything else.
    private static let quicklyCounted: UInt64 = 20_000

    /// Looks at the next part of a vault that was just opened, or that another program wrote to.
    ///
    /// - Returns: false when all of it is known.
    func countOn() throws(Fault) -> Bool {
        guard case .open(let vault) = lock else { return false }
        try renewCensus(vault)
        let next = vault.state.withLock(\.census.next)
        guard let node = UInt8(exactly: next) else { return false }
        var rows = (found: [StoredRow](), damaged: 0)
        rows.damaged =
            try forEachRow(of: node, vault) { (row, isListed) throws(Fault) in
                if isListed { rows.found.append(row) } else { rows.damaged += 1 }
            } + rows.damaged
        rows.damaged += count(rows.found, vault)
        let damaged = rows.damaged
        vault.state.withLock { $0.census.filled(node, damaged: damaged) }
        return true
    }

    /// What is known now, with what time alone changed; all of it unless the vault is large and was just opened.
    func census(_ vault: OpenVault) throws(Fault) {
        try renewCensus(vault)
        if !vault.state.withLock(\.census.isComplete), vault.head.credentials <= Self.quicklyCounted {
            var found: [StoredRow] = []
            var damaged = 0
            damaged += try forEachRow(vault) { (row, isListed) throws(Fault) in
                if isListed { found.append(row) } else { damaged += 1 }
            }
            damaged += count(found, vault)
            let all = damaged
            vault.state.withLock { $0.census.filledAll(damaged: all) }
        }
        let now = surroundings.now()
        for id in vault.state.withLock({ $0.census.stale(at: now) }) {
            guard let stored = try storing({ () throws(StorageError) in try store.row(id) }) else { continue }
            _ = count([stored], vault)
        }
    }

    /// Forgets all when the store is not as this process left it.
    private func renewCensus(_ vault: OpenVault) throws(Fault) {
        let mark = try storing { () throws(StorageError) in try store.changeMark() }
        let count = Int(clamping: vault.head.credentials)
        vault.state.withLock { state in
            guard state.census.mark != mark else { return }
            state.census = Census(expecting: count)
            state.census.mark = mark
        }
    }

    /// How many of these cannot be read.
    private func count(_ rows: [StoredRow], _ vault: OpenVault) -> Int {
        rows.count { row in
            guard let credential = try? credential(row, vault) else { return true }
            if !isTurnedBack(credential, vault) { put(credential, vault) }
            return false
        }
    }

    /// What was written while the clock ran ahead must not keep a credential from being asked about.
    private func isTurnedBack(_ credential: Credential, _ vault: OpenVault) -> Bool {
        var (credential, now) = (credential, surroundings.now())
        let interval = schedule(for: credential.description).interval
        let again = now + .milliseconds(Int64(credential.id.seed % UInt64(max(1, interval.milliseconds))))
        guard credential.row.turnBack(to: now, reach: max(.days(3), interval * 2), again: again) else { return false }
        do throws(Fault) { try commit([.update(credential)]) } catch {
            surroundings.failed(error)
            return false
        }
        return true
    }

    /// What a commit wrote, when the census was true before it.
    func keepUp(_ touched: [Change], _ before: ChangeMark?, _ vault: OpenVault) {
        let mark = try? store.changeMark()
        guard vault.state.withLock({ $0.census.mark == before && before != nil }) else { return }
        for change in touched {
            switch change {
            case .insert(let credential), .update(let credential): put(credential, vault)
            case .remove(let id, _): vault.state.withLock { $0.census.remove(id) }
            case .store, .entry: break
            }
        }
        vault.state.withLock { $0.census.mark = mark }
    }

    private func put(_ credential: Credential, _ vault: OpenVault) {
        let (row, description) = (credential.row, credential.description)
        let standing = standing(of: credential)
        let until = restless(credential).map { UInt32(clamping: $0.milliseconds / 1000) }
        let host = host(for: description)
        vault.state.withLock { state in
            let entry = Census.Entry(
                name: description.name, state: standing.state,
                check: Check(verdict: standing.verdict, deadline: standing.deadline, probing: row.probing),
                isUrgent: row.probing != .paused && action(for: credential, standing.state) != nil,
                isAsked: row.probing == .on, hasOwnHosts: description.hosts != nil,
                host: state.census.place(ofHost: host), fingerprint: description.fingerprint.hashValue,
                until: until ?? .max)
            state.census.put(entry, credential.id)
        }
    }

    /// The next moment at which its state may be another although nothing was written.
    private func restless(_ credential: Credential) -> Timestamp? {
        let (row, now) = (credential.row, surroundings.now())
        if isClockDoubtful(for: credential.description) { return now + .minutes(1) }
        var times = [ownExpiry(credential)?.nextStep(after: now, warnBefore: settings.warnBefore)]
        if row.probing == .on, row.standing.canGoStale {
            let stale = row.standing.concludedAt + staleAfter(credential) + .seconds(1)
            if stale > now { times.append(stale) }
        }
        return times.compactMap(\.self).min()
    }

    /// Hosts that cannot be asked about each of their credentials as often as wanted.
    func crowdedHosts(_ vault: OpenVault) -> [CrowdedHost] {
        vault.state.withLock(\.census.loadedHosts).compactMap { host, credentials in
            let wanted =
                catalogue.policies.filter { $0.probe.hosts.first == host }
                .map { settings.probe.interval[$0.id] ?? $0.schedule.interval }.min() ?? .hours(12)
            let round = round(of: host)
            guard round > wanted else { return nil }
            return CrowdedHost(host: host, credentials: credentials, intervalSeconds: round.milliseconds / 1000)
        }.sorted { $0.host < $1.host }
    }
}
