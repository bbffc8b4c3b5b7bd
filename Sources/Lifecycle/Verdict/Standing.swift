/// The verdict on one version and the evidence it rests on; `after` is the only way to move it.
package struct Standing: Equatable, Sendable, Codable {
    package var verdict: Verdict
    /// Reason code of the outcome that shaped the verdict.
    package var reason: String?
    /// The last time the provider showed that the token is alive.
    package var provenAt: Timestamp?
    /// The last answer that said anything about the token, or the time it was stored.
    package var concludedAt: Timestamp
    /// Inconclusive answers in a row; they set the back-off.
    package var failures: Int
    /// When the verdict last became expired, revoked or refused.
    package var deadSince: Timestamp?

    /// A version that was never judged.
    package init(storedAt: Timestamp) {
        verdict = .unverified
        concludedAt = storedAt
        failures = 0
    }
}

/// What the caller must do once it has stored a new standing.
package enum StandingEffect: Equatable, Sendable {
    /// Tell a person, once: it entered a verdict that no machine mends.
    case needsPerson
    case recovered
    /// The provider closed the endpoint to this kind: stop asking, blame no token.
    case endpointClosed
}

extension Standing {
    /// The verdict table of DESIGN §2; total over every verdict and outcome.
    ///
    /// - Parameters:
    ///   - rule: what a death needs under this outcome's profile.
    ///   - staleAfter: the age of the last conclusive answer at which silence becomes `unproven`; nil when silence says nothing.
    package func after(
        _ outcome: Outcome, at now: Timestamp, confirmedBy rule: Settings.Confirmation, staleAfter: Duration?
    ) -> (standing: Standing, effects: [StandingEffect]) {
        var next = self
        switch outcome.kind {
        case .valid, .insufficientScope:
            next.conclude(.healthy, at: now)
        case .quotaOrBilling:
            next.conclude(verdict.isDead ? verdict : .degraded, at: now)
        case .rateLimited where outcome.provesLive:
            next.conclude(verdict.isDead ? verdict : .degraded, at: now)
        case .wrongKind:
            next.conclude(.miswired, at: now)
        case .expired, .invalid:
            next.conclude(death(outcome.kind, at: now, confirmedBy: rule), at: now)
        case .rateLimited, .providerDown, .unknown:
            next.failures += 1
            next.verdict = verdict(at: now, staleAfter: staleAfter)
        }
        let staysDead = verdict.isDead && next.verdict == verdict
        if next.verdict != verdict || (next.failures == 0 && !staysDead) { next.reason = outcome.reason }
        if outcome.showsLife { next.provenAt = now }
        next.deadSince = next.verdict.isDead || next.verdict == .refused ? deadSince ?? now : nil
        return (next, effects(of: outcome, to: next.verdict))
    }

    /// The verdict as of now: who was silent for longer than `staleAfter` is unproven; nil when nobody asks.
    package func verdict(at now: Timestamp, staleAfter: Duration?) -> Verdict {
        guard let staleAfter, canGoStale, now - concludedAt > staleAfter else { return verdict }
        return .unproven
    }

    private mutating func conclude(_ verdict: Verdict, at now: Timestamp) {
        self.verdict = verdict
        concludedAt = now
        failures = 0
    }

    /// Whether silence can make it unproven.
    package var canGoStale: Bool {
        switch verdict {
        case .healthy, .degraded, .miswired, .unproven: true
        case .unverified, .refused, .suspect, .expired, .revoked: false
        }
    }

    private func death(_ kind: OutcomeClass, at now: Timestamp, confirmedBy rule: Settings.Confirmation) -> Verdict {
        let confirmed: Verdict = kind == .expired ? .expired : .revoked
        let suspicion: Verdict.Suspicion
        switch verdict {
        case .expired, .revoked: return verdict
        case .unverified, .refused: return kind == .expired ? .expired : .refused
        case .suspect(let earlier): suspicion = .init(count: earlier.count + 1, since: earlier.since)
        case .healthy, .degraded, .miswired, .unproven: suspicion = .init(count: 1, since: now)
        }
        let enough = suspicion.count >= rule.count && now - suspicion.since >= rule.span
        return enough ? confirmed : .suspect(suspicion)
    }

    private func effects(of outcome: Outcome, to next: Verdict) -> [StandingEffect] {
        var effects: [StandingEffect] = []
        if next.needsPerson, next != verdict { effects.append(.needsPerson) }
        if next == .healthy || next == .degraded, verdict.needsPerson { effects.append(.recovered) }
        if outcome.closesEndpoint { effects.append(.endpointClosed) }
        return effects
    }
}

extension Outcome {
    /// The provider refuses this kind at this endpoint, whatever the token: says nothing about the token.
    package var closesEndpoint: Bool { kind == .unknown && reason.hasPrefix("endpoint_closed") }
}
