package import Lifecycle

/// What to take from a file, and how.
package struct ImportOrder: Equatable, Sendable, Codable {
    /// The name that all others are put below.
    package var prefix: CredentialName?
    /// The id of a policy: what JSON lines without a kind are, and the only kind that is taken from other files.
    package var kind: String?
    /// `https://...`, or http to loopback; sealed with every credential.
    package var baseURL: String?
    /// For what the file says nothing about; nil for what the kinds' policies say.
    package var probing: StoreOrder.ProbeChoice?
    /// Leaves names that are stored already as they are.
    package var skipsExisting = false
    /// Takes a login's access token too, which dies within hours.
    package var withShortLived = false
    /// Says what would be done and stores nothing.
    package var isRehearsal = false
    /// A person agreed to the probes of all kinds.
    package var isAccepted = false

    package init() {}
}

/// What was imported, or would be.
package struct ImportReport: Equatable, Sendable, Codable {
    /// What the file is: `openclaw_profiles`, `claude_credentials`, `environment` or `json_lines`.
    package var form: String
    package var isRehearsal: Bool
    package var imported = 0
    /// How many of each kind, by its id.
    package var kinds: [String: Int] = [:]
    /// The first of them.
    package var credentials: [Taken] = []
    /// How many were left where they are, by reason.
    package var left: [String: Int] = [:]
    /// The first of them.
    package var skipped: [Skipped] = []
    /// How many of those that were left hold something secret.
    package var leftSecrets = 0

    /// So many are listed; the others are counted.
    package static let mostListed = 1000

    package struct Taken: Equatable, Sendable, Codable {
        package var line: Int
        package var name: CredentialName
        package var kind: String
        package var fingerprint: String
        package var length: Int

        package init(line: Int, name: CredentialName, kind: String, fingerprint: String, length: Int) {
            self.line = line
            self.name = name
            self.kind = kind
            self.fingerprint = fingerprint
            self.length = length
        }
    }

    package struct Skipped: Equatable, Sendable, Codable {
        package var line: Int
        package var reason: ImportSkip

        package init(line: Int, reason: ImportSkip) {
            self.line = line
            self.reason = reason
        }
    }

    package init(form: String, isRehearsal: Bool) {
        self.form = form
        self.isRehearsal = isRehearsal
    }
}
