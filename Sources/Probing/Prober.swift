package import Lifecycle
package import Sealing

/// Asks a provider about one token at a time and keeps nothing of the reply but its class.
///
/// It never asks twice: when to ask again is the schedule's affair.
package struct Prober<Time: Clock<Duration>>: Sendable where Time.Instant: Sendable {
    private let policies: PolicyCatalogue
    private let transport: any ProbeTransport
    private let rate: HostRate<Time>
    private let retryFloor: Duration
    private let now: @Sendable () -> Timestamp
    private let network: NetworkSense?

    /// - Parameters:
    ///   - retryFloor: the least wait that is believed when a reply names one, `retry_after_floor`.
    ///   - now: the wall clock, for dates in replies.
    ///   - network: tells a machine without network from a provider that is down; nil when nobody looks.
    package init(
        policies: PolicyCatalogue, transport: any ProbeTransport, rate: HostRate<Time>,
        retryFloor: Duration, now: @escaping @Sendable () -> Timestamp, network: NetworkSense? = nil
    ) {
        self.network = network
        self.policies = policies
        self.transport = transport
        self.rate = rate
        self.retryFloor = retryFloor
        self.now = now
    }

    /// Waits for the host's turn, asks, judges, and asks once more without the token when the answer is bad.
    package func probe(_ order: ProbeOrder, token: SecretBox) async -> ProbeReport {
        guard let policy = policies[id: order.kind] else { return .unasked("unknown_kind") }
        guard policy.origin.digest == order.policyDigest else { return .unasked("policy_changed") }
        guard let request = policy.probe.request else { return .unasked("no_probe") }
        guard policy.probe.cost == .free || order.spends == true else { return .unasked("billed") }
        guard let base = base(for: order, by: policy) else { return .unasked("base_url_refused") }
        var question = Question(policy: policy, request: request, base: base)
        var outcome: Outcome
        switch await ask(&question, token: token) {
        case .failure(let failure): outcome = await meaning(of: failure, base)
        case .success(let reply):
            outcome = judge(reply, by: policy, now: question.time(now()), retryFloor: retryFloor)
            if outcome.needsControl, let doubt = await doubt(reply, &question) { outcome = doubt }
        }
        if outcome.kind.isDeath, let found = await elsewhere(order, &question, token) { outcome = found }
        var report = ProbeReport(outcome: outcome.withoutEchoes(of: token), requests: question.sent)
        report.skewMilliseconds = question.skew?.milliseconds
        return report
    }

    /// No reply of a host on another machine may mean that there is no network at all.
    private func meaning(of failure: TransportFailure, _ base: BaseURL) async -> Outcome {
        guard failure == .unreachable || failure == .timedOut, !base.isLoopback, let network,
            await network.isOffline(besides: base.host, at: now())
        else { return failure.outcome }
        return Outcome(.unknown, reason: "offline")
    }

    /// What the kind's other regions say about a token that looks dead in this one: a good token of another region is in the wrong place.
    private func elsewhere(_ order: ProbeOrder, _ question: inout Question, _ token: SecretBox) async -> Outcome? {
        let asked = question.base.description
        let addresses = question.policy.probe.hosts.prefix(1) + question.policy.probe.siblings
        guard addresses.contains(where: { "https://\($0)" == asked }) else { return nil }
        for address in addresses where "https://\(address)" != asked {
            guard let base = try? BaseURL("https://\(address)") else { continue }
            question.base = base
            guard case .success(let reply) = await ask(&question, token: token) else { continue }
            let outcome = judge(reply, by: question.policy, now: now(), retryFloor: retryFloor)
            if outcome.showsLife { return Outcome(.wrongKind, reason: "other_region", provesLive: true) }
        }
        return nil
    }

    /// The class of an answer that somebody else was given, by the same gates and rules; nothing is sent.
    ///
    /// - Parameter body: at most 64 KiB; nil for none.
    package func judged(_ order: ProbeOrder, _ reported: ReportedReply, body: SecretBox?) -> ProbeReport {
        guard let policy = policies[id: order.kind] else { return .unasked("unknown_kind") }
        let text = body?.bytes.withBytes { bytes in String(decoding: bytes.indices.map { bytes[$0] }, as: UTF8.self) }
        let reply = Reply(
            status: reported.status, headers: reported.headers, body: text ?? "",
            json: text.flatMap { tree(fromJSON: $0) })
        var outcome = judge(reply, by: policy, now: now(), retryFloor: retryFloor)
        // Whose words these are is not known: nothing of them is kept but their class.
        (outcome.requestID, outcome.facts) = (nil, nil)
        return ProbeReport(outcome: outcome, requests: 0)
    }

    /// The base URL sealed with the credential, else the policy's first host: nobody else can name one.
    private func base(for order: ProbeOrder, by policy: Policy) -> BaseURL? {
        if let sealed = order.baseURL { return try? BaseURL(sealed) }
        return policy.probe.hosts.first.flatMap { try? BaseURL("https://\($0)") }
    }

    private func ask(_ question: inout Question, token: SecretBox?) async -> Result<Reply, TransportFailure> {
        do { try await rate.turn(at: question.base.authority) } catch { return .failure(.cancelled) }
        do {
            let reply = try await transport.send(
                question.request, to: question.base, token: token, parts: question.policy.parts)
            question.sent += 1
            if question.policy.judgement.gate(reply) == nil,
                let date = reply.headers["date"].flatMap(Timestamp.init(httpDate:))
            {
                question.skew = now() - date
            }
            return .success(reply)
        } catch {
            question.sent += error.sentNothing ? 0 : 1
            return .failure(error)
        }
    }

    /// What the blank control says against a bad answer; nil when the provider answers it in another way.
    private func doubt(_ reply: Reply, _ question: inout Question) async -> Outcome? {
        let inconclusive = Outcome(.unknown, reason: "control_inconclusive")
        guard case .success(let control) = await ask(&question, token: nil) else { return inconclusive }
        if sameAnswer(reply, control) { return Outcome(.unknown, reason: "credential_not_received") }
        guard question.policy.judgement.gate(control) == nil else { return inconclusive }
        let judged = judge(control, by: question.policy, now: now(), retryFloor: retryFloor)
        return judged.kind == .providerDown || judged.kind == .rateLimited ? inconclusive : nil
    }
}

/// One order on its way, with a count of what it cost.
private struct Question {
    let policy: Policy
    let request: ProbeRequest
    var base: BaseURL
    var sent = 0
    /// Our clock minus the provider's.
    var skew: Duration?

    /// What dates in a reply are measured by: the provider's own clock where ours is far from it.
    func time(_ now: Timestamp) -> Timestamp {
        guard let skew, skew > ClockCheck.tolerance || skew < .zero - ClockCheck.tolerance else { return now }
        return now - skew
    }
}

extension Outcome {
    /// Without what a provider, or somebody in the way, put of the token into texts that are kept.
    fileprivate func withoutEchoes(of token: SecretBox) -> Outcome {
        var outcome = self
        outcome.requestID = requestID.flatMap { token.bytes.isEchoed(in: $0) ? nil : $0 }
        outcome.facts = facts?.filter { !token.bytes.isEchoed(in: $0.value) }
        return outcome
    }

    /// Whether the answer is bad enough to be asked for again without the token.
    fileprivate var needsControl: Bool { kind.isDeath || (kind == .wrongKind && !provesLive) }
}

extension ProbeReport {
    fileprivate static func unasked(_ reason: String) -> ProbeReport {
        ProbeReport(outcome: Outcome(.unknown, reason: reason), requests: 0)
    }
}
