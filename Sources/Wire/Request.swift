package import Lifecycle

/// What a client asks of the key holder. A secret travels behind the message, never in it.
package enum Request: Equatable, Sendable, Codable {
    /// `anew` when a person knows that the vault that was here is given up. Behind it: the passphrase, or the key that the keyring holds;
    /// nothing for a machine slot.
    case initialize(Slot, anew: Bool)
    /// Another way to open the vault, which must be open. Behind it: as for `initialize`.
    case addSlot(Slot)
    /// Behind it: the passphrase, the keyring's key or the recovery code as typed.
    case unlock(Slot, UnlockTerms)
    case lock
    case slots
    case removeSlot(RecordID)
    /// Behind `.slot`: what that slot opens with.
    case rekey(RekeyStep)
    case verify
    /// Newest first, older than an entry's number.
    case audit(limit: Int, before: UInt64?)
    case verifyAudit
    /// The anchor as it is now, for a second home of it.
    case anchor
    /// Along with it: a new file, open for writing. Behind it: a passphrase of the file's own, or nothing.
    case backup
    /// Along with it: the file. Behind it: what the slot opens with; nothing for the machine's.
    case restore(RestoreOrder)
    /// Writes these, or all when none is named. Along with it: a new file, open for writing. Behind it: the passphrase of the file.
    case export([CredentialName])
    /// Behind it: the paste as it was read.
    case add(StoreOrder)
    /// Behind it: the paste as it was read.
    case rotate(StoreOrder)
    /// With it: the file, open for reading, and behind it what opens it when it is sealed; or behind it: what it holds.
    case importing(ImportOrder)
    case undo(CredentialName)
    case status(StatusQuery)
    /// `accepted` when a person agreed to a first probe of the kind, `spends` when to a request that is billed.
    case probe(CredentialName, accepted: Bool, spends: Bool = false)
    /// Judged like an answer to a probe. Behind it: the body, or nothing.
    case report(ReportOrder)
    case history(CredentialName, limit: Int)
    case remove(CredentialName)
    /// The reply carries the values.
    case read(ReadOrder)
    /// Which credentials are sealed with a host, of one account or of any.
    case bound(BoundHost, AccountName?)
    /// A program was refused with the value of that fingerprint: it is given no more to that program's helper.
    case withhold(CredentialName, fingerprint: String)
    /// Puts the values of a credential into the other home.
    case move(CredentialName, to: ValueHome)
    /// Done when the keyring can take a value of this credential.
    case keyringState(CredentialName)
    /// What people are to be told, behind an entry of the journal; nil for what is written from now on.
    case notices(after: UInt64?, waitMilliseconds: Int64)
    case pause(CredentialName)
    case resume(CredentialName)

    package enum Slot: Equatable, Sendable, Codable {
        case passphrase
        case keyring(RecordID)
        case recovery
        case machine
    }
}

/// What an unlocking is measured against.
package struct UnlockTerms: Equatable, Sendable, Codable {
    /// Take the vault as it lies here, although a later state was seen or its manifest does not hold; journalled.
    package var acceptsState = false
    /// One more anchor, from another home than the file.
    package var anchor: [UInt8]?

    package init(acceptsState: Bool = false, anchor: [UInt8]? = nil) {
        self.acceptsState = acceptsState
        self.anchor = anchor
    }
}

/// New keys for the whole vault, a step at a time.
package enum RekeyStep: Equatable, Sendable, Codable {
    /// Answers with the slots whose secrets must follow, one `.slot` each.
    case begin
    case slot(RecordID)
    /// Makes the new keys the vault's; the reply carries a new recovery code.
    case finish
    /// Answers how much is still sealed under earlier keys.
    case progress
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
    /// The hosts that helpers may hand it to; empty for those of the kind, and in a rotation for those that it has.
    package var hosts: [BoundHost] = []
    /// In a rotation nil for the one that it has.
    package var account: AccountName?
    /// What a person accepted already.
    package var accepted: Set<Question.Topic> = []
    /// Make a rotated value live whatever the provider says.
    package var now = false
    /// How long the replaced value is kept; nil for the configured time.
    package var graceMilliseconds: Int64?

    package enum ProbeChoice: String, CaseIterable, Sendable, Codable { case active, passive, off }

    package init(name: CredentialName) { self.name = name }
}

/// What a provider answered to somebody else who used a credential.
package struct ReportOrder: Equatable, Sendable, Codable {
    package var name: CredentialName
    package var reply: ReportedReply
    /// Of the value that was used; nil for the live one.
    package var fingerprint: String?

    package init(name: CredentialName, reply: ReportedReply, fingerprint: String? = nil) {
        self.name = name
        self.reply = reply
        self.fingerprint = fingerprint
    }
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
