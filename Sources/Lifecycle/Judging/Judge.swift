/// Why a reply is not about the token at all.
package enum Gate: String, CaseIterable, Sendable {
    /// Any 3xx; redirects are never followed.
    case redirected
    /// 407: a proxy on the way asks for its own login.
    case proxy
    /// RFC 6585 section 6, status 511.
    case captivePortal = "captive_portal"
    case tooLarge = "too_large"
    /// HTML, another content type, no JSON, or none of the provider's own marks.
    case notFromProvider = "not_from_provider"
}

/// Reads a reply by the policy of its kind: gates, then the rules in order, then what any status means.
///
/// `retryFloor` is the least wait that is believed when the reply names one.
package func judge(
    _ reply: Reply, by policy: Policy, now: Timestamp, retryFloor: Duration
) -> Outcome {
    let judgement = policy.judgement
    if let gate = judgement.gate(reply) {
        return Outcome(.unknown, reason: gate.rawValue, profile: judgement.hysteresis)
    }
    let rule = judgement.firstRule(for: reply, now: now).map { judgement.rules[$0] }
    var outcome = rule.map(judgement.outcome) ?? judgement.fallback(reply.status)
    outcome.requestID = reply.requestID
    let resets = outcome.kind == .rateLimited ? judgement.resets : []
    outcome.retryAfterMilliseconds = reply.retryAfter(now: now, floor: retryFloor, resets: resets)?.milliseconds
    outcome.observedExpiry = policy.lifetime.observedExpiry(in: reply, now: now)
    if outcome.kind == .valid { outcome.facts = judgement.facts(in: reply) }
    return outcome
}

extension Judgement {
    /// The bytes of a body that are looked at; a longer one is no answer to a probe.
    package static let largestBody = 65_536

    /// What keeps the reply from being judged; nil when it comes from the provider.
    package func gate(_ reply: Reply) -> Gate? {
        switch reply.status {
        case 300...399: return .redirected
        case 407: return .proxy
        case 511: return .captivePortal
        default: break
        }
        guard reply.body.utf8.count <= Self.largestBody else { return .tooLarge }
        return reply.looksLikeJSON && shows(reply) ? nil : .notFromProvider
    }

    /// The place of the rule that decides; nil when none does.
    package func firstRule(for reply: Reply, now: Timestamp) -> Int? {
        rules.firstIndex { $0.condition.holds(for: reply, now: now) }
    }

    private func shows(_ reply: Reply) -> Bool {
        evidence.anyHeader.contains { reply.headers[$0] != nil }
            || evidence.anyPointer.contains { !reply.values(at: $0).isEmpty }
    }

    fileprivate func outcome(of rule: Rule) -> Outcome {
        Outcome(
            rule.outcome, reason: rule.reason, provesLive: rule.provesLive,
            profile: rule.strength ?? hysteresis)
    }

    fileprivate func facts(in reply: Reply) -> [String: String]? {
        var facts: [String: String] = [:]
        for extract in extracts { facts[extract.name] = reply.text(at: extract.place).flatMap(Reply.printable) }
        return facts.isEmpty ? nil : facts
    }

    fileprivate func fallback(_ status: Int) -> Outcome {
        switch status {
        case 429: Outcome(.rateLimited, reason: "rate_limited", profile: hysteresis)
        case 408, 500...599: Outcome(.providerDown, reason: "provider_error", profile: hysteresis)
        default: Outcome(.unknown, reason: "unmatched_reply", profile: hysteresis)
        }
    }
}

extension Lifetime {
    fileprivate func observedExpiry(in reply: Reply, now: Timestamp) -> Timestamp? {
        guard case .inReply(let sighted) = self else { return nil }
        return reply.time(sighted, now: now)
    }
}

extension Reply {
    /// A missing content type is forgiven when the body is JSON; another one is not.
    fileprivate var looksLikeJSON: Bool {
        json != nil && headers["content-type"].map { $0.containsIgnoringCase("json") } ?? true
    }
}
