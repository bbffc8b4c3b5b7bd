/// Holds back deaths that come together: a network or a provider in trouble looks like many dead tokens at once.
///
/// facts/providers.md §6: two credentials that turn bad within 15 minutes freeze all downgrades for an hour. A credential is held at most
/// once in a day unless it is proven alive meanwhile, so that a fleet that is really dead is found within its confirmation time and one hour.
package struct CorrelationHold: Equatable, Sendable {
    package static let window = Duration.minutes(15)
    package static let span = Duration.hours(1)
    /// How long a credential that was held is not held again.
    package static let respite = Duration.hours(24)
    /// How fresh a proof of another credential must be to show that the way to its provider is good.
    package static let siblingProof = Duration.minutes(10)

    /// Where a credential is asked about: its kind and its host.
    package struct Route: Hashable, Sendable {
        package var kind: String
        package var host: String

        package init(kind: String, host: String) {
            self.kind = kind
            self.host = host
        }
    }

    package enum Ruling: Equatable, Sendable {
        /// The answer counts.
        case counts
        /// It does not count, nor does it clear anything; ask again then.
        case held(until: Timestamp)
    }

    private var turned: [RecordID: Timestamp] = [:]
    /// The two newest of each route: one of them is somebody else's.
    private var proofs: [Route: [Proof]] = [:]
    private var heldAt: [RecordID: Timestamp] = [:]
    private var until: Timestamp?

    private struct Proof: Equatable {
        let id: RecordID
        let at: Timestamp
    }

    package init() {}

    /// Whether a hold is on.
    package func isHolding(at now: Timestamp) -> Bool { until.map { now < $0 } ?? false }

    /// A credential was proven alive, so that it may be held again.
    ///
    /// - Parameter route: the way that the proof came; nil when it was not ours.
    package mutating func proven(_ id: RecordID, on route: Route?, at now: Timestamp) {
        if let route {
            let others = (proofs[route] ?? []).filter { $0.id != id }
            proofs[route] = others.suffix(1) + [Proof(id: id, at: now)]
        }
        (turned[id], heldAt[id]) = (nil, nil)
    }

    /// What stands written of a hold that was forgotten, as by a restart.
    package mutating func recall(_ id: RecordID, heldUntil end: Timestamp, at now: Timestamp) {
        guard heldAt[id] == nil else { return }
        heldAt[id] = end - Self.span
        if now < end { until = max(until ?? end, end) }
    }

    /// A bad answer about a credential that was not bad before, or is suspected.
    package mutating func turnedBad(_ id: RecordID, on route: Route, at now: Timestamp) -> Ruling {
        forget(before: now)
        if heldAt[id] == nil { turned[id] = now }
        // It may be older than the trouble: what counts now is still remembered when the next answers come.
        guard !hasProof(besides: id, on: route, at: now) else { return .counts }
        if let until, now < until { return hold(id, until: until, at: now) }
        guard turned.count > 1, turned[id] != nil else { return .counts }
        let end = now + Self.span
        until = end
        turned = [:]
        return hold(id, until: end, at: now)
    }

    private mutating func hold(_ id: RecordID, until end: Timestamp, at now: Timestamp) -> Ruling {
        if let since = heldAt[id], since < end - Self.span { return .counts }
        heldAt[id] = heldAt[id] ?? now
        return .held(until: end)
    }

    private func hasProof(besides id: RecordID, on route: Route, at now: Timestamp) -> Bool {
        proofs[route]?.contains { $0.id != id && now >= $0.at && now - $0.at <= Self.siblingProof } ?? false
    }

    private mutating func forget(before now: Timestamp) {
        turned = turned.filter { now - $0.value <= Self.window && now >= $0.value }
        heldAt = heldAt.filter { now - $0.value < Self.respite && now >= $0.value }
        if let end = until, end - now > Self.span { until = nil }
    }
}
