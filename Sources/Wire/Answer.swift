package import Lifecycle

/// What the key holder answers.
package enum Answer: Equatable, Sendable, Codable {
    /// Behind it: the recovery code as text, shown once.
    case initialized(slot: String)
    /// Behind it, for a recovery slot: its code as text, shown once.
    case slotAdded(slot: String)
    case unlocked(slot: String)
    case done(String)
    case slots([SlotReport])
    /// Records that are still sealed under earlier keys, and those of them that are damaged.
    case rekeying(left: Int, damaged: Int)
    case verified(VerifyReport)
    case audit([AuditEntry])
    case auditVerified(AuditReport)
    case anchor([UInt8])
    case backedUp(BackupReport)
    case restored(RestoreReport)
    case exported(ExportReport)
    case question(Question)
    case stored(StoreReport)
    case imported(ImportReport)
    case status(StatusReport)
    case probed(ProbeResult)
    case history([HistoryEntry])
    /// Behind it: the values, one after another. Of fewer names than were asked for when more do not fit; the rest is asked for again.
    case values([ReadReport])
    case bound([BoundReport])
    case notices(NoticePage)
    case failure(Fault)
}

/// What only a person may decide; nothing is stored until the same order comes with the topic accepted.
package struct Question: Equatable, Sendable, Codable {
    package enum Topic: String, Sendable, Codable {
        /// The first probe of a kind: which host is asked, and under which terms.
        case probe
        /// A credentials file was pasted; its access token may be taken.
        case credentialsFile
    }
    package var topic: Topic
    package var text: String

    package init(_ topic: Topic, _ text: String) {
        self.topic = topic
        self.text = text
    }
}

package struct SlotReport: Equatable, Sendable, Codable {
    package var kind: String
    package var id: RecordID
    /// What this slot protects against, in one plain sentence.
    package var protects: String

    package init(kind: String, id: RecordID, protects: String) {
        self.kind = kind
        self.id = id
        self.protects = protects
    }
}

/// What became of a paste.
package struct StoreReport: Equatable, Sendable, Codable {
    package var credential: CredentialReport
    /// The version that the paste became, its fingerprint and its length.
    package var version: Int
    package var fingerprint: String
    package var length: Int
    /// `removed 2 line breaks, 1 quote`; nil for a clean paste.
    package var removed: String?
    package var notes: [String]
    package var outcome: OutcomeReport?
    /// Of the version that the paste became.
    package var role: Version.Role

    package init(
        credential: CredentialReport, version: Int, fingerprint: String, length: Int, removed: String?, notes: [String],
        outcome: OutcomeReport?, role: Version.Role
    ) {
        self.credential = credential
        self.version = version
        self.fingerprint = fingerprint
        self.length = length
        self.removed = removed
        self.notes = notes
        self.outcome = outcome
        self.role = role
    }
}

package struct OutcomeReport: Equatable, Sendable, Codable {
    package var outcome: OutcomeClass
    package var reason: String
    package var requestId: String?

    package init(_ outcome: Outcome) {
        self.outcome = outcome.kind
        reason = outcome.reason
        requestId = outcome.requestID
    }
}

package struct ProbeResult: Equatable, Sendable, Codable {
    package var name: CredentialName
    /// Nil when it could not be asked; `skipped` says why.
    package var outcome: OutcomeReport?
    package var skipped: String?
    package var state: State
    package var action: String?

    package init(name: CredentialName, outcome: OutcomeReport?, skipped: String?, state: State, action: String?) {
        self.name = name
        self.outcome = outcome
        self.skipped = skipped
        self.state = state
        self.action = action
    }
}

package struct HistoryEntry: Equatable, Sendable, Codable {
    /// RFC 3339.
    package var at: String
    /// A stable word, such as `added` or `verdict`.
    package var event: String
    package var version: Int?
    package var detail: String

    package init(at: String, event: String, version: Int?, detail: String) {
        self.at = at
        self.event = event
        self.version = version
        self.detail = detail
    }
}
