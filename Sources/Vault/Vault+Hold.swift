internal import Lifecycle
internal import Wire

extension Vault {
    /// What becomes of a bad answer that may be the network's fault; nil when it counts.
    func held(_ credential: inout Credential, _ outcome: Outcome, at now: Timestamp) -> [Event]? {
        let description = credential.description
        guard description.baseURL?.isLoopback != true else { return nil }
        let route = CorrelationHold.Route(kind: description.kind, host: host(for: description))
        if outcome.showsLife {
            correlation.proven(credential.id, on: route, at: now)
            return nil
        }
        guard outcome.kind.isDeath, credential.row.standing.verdict.canTurnBad else { return nil }
        let wasHolding = correlation.isHolding(at: now)
        guard case .held(let until) = correlation.turnedBad(credential.id, on: route, at: now) else { return nil }
        credential.row.remember(outcome, at: now)
        credential.row.postponed = Self.heldReason
        // Not all of them at the same moment.
        credential.row.due.live = until + .seconds(Int64(credential.id.seed % 300))
        guard !wasHolding else { return [] }
        let detail = "several went bad at once: no token is called dead before \(until.rfc3339)"
        return [Event(event: .held, version: credential.row.versions.live?.number, detail: detail)]
    }

    private static let heldReason = "held_by_correlation"
}

extension Verdict {
    /// Whether a bad answer would make it worse.
    fileprivate var canTurnBad: Bool {
        switch self {
        case .healthy, .degraded, .miswired, .unproven, .suspect: true
        case .unverified, .refused, .expired, .revoked: false
        }
    }
}
