internal import Lifecycle
internal import Wire

extension Vault {
    /// Between questions about a replaced value, until its provider refuses it.
    static let retiringInterval = Duration.hours(1)
    /// The least time between the first refusal of a replaced value and the one that confirms it.
    static let retiringRecheck = Duration.minutes(10)

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
        let first = credential.row.versions[version]?.ended ?? now
        credential.row.versions.proveEnded(version, at: first)
        // Told when it is confirmed like any death: who replaced a leaked value must not be lulled by one answer.
        let needed = max(settings.confirm[outcome.profile].span, Self.retiringRecheck)
        guard now - first >= needed else {
            credential.row.due.retiring = max(first + needed, now + Self.retiringRecheck)
            return []
        }
        credential.row.due.retiring = nil
        return [Event(event: .ended, version: version, detail: "the replaced value is refused (\(outcome.reason))")]
    }
}

extension CredentialRow {
    /// Has a value that just became live asked about now, and the one that it replaced soon.
    mutating func startOver(at now: Timestamp) {
        let reopening = isClosed ? due.reopening : nil
        due = Due(live: probing == .on ? now : nil)
        due.reopening = reopening
        due.retiring = versions.previous.flatMap { $0.ended == nil ? now + .minutes(10) : nil }
    }
}
