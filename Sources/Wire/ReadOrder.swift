package import Lifecycle

/// Which live values are wanted, and for what.
package struct ReadOrder: Equatable, Sendable, Codable {
    package var names: [CredentialName]
    package var use: Consumer.Use
    /// Where the values will be sent: each must be sealed with this host. Nil for a person who decides for themselves.
    package var host: BoundHost?

    package init(_ names: [CredentialName], use: Consumer.Use, host: BoundHost? = nil) {
        self.names = names
        self.use = use
        self.host = host
    }
}

/// What became of one name of a `ReadOrder`; the values follow one another behind the answer, in the order of the reports.
package struct ReadReport: Equatable, Sendable, Codable {
    package var name: CredentialName
    /// Of the value, in bytes; 0 when there is none.
    package var size = 0
    package var fingerprint: String?
    package var account: AccountName?
    /// Why there is no value.
    package var fault: Fault?

    package init(name: CredentialName, size: Int, fingerprint: String, account: AccountName?) {
        self.name = name
        self.size = size
        self.fingerprint = fingerprint
        self.account = account
    }

    package init(name: CredentialName, _ fault: Fault) {
        self.name = name
        self.fault = fault
    }
}

/// A credential that is sealed with a host.
package struct BoundReport: Equatable, Sendable, Codable {
    package var name: CredentialName
    package var account: AccountName?
    package var fingerprint: String
    /// RFC 3339; nil when no end is known.
    package var expiresAt: String?

    package init(name: CredentialName, account: AccountName?, fingerprint: String, expiresAt: String?) {
        self.name = name
        self.account = account
        self.fingerprint = fingerprint
        self.expiresAt = expiresAt
    }
}
