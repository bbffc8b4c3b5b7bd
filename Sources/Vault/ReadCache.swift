internal import Lifecycle
internal import Storage

/// Credentials that were read lately, checked, with their values still sealed; good for one state of the store.
struct ReadCache: Sendable {
    static let most = 1024

    struct Entry: Sendable {
        let credential: Credential
        /// The live version.
        let sealed: StoredVersion
    }
    private var mark: ChangeMark?
    private var entries: [CredentialName: Entry] = [:]

    func entry(_ name: CredentialName, _ mark: ChangeMark) -> Entry? { mark == self.mark ? entries[name] : nil }

    /// Forgets all of another state, and all of this one when there are too many.
    mutating func remember(_ entry: Entry, _ name: CredentialName, _ mark: ChangeMark) {
        if mark != self.mark || entries.count >= Self.most { entries = [:] }
        self.mark = mark
        entries[name] = entry
    }
}
