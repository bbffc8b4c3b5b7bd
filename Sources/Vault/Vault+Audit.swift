internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// The journal of all credentials, newest first.
    ///
    /// - Parameter before: entries older than this one; nil for the newest.
    package func audit(limit: Int, before: UInt64?) throws(Fault) -> [AuditEntry] {
        let vault = try opened()
        try commit([])
        let most = max(1, min(limit, 10_000))
        let stored = try storing { () throws(StorageError) in
            try store.journal(of: nil, before: before, limit: most)
        }
        let newest = min(vault.head.journalSequence, before.map { $0 == 0 ? 0 : $0 - 1 } ?? .max)
        guard (stored.first?.sequence ?? 0) == newest else { throw .damaged(.journal) }
        if before == nil, let last = stored.first {
            guard last.chain == vault.head.journalChain else { throw .damaged(.journal) }
        }
        var names: [RecordID: CredentialName?] = [:]
        return try zip(stored, events(stored, vault)).map { (entry, event) throws(Fault) in
            if let id = entry.record, names[id] == nil { names[id] = try name(of: id, vault) }
            return AuditEntry(
                sequence: entry.sequence, at: entry.at.rfc3339, event: event.event.rawValue,
                name: event.name ?? entry.record.flatMap { names[$0] ?? nil }, version: event.version,
                detail: event.detail, signed: entry.signature != nil)
        }
    }

    /// What entries say, after the chain of each was followed from the entry before it: their times lie in clear.
    ///
    /// - Parameter entries: newest first, with or without gaps.
    /// - Throws: exit code 79 for one that was changed or moved, or whose predecessor is not there.
    func events(_ entries: [StoredEntry], _ vault: OpenVault) throws(Fault) -> [Event] {
        var events: [Event] = []
        for (index, entry) in entries.enumerated() {
            var chain = JournalChain(vault)
            if entry.sequence > 1 {
                var before = index + 1 < entries.count ? entries[index + 1] : nil
                if before?.sequence != entry.sequence - 1 {
                    before = try storing { () throws(StorageError) in
                        try store.journal(of: nil, before: entry.sequence, limit: 1)
                    }.first
                }
                guard let before else { throw .damaged(.journal) }
                chain = JournalChain(vault, sequence: before.sequence, chain: before.chain)
            }
            events.append(try chain.follow(entry))
        }
        return events
    }

    /// Of a credential that is there, else as its last entry names it; nil when neither can be read.
    private func name(of id: RecordID, _ vault: OpenVault) throws(Fault) -> CredentialName? {
        if let name = try? credential(id, vault)?.description.name { return name }
        let last = try storing { () throws(StorageError) in try store.journal(of: id, before: nil, limit: 1) }.first
        return try last.flatMap { (entry) throws(Fault) in try vault.event(entry).name }
    }

    /// Follows the chain from the first entry to the last.
    ///
    /// - Throws: exit code 79 at the first entry that was changed, dropped, moved or added, and for an end that was cut.
    package func verifyAudit() throws(Fault) -> AuditReport {
        let vault = try opened()
        try commit([])
        return try verifyJournal(vault)
    }
}
