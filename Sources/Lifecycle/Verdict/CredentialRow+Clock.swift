extension CredentialRow {
    /// Takes back what was written while the clock ran ahead: nothing was seen after now, and no question waits longer than `reach`.
    ///
    /// - Parameter again: when a question that would have waited longer is put.
    /// - Returns: whether anything was ahead.
    package mutating func turnBack(to now: Timestamp, reach: Duration, again: Timestamp) -> Bool {
        let before = self
        let asked = reach + .milliseconds(lastProbe?.outcome.retryAfterMilliseconds ?? 0)
        func near(_ due: Timestamp?) -> Timestamp? { due.map { $0 > now + asked ? again : $0 } }
        (due.live, due.candidate) = (near(due.live), near(due.candidate))
        (due.retiring, due.reopening) = (near(due.retiring), near(due.reopening))
        standing.turnBack(to: now)
        if let probe = lastProbe, probe.at > now { lastProbe?.at = now }
        return self != before
    }
}

extension Standing {
    fileprivate mutating func turnBack(to now: Timestamp) {
        concludedAt = min(concludedAt, now)
        provenAt = provenAt.map { min($0, now) }
        deadSince = deadSince.map { min($0, now) }
        if case .suspect(var suspicion) = verdict, suspicion.since > now {
            suspicion.since = now
            verdict = .suspect(suspicion)
        }
    }
}
