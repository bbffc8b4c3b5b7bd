internal import Lifecycle
internal import Synchronization
internal import Wire

extension Vault {
    /// How long after a refusal of a kind one of its credentials is asked about again.
    static let reopening = Duration.days(1)

    /// Without what a person was told already: that the endpoint is closed is told once for a kind.
    func news(_ events: [Event], of credential: Credential, _ vault: OpenVault) throws(Fault) -> [Event] {
        guard events.contains(where: { $0.event == .endpointClosed }),
            try others(at: credential, vault).contains(where: \.row.isClosed)
        else { return events }
        return events.filter { $0.event != .endpointClosed }
    }

    /// Credentials of the same kind that are asked about at the same address, in the order of names.
    private func others(at credential: Credential, _ vault: OpenVault) throws(Fault) -> [Credential] {
        try census(vault)
        let address = host(for: credential.description)
        let ids = vault.state.withLock { state in
            let place = state.census.place(ofHost: address)
            return state.census.ids { $0.host == place }
        }
        return ids.filter { $0 != credential.id }.compactMap { (try? self.credential($0, vault)) ?? nil }
            .filter { $0.description.kind == credential.description.kind }
            .sorted { $0.description.name < $1.description.name }
    }

    /// What an endpoint that closes to a kind, or opens again, means for the others of the kind: no token is blamed for it.
    func followers(of credential: Credential, _ events: [Event], _ vault: OpenVault) throws(Fault) -> [Change] {
        let closes = credential.row.isClosed
        guard closes || events.contains(where: { $0.event == .endpointOpened }) else { return [] }
        let now = surroundings.now()
        var place = 0
        var changes: [Change] = []
        for var other in try others(at: credential, vault) {
            if closes, other.row.probing == .on || other.row.isClosed {
                (other.row.probing, other.row.probingReason) = (.passive, credential.row.probingReason)
                // Whoever asks puts the others off, so that the next one steps in when it is removed or paused.
                place += 1
                other.row.due.reopening = now + Self.reopening * 2 + .minutes(Int64(place))
            } else if !closes, other.row.probing == .passive, other.row.probingReason != nil {
                (other.row.probing, other.row.probingReason, other.row.due.reopening) = (.on, nil, nil)
                // Nobody asked meanwhile, so silence counts from now.
                other.row.standing.concludedAt = max(other.row.standing.concludedAt, now)
                place += 1
                other.row.due.live = schedule(for: other.description).firstDue(
                    place: place, seed: other.id.seed, now: now)
            } else {
                continue
            }
            changes.append(.update(other))
        }
        return changes
    }

    /// Falls back to passive when the endpoint closed, and goes on when an answer shows that it is open again.
    func closure(_ credential: inout Credential, _ outcome: Outcome, _ isClosed: Bool, at now: Timestamp) -> [Event] {
        let wasClosed = credential.row.probingReason != nil
        if isClosed, credential.row.probing == .on || wasClosed {
            credential.row.probing = .passive
            credential.row.probingReason = outcome.reason
            credential.row.due.reopening = now + Self.reopening
            guard !wasClosed else { return [] }
            return [
                Event(
                    event: .endpointClosed, version: nil,
                    detail: "probing of \(credential.description.kind) is passive now")
            ]
        }
        guard wasClosed else { return [] }
        guard credential.row.standing.failures == 0 else {
            credential.row.due.reopening = now + Self.reopening
            return []
        }
        (credential.row.probing, credential.row.probingReason, credential.row.due.reopening) = (.on, nil, nil)
        return [
            Event(event: .endpointOpened, version: nil, detail: "probing of \(credential.description.kind) goes on")
        ]
    }
}
