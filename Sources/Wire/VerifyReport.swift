package import Lifecycle

/// What a check of the whole vault found.
package struct VerifyReport: Equatable, Sendable, Codable {
    package var credentials = 0
    package var versions = 0
    /// Of the journal.
    package var entries = 0
    /// Changes that the vault went through.
    package var sequence: UInt64 = 0
    /// `anchored`, `unknown` or `lagging`.
    package var freshness = ""
    package var findings: [Finding] = []

    package struct Finding: Equatable, Sendable, Codable {
        /// A credential's name or record id, or the part of the vault.
        package var at: String
        package var message: String

        package init(at: String, message: String) {
            self.at = at
            self.message = message
        }
    }

    package init() {}

    package mutating func add(_ place: String, _ message: String) {
        findings.append(Finding(at: place, message: message))
    }

    package mutating func add(_ place: String, _ fault: Fault) { add(place, fault.message) }
}

/// One entry of the journal as it is shown.
package struct AuditEntry: Equatable, Sendable, Codable {
    package var sequence: UInt64
    /// RFC 3339.
    package var at: String
    /// A stable word, such as `added` or `verdict`.
    package var event: String
    /// Nil for what concerns the vault as a whole.
    package var name: CredentialName?
    package var version: Int?
    package var detail: String
    /// Whether a checkpoint's signature is on it.
    package var signed: Bool

    package init(
        sequence: UInt64, at: String, event: String, name: CredentialName?, version: Int?, detail: String, signed: Bool
    ) {
        self.sequence = sequence
        self.at = at
        self.event = event
        self.name = name
        self.version = version
        self.detail = detail
        self.signed = signed
    }
}

/// A journal that holds from its first entry to its last.
package struct AuditReport: Equatable, Sendable, Codable {
    package var entries: Int
    /// Checkpoints, each with a valid signature.
    package var signed: Int
    /// Ed25519, 64 hexadecimal digits.
    package var publicKey: String

    package init(entries: Int, signed: Int, publicKey: String) {
        self.entries = entries
        self.signed = signed
        self.publicKey = publicKey
    }
}
