internal import Lifecycle
internal import Wire

extension Vault {
    /// Between questions about a replaced value, until its provider refuses it.
    static let retiringInterval = Duration.hours(1)

    /// What an answer about a replaced value says: whether its revocation took effect. The live value's standing is not touched.
    func judgeRetiring(_ credential: inout Credential, _ outcome: Outcome, version: Int, at now: Timestamp) -> [Event] {
        let least = catalogue[id: credential.description.kind]?.schedule.minimum ?? Self.retiringInterval
        credential.row.due.retiring = now + max(Self.retiringInterval, least)
        if outcome.showsLife {
            let isNews = credential.row.versions[version]?.stillWorks == nil
            credential.row.versions.proveAlive(version, at: now)
            return isNews
                ? [Event(event: .stillWorks, version: version, detail: "the replaced value is still accepted")] : []
        }
        guard outcome.kind.isDeath else { return [] }
        credential.row.due.retiring = nil
        credential.row.versions.proveEnded(version, at: now)
        return [Event(event: .ended, version: version, detail: "the replaced value is refused (\(outcome.reason))")]
    }
}

extension CredentialRow {
    /// Has the value that was just replaced asked about soon.
    mutating func watchRetiring(from now: Timestamp) {
        due.retiring = versions.previous.flatMap { $0.ended == nil ? now + .minutes(10) : nil }
    }
}
