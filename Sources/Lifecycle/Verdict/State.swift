/// How near the end is.
package enum Deadline: String, Sendable, Codable { case none, near, past }

/// Whether the timer asks the provider.
package enum Probing: String, CaseIterable, Sendable, Codable {
    case on
    /// By a person; no job undoes it.
    case paused
    case offline
    /// Only what others report; nothing is sent on a timer.
    case passive
    case off
}

/// When a token ends and how that is known.
package struct Expiry: Equatable, Sendable, Codable {
    package enum Source: String, Sendable, Codable {
        /// The provider said so, in a reply or in the token.
        case observed
        /// A person said so.
        case declared
        /// Counted from minting or pasting by the kind's known lifetime.
        case estimated
    }
    package var at: Timestamp
    package var source: Source

    package init(at: Timestamp, source: Source) {
        self.at = at
        self.source = source
    }

    /// An estimate that the provider contradicts (a proof of life after the date) ends nothing.
    package func deadline(now: Timestamp, warnBefore: [Duration], provenAt: Timestamp?) -> Deadline {
        let contradicted = source == .estimated && provenAt.map { $0 >= at } == true
        if now >= at { return contradicted ? .none : .past }
        let first = warnBefore.max() ?? .zero
        return now >= at - first ? .near : .none
    }
}

/// The one word people see, worst first.
package enum State: String, CaseIterable, Comparable, Sendable, Codable {
    case expired, revoked, refused, miswired, unproven, suspect, expiring, degraded, paused, unverified, healthy

    package init(verdict: Verdict, deadline: Deadline, probing: Probing) {
        self =
            switch verdict {
            case _ where deadline == .past: .expired
            case .expired: .expired
            case .revoked: .revoked
            case .refused: .refused
            case .miswired: .miswired
            case .unproven: .unproven
            case .suspect: .suspect
            case _ where deadline == .near: .expiring
            case .degraded: .degraded
            case _ where probing == .paused: .paused
            case .unverified: .unverified
            case .healthy: .healthy
            }
    }

    package static func < (left: Self, right: Self) -> Bool {
        (allCases.firstIndex(of: left) ?? 0) < (allCases.firstIndex(of: right) ?? 0)
    }
}

/// What `status --check` says of one credential, ordered by urgency.
package enum Check: Int, Comparable, Sendable {
    case well = 0
    case nearDeadline = 2
    case personNeeded = 1

    package init(verdict: Verdict, deadline: Deadline, probing: Probing) {
        self =
            if probing == .paused {
                .well
            } else if verdict.needsPerson || deadline == .past {
                .personNeeded
            } else {
                deadline == .near ? .nearDeadline : .well
            }
    }

    private var urgency: Int {
        switch self {
        case .well: 0
        case .nearDeadline: 1
        case .personNeeded: 2
        }
    }

    package static func < (left: Self, right: Self) -> Bool { left.urgency < right.urgency }
}

/// The exact command a person should run next; nil when nobody has to do anything.
package func nextAction(for name: CredentialName, state: State, candidateRefused: Bool) -> String? {
    switch state {
    case .expired, .revoked, .refused, .expiring: "secret rotate \(name)"
    case .miswired: "secret history \(name)"
    case .unproven: "secret probe \(name)"
    case .suspect, .degraded, .paused, .unverified, .healthy: candidateRefused ? "secret rotate \(name)" : nil
    }
}
