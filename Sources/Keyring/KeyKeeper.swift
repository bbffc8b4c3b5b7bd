package import Sealing

/// Keeps secrets outside the vault, each under a random id, while nobody needs them.
///
/// Calls block the calling thread for at most the keeper's deadline; none of them asks the person anything
/// unless the keeper was made to.
package protocol KeyKeeper: Sendable {
    /// Keeps a copy of `secret`, in place of what was under `id`; on return it was read back and is equal.
    ///
    /// - Throws: `.unfitSize` before anything is stored; `.changedInKeeping` when the read-back differs,
    ///   and then nothing is left under `id`.
    func store(_ secret: borrowing SecretBytes, as id: KeyringItemID) throws(KeyringError)

    /// - Throws: `.missing` when nothing is under `id`; `.locked` rather than `.missing` while the keeper
    ///   cannot see all that it holds.
    func fetch(_ id: KeyringItemID) throws(KeyringError) -> SecretBytes

    /// Deleting what is not there is `.missing`, so that a caller learns that it was never kept.
    func delete(_ id: KeyringItemID) throws(KeyringError)
}

/// What a keeper accepts.
package enum KeyringValue {
    /// In bytes: from a 256-bit key to the largest sealed value (Sealing/Envelope.swift: 128 KiB padded, and 74 around it).
    package static let sizes = 32...131_146
}

/// Whether a keyring can be used now, for `init` and `doctor`.
package enum KeyringState: String, Sendable, CaseIterable {
    case present
    /// There is a service, but it has no default collection or that is locked: a person must answer.
    case locked
    /// No bus, no service, or one that does not speak the Secret Service protocol.
    case absent
    /// There is a service and it does not answer.
    case hung
    /// It wants to ask the person, and nobody was asked or nobody answered.
    case prompting
}
