package import Lifecycle

/// How to open a backup, and whether it may take a vault's place.
package struct RestoreOrder: Equatable, Sendable, Codable {
    package var slot: Request.Slot
    /// A person agreed that the vault that is here goes.
    package var replaces: Bool

    package init(slot: Request.Slot, replaces: Bool = false) {
        self.slot = slot
        self.replaces = replaces
    }
}

/// What was written into a backup.
package struct BackupReport: Equatable, Sendable, Codable {
    package var credentials: Int
    package var versions: Int
    /// Of the file.
    package var bytes: Int64
    /// RFC 3339.
    package var madeAt: String
    /// Kinds of the slots that open it.
    package var slots: [String]
    /// Credentials that have values in the keyring, which are not in the file, and the name of one of them.
    package var inKeyring = 0
    package var firstInKeyring: CredentialName?

    package init(credentials: Int, versions: Int, bytes: Int64, madeAt: String, slots: [String]) {
        self.credentials = credentials
        self.versions = versions
        self.bytes = bytes
        self.madeAt = madeAt
        self.slots = slots
    }
}

/// What was written into a file that another vault can import.
package struct ExportReport: Equatable, Sendable, Codable {
    package var credentials: Int
    /// Of the file.
    package var bytes: Int64

    package init(credentials: Int, bytes: Int64) {
        self.credentials = credentials
        self.bytes = bytes
    }
}

/// What was taken back from a backup.
package struct RestoreReport: Equatable, Sendable, Codable {
    package var credentials: Int
    package var versions: Int
    /// Credentials that were damaged before the backup was made.
    package var damaged: Int
    /// When the backup was made, RFC 3339.
    package var madeAt: String
    /// Kinds of the slots that the vault has now.
    package var slots: [String]
    /// Whether it opens on this machine without a person.
    package var opensByMachine: Bool

    package init(
        credentials: Int, versions: Int, damaged: Int, madeAt: String, slots: [String], opensByMachine: Bool
    ) {
        self.credentials = credentials
        self.versions = versions
        self.damaged = damaged
        self.madeAt = madeAt
        self.slots = slots
        self.opensByMachine = opensByMachine
    }
}
