internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// The longest that somebody waits for a notice with one question.
    static let longestNoticeWait = Duration.seconds(45)

    /// Notices behind an entry of the journal, the oldest first; waits for one when there is none, and for the vault to be opened.
    ///
    /// - Parameters:
    ///   - after: nil for those that are written from now on.
    ///   - time: how long to wait.
    package func notices(after: UInt64?, within time: Duration) async throws(Fault) -> NoticePage {
        if case .closed = lock { await noticed.wait(atMost: min(max(time, .zero), Self.longestNoticeWait)) }
        var page = try noticePage(after: after)
        if page.notices.isEmpty, after == page.upTo {
            await noticed.wait(atMost: min(max(time, .zero), Self.longestNoticeWait))
            page = try noticePage(after: after)
        }
        return page
    }

    private func noticePage(after: UInt64?) throws(Fault) -> NoticePage {
        let vault = try opened()
        guard let id = RecordID(bytes: vault.id) else { throw .damaged }
        let newest = vault.head.journalSequence
        guard let after, after <= newest else { return NoticePage(vault: id, notices: [], upTo: newest) }
        let entries = try storing { () throws(StorageError) in try store.journal(after: after, limit: Self.batch) }
        let events = Array(try events(entries.reversed(), vault).reversed())
        var found: [Notice] = []
        for (entry, event) in zip(entries, events) {
            if let notice = try notice(entry, event, vault) { found.append(notice) }
        }
        return NoticePage(vault: id, notices: found, upTo: entries.last?.sequence ?? newest)
    }

    /// Nil for an entry that nobody has to hear of, and for a credential that is gone.
    private func notice(_ entry: StoredEntry, _ event: Event, _ vault: OpenVault) throws(Fault) -> Notice? {
        guard let kind = Notice.Kind(rawValue: event.event.rawValue), let id = entry.record,
            let credential = try credential(id, vault)
        else { return nil }
        let state = standing(of: credential).state
        return Notice(
            sequence: entry.sequence, at: entry.at.rfc3339, kind: kind, name: credential.description.name,
            tokenKind: credential.description.kind, state: state, detail: event.detail,
            fingerprint: credential.description.fingerprint, action: action(for: credential, state))
    }
}
