package import Lifecycle

/// What the key holder asks of `secret-session`; a sealed value travels behind the message, never in it.
package struct KeepingOrder: Equatable, Sendable, Codable {
    package enum Task: Equatable, Sendable, Codable {
        /// Behind it: the sealed bytes. Answered `.present` once they were read back.
        case store(RecordID)
        /// Behind the reply: the sealed bytes.
        case fetch(RecordID)
        case delete(RecordID)
        /// How the keyring stands.
        case state
    }
    package var task: Task
    /// How long the asker waits; the keyring gets a little less, so that what it is waiting for can be told.
    package var milliseconds: Int64

    package init(_ task: Task, milliseconds: Int64) {
        self.task = task
        self.milliseconds = milliseconds
    }
}

/// What became of an order; `.present` when it was done.
package struct KeepingReply: Equatable, Sendable, Codable {
    package var condition: KeyringCondition

    package init(_ condition: KeyringCondition) { self.condition = condition }
}

/// How the person's keyring stands towards one request.
package enum KeyringCondition: String, Error, Sendable, Codable, CaseIterable {
    /// It does what it is asked.
    case present
    case locked
    /// It wants to ask the person first; nobody was asked, or nobody answered.
    case prompting
    /// There is no Secret Service on the session's bus, or no bus.
    case absent
    /// There is one, and it does not answer in time.
    case hung
    /// It answered with an error of its own.
    case refused
    /// It would forget what it is given at the end of the session.
    case transient
    /// It holds no such item.
    case missing
    /// It holds other bytes than it was given.
    case changed
    /// `secret-session`, the way to the keyring, does not run.
    case noSession
    /// `secret-session` runs and does not answer in time.
    case sessionHung
}

/// Where the value of a version lies.
package enum ValueHome: String, Sendable, Codable, CaseIterable { case vault, keyring }

extension Fault {
    /// The id by which a client learns that it should start `secret-session` and ask again.
    package static let noSession = "no_session"
    /// The id by which a client learns that `secret-session` knows no keyring.
    package static let keyringAbsent = "keyring_absent"
}
