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

    /// When the timer asks about each of the two versions that can be asked about.
    package struct Due: Equatable, Sendable, Codable {
        package var live: Timestamp?
        package var candidate: Timestamp?
        package var candidateFailures = 0
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

    /// The earliest time the timer has something to do here, or nil.
    package var nextDue: Timestamp? {
        let asking = probing == .on ? [due.live, due.candidate] : []
        return (asking + [versions.previous?.keptUntil]).compactMap(\.self).min()
    }
}
