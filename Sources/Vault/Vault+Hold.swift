internal import Lifecycle
internal import Wire

extension Vault {
    /// What becomes of a bad answer that may be the network's fault; nil when it counts.
    ///
    /// - Parameters:
    ///   - heldUntil: the end of a hold that stands written of it.
    ///   - reported: it was not our question that was answered, so a proof says nothing about our way to the provider.
    func held(
        _ credential: inout Credential, _ outcome: Outcome, heldUntil: Timestamp?, reported: Bool, at now: Timestamp
    ) -> [Event]? {
        let description = credential.description
        guard description.baseURL?.isLoopback != true else { return nil }
        let route = CorrelationHold.Route(kind: description.kind, host: host(for: description))
        if outcome.showsLife {
            correlation.proven(credential.id, on: reported ? nil : route, at: now)
            return nil
        }
        guard outcome.kind.isDeath, credential.row.standing.verdict.canTurnBad else { return nil }
        if let heldUntil { correlation.recall(credential.id, heldUntil: heldUntil, at: now) }
        let wasHolding = correlation.isHolding(at: now)
        guard case .held(let until) = correlation.turnedBad(credential.id, on: route, at: now) else { return nil }
        credential.row.remember(outcome, at: now)
        credential.row.postponed = Self.heldReason
        let again = until + Self.place(after: credential.id)
        credential.row.due.live = again
        if credential.row.isClosed { credential.row.due.reopening = again }
        guard !wasHolding else { return [] }
        let detail = "several went bad at once: no token is called dead before \(until.rfc3339)"
        return [Event(event: .held, version: credential.row.versions.live?.number, detail: detail)]
    }

    /// The end of the hold that a row tells of; nil when it tells of none.
    func heldUntil(_ credential: Credential) -> Timestamp? {
        guard credential.row.postponed == Self.heldReason else { return nil }
        return credential.row.due.live.map { $0 - Self.place(after: credential.id) }
    }

    /// Not all of them at the same moment.
    private static func place(after id: RecordID) -> Duration { .seconds(Int64(id.seed % 300)) }

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
