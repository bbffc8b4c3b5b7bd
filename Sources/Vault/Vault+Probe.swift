package import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Asks the provider now, whatever the schedule says; counts as one confirmation.
    ///
    /// - Returns: the result, or the question that must be answered before a kind is asked for the first time.
    ///
    /// - Parameter spends: whether a person agreed to a request that is billed.
    package func probe(_ name: CredentialName, accepted: Bool, spends: Bool = false) async throws(Fault) -> Answer {
        let vault = try opened()
        let before = try credential(name, vault)
        if let reason = reasonNotToAsk(before, spends: spends) {
            return .probed(try probeResult(before, nil, reason, vault))
        }
        if let question = try question(for: before.description, accepted: accepted, vault) {
            return .question(question)
        }
        let agreed = try consent(before.description, of: before.id, vault)
        if !agreed.isEmpty { try commit(agreed) }
        let isBusy = turns.isAsking(before.id)
        let outcome = try await askAll(before.id, spends: spends)
        guard let after = try credential(before.id, vault) else { throw .noSuch(name) }
        let skipped = isBusy ? "a probe is under way" : after.row.postponed ?? "the prober does not answer"
        return .probed(try probeResult(after, outcome, outcome == nil ? skipped : nil, vault))
    }

    private func reasonNotToAsk(_ credential: Credential, spends: Bool) -> String? {
        let kind = credential.description.kind
        if credential.row.probing == .off { return "probing is off" }
        if catalogue[id: kind]?.probe.request == nil { return "no request can be made about its kind" }
        guard isBilled(kind), !spends else { return nil }
        return "a request is billed; run: secret probe \(credential.description.name) --spend"
    }

    func probeResult(
        _ credential: Credential, _ outcome: Outcome?, _ skipped: String?, _ vault: OpenVault
    ) throws(Fault) -> ProbeResult {
        let report = try report(credential, vault)
        return ProbeResult(
            name: report.name, outcome: outcome.map(OutcomeReport.init), skipped: skipped, state: report.state,
            action: report.action)
    }

    /// The live value and the candidate; the roles are read again after the first answer, which may have changed them.
    private func askAll(_ id: RecordID, spends: Bool) async throws(Fault) -> Outcome? {
        var outcome: Outcome?
        for role in [Version.Role.live, .candidate] {
            guard let number = try credential(id, opened())?.row.versions.number(of: role) else { continue }
            outcome = try await ask(id, version: number, spends: spends) ?? outcome
        }
        return outcome
    }

    /// The first question about a value that is stored already: what goes wrong with it is a note, not a failure.
    func askFirst(
        _ id: RecordID, version: Int, _ token: SecretBox?
    ) async -> (outcome: Outcome?, note: String?) {
        do throws(Fault) {
            let outcome = try await ask(id, version: version, token)
            return (outcome, outcome == nil ? "its provider was not asked yet; the timer asks it" : nil)
        } catch {
            surroundings.failed(error)
            return (nil, "its provider was not asked: \(error.message)")
        }
    }

    /// Sends one version's token to the prober and settles what it answers; nil when nobody was asked.
    ///
    /// - Parameter token: the version's value, when the caller has it.
    func ask(
        _ id: RecordID, version: Int, _ token: SecretBox? = nil, spends: Bool = false
    ) async throws(Fault) -> Outcome? {
        let vault = try opened()
        guard turns.begin(id) else { return nil }
        defer { turns.answered(id) }
        guard let credential = try credential(id, vault) else { return nil }
        let description = try description(of: id, version: version, vault)
        if try isUnconfirmed(description, vault) {
            try postpone(id, by: .hours(1), because: Self.unconfirmed)
            return nil
        }
        let token =
            if let token { token } else { try await self.token(credential, version: version, vault) }
        var order = ProbeOrder(kind: description.kind, baseURL: description.baseURL?.description)
        order.spends = spends ? true : nil
        order.policyDigest = catalogue[id: description.kind]?.origin.digest
        let start = surroundings.now()
        let report = await surroundings.prober.probe(order, token: token)
        turns.used(host(for: description), requests: report.requests, at: start)
        guard report.outcome.reason != ProbeReport.unreachable else {
            try postpone(id, by: .seconds(30))
            return nil
        }
        guard report.outcome.reason != Outage.reason else {
            try postpone(id, by: outage.failed(at: surroundings.now()), because: Outage.reason)
            return nil
        }
        let isLocal = description.baseURL?.isLoopback ?? false
        if report.requests > 0, !isLocal { outage.ended() }
        if let skew = report.skewMilliseconds {
            let before = clock
            clock.heard(.milliseconds(skew), from: host(for: description), isLoopback: isLocal)
            // By another clock other ends are near.
            if clock.isDoubtful(for: host(for: description)) != before.isDoubtful(for: host(for: description)) {
                vault.state.withLock { $0.census.startOver() }
            }
        }
        try settle(report, of: id, version: version)
        return report.outcome
    }

    /// The reason code of what waits for `secret probe NAME`, where a person is asked.
    static let unconfirmed = "policy_unconfirmed"

    /// A prober or a keyring that is away says nothing about a token: the credential keeps its standing and is asked again soon.
    func postpone(_ id: RecordID, by time: Duration, because reason: String? = nil) throws(Fault) {
        let vault = try opened()
        guard var credential = try credential(id, vault) else { return }
        credential.row.postponed = reason
        credential.row.putOff(until: surroundings.now() + time)
        try commit([.update(credential)])
    }

    /// Writes what an outcome means: for the live version a new standing, for a candidate its promotion or refusal.
    ///
    /// - Parameter reported: it was not our question that was answered.
    func settle(_ report: ProbeReport, of id: RecordID, version: Int, reported: Bool = false) throws(Fault) {
        let vault = try opened()
        guard var credential = try credential(id, vault) else { return }
        let (now, outcome) = (surroundings.now(), report.outcome)
        let heldUntil = heldUntil(credential)
        credential.row.postponed = nil
        credential.row.note(requests: report.requests, billed: isBilled(credential.description.kind), at: now)
        let said = "\(outcome.kind.rawValue) (\(outcome.reason))"
        var events = [Event(event: .probed, version: version, detail: reported ? "reported: \(said)" : said)]
        if version == credential.row.versions.live?.number {
            if let held = held(&credential, outcome, heldUntil: heldUntil, reported: reported, at: now) {
                events += held
            } else {
                events += judgeLive(&credential, outcome, reported: reported, at: now)
            }
        } else if version == credential.row.versions.candidate?.number {
            events += try judgeCandidate(&credential, outcome, at: now, vault)
        } else if version == credential.row.versions.previous?.number {
            events += judgeRetiring(&credential, outcome, version: version, at: now)
        } else {
            return
        }
        let told = try news(events, of: credential, vault)
        let others = reported ? [] : try followers(of: credential, events, vault)
        try commit([.update(credential)] + told.map { .entry($0, of: id) } + goneValues(credential) + others)
    }

    private func judgeLive(
        _ credential: inout Credential, _ outcome: Outcome, reported: Bool = false, at now: Timestamp
    ) -> [Event] {
        let before = credential.row.standing.verdict
        // Where the kind is refused at the endpoint, silence says nothing about a token.
        let isRefused = outcome.closesEndpoint || credential.row.isClosed
        let (standing, effects) = credential.row.standing.after(
            outcome, at: now, confirmedBy: settings.confirm[outcome.profile],
            staleAfter: isRefused ? nil : staleAfter(credential))
        credential.row.standing = standing
        credential.row.remember(outcome, at: now)
        credential.row.due.live = schedule(for: credential.description).due(
            after: outcome, standing: standing, seed: credential.id.seed, now: now)
        let number = credential.row.versions.live?.number
        var events: [Event] = []
        if standing.verdict.name != before.name {
            let detail = "\(before.name) -> \(standing.verdict.name) (\(outcome.reason))"
            events.append(Event(event: .verdict, version: number, detail: detail))
        }
        if effects.contains(.needsPerson) {
            events.append(Event(event: .needsPerson, version: number, detail: standing.verdict.name))
        }
        if effects.contains(.recovered) {
            events.append(Event(event: .recovered, version: number, detail: standing.verdict.name))
        }
        // Others ask elsewhere than we do: their answers neither close nor open where we ask.
        if reported { return events }
        return events + closure(&credential, outcome, effects.contains(.endpointClosed), at: now)
    }

    private func judgeCandidate(
        _ credential: inout Credential, _ outcome: Outcome, at now: Timestamp, _ vault: OpenVault
    ) throws(Fault) -> [Event] {
        if outcome.showsLife {
            let before = standing(of: credential)
            let event = try goLive(&credential, at: now, vault)
            _ = held(&credential, outcome, heldUntil: nil, reported: false, at: now)
            let events = [event] + judgeLive(&credential, outcome, at: now)
            guard before.verdict.needsPerson || before.deadline == .past else { return events }
            let live = credential.row.versions.live?.number
            return events + [Event(event: .recovered, version: live, detail: credential.row.standing.verdict.name)]
        }
        let number = credential.row.versions.candidate?.number
        if outcome.kind.isDeath || outcome.kind == .wrongKind {
            credential.row.versions.refuseCandidate(reason: outcome.reason)
            credential.row.due.candidate = nil
            return [Event(event: .refused, version: number, detail: outcome.reason)]
        }
        credential.row.due.candidateFailures += 1
        var standing = Standing(storedAt: now)
        standing.failures = credential.row.due.candidateFailures
        credential.row.due.candidate = schedule(for: credential.description).due(
            after: outcome, standing: standing, seed: credential.id.seed, now: now)
        return []
    }

    /// Makes the candidate live and keeps the old value for `undo`.
    private func goLive(_ credential: inout Credential, at now: Timestamp, _ vault: OpenVault) throws(Fault) -> Event {
        let grace = credential.row.versions.candidate?.grace ?? settings.grace
        guard credential.row.versions.promote(keepingOldUntil: now + grace), let live = credential.row.versions.live
        else {
            throw Fault(.fault, "no_candidate", "there is no staged value to make live")
        }
        try becameLive(&credential, at: now, vault)
        return Event(event: .rotated, version: live.number, detail: "version \(live.number) is live")
    }

    /// Starts the live version's life over after another version took its place.
    func becameLive(_ credential: inout Credential, at now: Timestamp, _ vault: OpenVault) throws(Fault) {
        guard let live = credential.row.versions.live else { throw .damaged }
        credential.description = try description(of: credential.id, version: live.number, vault)
        credential.row.standing = Standing(storedAt: now)
        (credential.row.observedExpiry, credential.row.facts) = (nil, nil)
        credential.row.startOver(at: now)
    }

    /// - Note: the policy's minimum protects providers; a loopback address is asked as often as configured.
    func schedule(for description: Description) -> Schedule {
        let policy = catalogue[id: description.kind]
        let wanted = settings.probe.interval[description.kind] ?? policy?.schedule.interval ?? .hours(12)
        let isLocal = description.baseURL?.isLoopback ?? false
        let least = isLocal ? wanted : max(wanted, policy?.schedule.minimum ?? .hours(1))
        let interval = max(least, round(of: host(for: description)))
        return Schedule(
            interval: interval, recheck: settings.confirm.recheck, backoffFirst: settings.backoff.first,
            backoffMost: settings.backoff.most)
    }

    /// The least time in which a host can be asked once about each credential, with room for what is asked besides.
    func round(of host: String) -> Duration {
        guard case .open(let vault) = lock else { return .zero }
        let load = vault.state.withLock { $0.census.load(of: host) }
        return settings.probe.hostRate * load / 4 * 5
    }

    /// - Note: by a clock that is in doubt nobody was silent.
    func staleAfter(_ credential: Credential) -> Duration {
        guard !isClockDoubtful(for: credential.description) else { return .days(36_500) }
        return max(settings.unprovenAfter, schedule(for: credential.description).interval * 2)
    }
}
