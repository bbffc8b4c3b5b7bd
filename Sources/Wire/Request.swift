package import Lifecycle

/// What a client asks of the key holder. A secret travels behind the message, never in it.
package enum Request: Equatable, Sendable, Codable {
    /// Behind it: the passphrase, or the key that the keyring holds; nothing for a machine slot.
    case initialize(Slot)
    /// Another way to open the vault, which must be open. Behind it: as for `initialize`.
    case addSlot(Slot)
    /// Behind it: the passphrase, the keyring's key or the recovery code as typed.
    case unlock(Slot)
    case lock
    case slots
    /// Behind it: the paste as it was read.
    case add(StoreOrder)
    /// Behind it: the paste as it was read.
    case rotate(StoreOrder)
    case undo(CredentialName)
    case status(StatusQuery)
    /// `accepted` when a person agreed to a first probe of the kind.
    case probe(CredentialName, accepted: Bool)
    case history(CredentialName, limit: Int)
    case remove(CredentialName)
    /// The reply carries the value.
    case read(CredentialName)
    /// Puts the values of a credential into the other home.
    case move(CredentialName, to: ValueHome)
    /// Done when the keyring can take a value of this credential.
    case keyringState(CredentialName)
    case pause(CredentialName)
    case resume(CredentialName)

    package enum Slot: Equatable, Sendable, Codable {
        case passphrase
        case keyring(RecordID)
        case recovery
        case machine
    }
}

/// What to do with a pasted value.
package struct StoreOrder: Equatable, Sendable, Codable {
    package var name: CredentialName
    /// The id of a policy; nil to recognise it.
    package var kind: String?
    /// `https://...`, or http to loopback; sealed with the credential.
    package var baseURL: String?
    /// Nil for what the kind's policy says.
    package var probing: ProbeChoice?
    /// Nil for the vault, and in a rotation for where the live value lies.
    package var store: ValueHome?
    package var minted: Timestamp?
    package var expires: Timestamp?
    /// Keep an odd shape.
    package var asIs = false
    /// What a person accepted already.
    package var accepted: Set<Question.Topic> = []
    /// Make a rotated value live whatever the provider says.
    package var now = false
    /// How long the replaced value is kept; nil for the configured time.
    package var graceMilliseconds: Int64?

    package enum ProbeChoice: String, CaseIterable, Sendable, Codable { case active, passive, off }

    package init(name: CredentialName) { self.name = name }
}

package struct StatusQuery: Equatable, Sendable, Codable {
    package var name: CredentialName?
    package var limit: Int?
    /// Names after this one, in the order of names.
    package var after: CredentialName?

    package init(name: CredentialName? = nil, limit: Int? = nil, after: CredentialName? = nil) {
        self.name = name
        self.limit = limit
        self.after = after
    }
}
