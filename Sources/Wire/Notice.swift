package import Lifecycle

/// What a person is to be told without having asked; holds nothing of any value.
package struct Notice: Equatable, Sendable, Codable {
    package enum Kind: String, CaseIterable, Sendable, Codable {
        /// Once per incident: no machine mends it.
        case needsPerson = "needs-person"
        /// Once per incident, behind a `needsPerson`.
        case recovered
        /// An end comes nearer, or is past.
        case deadline
        /// A pasted value that waited for an answer was refused.
        case refused
        /// Several went bad at once; none is blamed yet.
        case held
        case endpointClosed = "endpoint-closed"
        case endpointOpened = "endpoint-opened"
        /// A replaced value should be dead by now.
        case stillWorks = "still-works"
    }
    /// Of the journal's entry.
    package var sequence: UInt64
    /// RFC 3339.
    package var at: String
    package var kind: Kind
    package var name: CredentialName
    /// The credential's kind, such as `anthropic.setup-token`.
    package var tokenKind: String
    /// As it stands when the notice is asked for.
    package var state: State
    package var detail: String
    package var fingerprint: String
    /// What a person should run; nil for nothing.
    package var action: String?

    package init(
        sequence: UInt64, at: String, kind: Kind, name: CredentialName, tokenKind: String, state: State, detail: String,
        fingerprint: String, action: String?
    ) {
        self.sequence = sequence
        self.at = at
        self.kind = kind
        self.name = name
        self.tokenKind = tokenKind
        self.state = state
        self.detail = detail
        self.fingerprint = fingerprint
        self.action = action
    }

    /// One line for people.
    package var headline: String {
        switch kind {
        case .needsPerson: "\(name) is \(state.rawValue)"
        case .recovered: "\(name) works again"
        case .deadline: detail == "past" ? "\(name) has reached its end" : "\(name) ends in \(detail)"
        case .refused: "the new value of \(name) was refused"
        case .held: "several tokens were refused at once"
        case .endpointClosed: "\(tokenKind) cannot be checked at its provider now"
        case .endpointOpened: "\(tokenKind) is checked again"
        case .stillWorks: "the replaced value of \(name) still works"
        }
    }

    /// What to do about it, or what is behind it.
    package var advice: String {
        switch kind {
        case .recovered: "its provider accepts it; nothing is to be done"
        case .held: "no token is blamed before the provider was asked again: \(detail)"
        case .endpointClosed, .endpointOpened, .stillWorks: detail
        case .needsPerson, .deadline, .refused: action.map { "run: \($0)" } ?? detail
        }
    }
}

/// Notices of one page of the journal.
package struct NoticePage: Equatable, Sendable, Codable {
    /// Of the vault whose journal it is: another one counts anew.
    package var vault: RecordID
    package var notices: [Notice]
    /// All notices up to this entry are told.
    package var upTo: UInt64

    package init(vault: RecordID, notices: [Notice], upTo: UInt64) {
        self.vault = vault
        self.notices = notices
        self.upTo = upTo
    }
}
