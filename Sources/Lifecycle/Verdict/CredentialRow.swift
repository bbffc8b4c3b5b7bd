/// What changes often about a credential and holds no secret: kept beside the sealed versions.
package struct CredentialRow: Equatable, Sendable, Codable {
    package var versions: Versions
    /// Of the live version.
    package var standing: Standing
    /// What a person, or the provider, decided about asking.
    package var probing: Probing
    /// Reason code when it was not a person who decided.
    package var probingReason: String?
    /// What `probing` was when a person paused it.
    package var probingBeforePause: Probing?
    package var lastProbe: LastProbe?
    /// The expiry that the provider named for the live version.
    package var observedExpiry: Timestamp?
    /// What the provider told of the live version, by the names of its policy.
    package var facts: [String: String]?
    /// The last step towards the end that a person was told of.
    package var reminded: Reminder?
    /// Nil before the first request.
    package var spent: ProbeLedger?
    package var due: Due
    /// Why the timer could not ask although it was time, until it can: a reason code.
    package var postponed: String?
    /// The version that helpers give no more, because a program was refused with it.
    package var withheld: Int?
    /// Nil while nobody has read it.
    package var consumers: [ConsumerRecord]?

    package struct LastProbe: Equatable, Sendable, Codable {
        package var at: Timestamp
        package var outcome: Outcome
        package init(at: Timestamp, outcome: Outcome) {
            self.at = at
            self.outcome = outcome
        }
    }

    /// How many requests were sent for it, of all versions.
    package struct ProbeLedger: Equatable, Sendable, Codable {
        package var since: Timestamp
        package var requests: Int
        /// Those among them that the provider bills.
        package var billed: Int
    }

    /// When the timer asks about each of the two versions that can be asked about.
    package struct Due: Equatable, Sendable, Codable {
        package var live: Timestamp?
        package var candidate: Timestamp?
        package var candidateFailures = 0
        /// About the value that was replaced, until it is refused.
        package var retiring: Timestamp?
        /// About a credential whose kind the provider refuses at the endpoint.
        package var reopening: Timestamp?
        /// When a person is told something that no answer brings.
        package var notice: Timestamp?
        package init(live: Timestamp? = nil, candidate: Timestamp? = nil) {
            self.live = live
            self.candidate = candidate
        }
    }

    package init(versions: Versions, storedAt: Timestamp, probing: Probing) {
        self.versions = versions
        standing = Standing(storedAt: storedAt)
        self.probing = probing
        due = Due(live: probing == .on ? storedAt : nil)
    }

    package mutating func note(requests: Int, billed: Bool, at now: Timestamp) {
        guard requests > 0 else { return }
        var ledger = spent ?? ProbeLedger(since: now, requests: 0, billed: 0)
        ledger.requests += requests
        ledger.billed += billed ? requests : 0
        spent = ledger
    }

    /// Keeps what an answer about the live version said.
    package mutating func remember(_ outcome: Outcome, at now: Timestamp) {
        var said = outcome
        if let found = outcome.facts, !found.isEmpty { facts = found }
        said.facts = nil
        lastProbe = LastProbe(at: now, outcome: said)
        if let end = outcome.observedExpiry { observedExpiry = end }
    }

    /// The earliest time the timer has something to do here, or nil.
    package var nextDue: Timestamp? {
        [nextQuestion, versions.previous?.keptUntil, due.notice].compactMap(\.self).min()
    }

    /// The earliest time the timer asks about it, or nil.
    package var nextQuestion: Timestamp? {
        let watched = versions.previous == nil ? nil : due.retiring
        let asking = probing == .on ? [due.live, due.candidate, watched] : [isClosed ? due.reopening : nil]
        return asking.compactMap(\.self).min()
    }

    /// Whether the provider refuses the kind at its endpoint, so that the timer asks only whether it still does.
    package var isClosed: Bool { probing == .passive && probingReason != nil }

    /// Moves every question that is due before then.
    package mutating func putOff(until again: Timestamp) {
        func later(_ time: Timestamp?) -> Timestamp? { time.map { max($0, again) } }
        (due.live, due.candidate) = (later(due.live), later(due.candidate))
        (due.retiring, due.reopening) = (later(due.retiring), later(due.reopening))
    }
}
