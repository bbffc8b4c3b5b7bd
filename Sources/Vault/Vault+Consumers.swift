internal import Lifecycle
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// - Throws: exit code 75 for a program that starts over and over.
    func admit(_ consumer: Consumer, connection: UInt64, _ vault: OpenVault) throws(Fault) {
        let now = surroundings.now()
        guard !vault.state.withLock({ $0.readings.admits(consumer, connection: connection, at: now) }) else { return }
        throw Fault(
            .notNow, "asked_too_often",
            "\(consumer.program) asked more than \(Int(ReadLedger.perSecond)) times a second; wait a moment",
            hint: "secret daemon status")
    }

    /// Never fails: a full disk must not keep a gateway from its token.
    func noteReading(of id: RecordID, version: Int, by consumer: Consumer, _ vault: OpenVault) {
        let now = surroundings.now()
        let entries = vault.state.withLock { $0.readings.note(id, version: version, to: consumer, at: now) }
        for entry in entries { write(down: entry, vault) }
    }

    /// One line of the journal, and what the credential remembers; both wait for the next group.
    private func write(down entry: ReadLedger.Entry, _ vault: OpenVault) {
        let who = "\(entry.consumer.program) (\(entry.consumer.title)) for \(entry.consumer.use.rawValue)"
        let detail = entry.isFirst ? "by \(who)" : "\(entry.count) times more by \(who)"
        let event = Event(event: .read, version: entry.version, detail: detail)
        vault.state.withLock { $0.remembered.append(entry) }
        do throws(Fault) { try note(event, of: entry.record) } catch { surroundings.failed(error) }
    }

    /// Writes what waits: entries of the journal, and in the rows who read.
    ///
    /// - Parameter isLast: nobody counts on; windows that are open end now.
    func writeReadings(isLast: Bool = false) throws(Fault) {
        let vault = try opened()
        let now = isLast ? nil : surroundings.now()
        for entry in vault.state.withLock({ $0.readings.ended(by: now) }) { write(down: entry, vault) }
        let entries = vault.state.withLock(\.remembered)
        var changes: [Change] = []
        for (id, own) in Dictionary(grouping: entries, by: \.record) {
            // One that is gone or damaged remembers nobody.
            guard case .some(.some(var credential)) = try? credential(id, vault) else { continue }
            for entry in own {
                credential.row.consumers = (credential.row.consumers ?? [])
                    .remembering(entry.consumer, at: entry.last, count: entry.count)
            }
            changes.append(.update(credential))
        }
        try commit(changes)
        vault.state.withLock { $0.remembered.removeFirst(entries.count) }
    }

    /// Who read it, the latest first, with what waits to be written.
    func consumers(of credential: Credential, _ vault: OpenVault) -> [ConsumerRecord] {
        let waiting = vault.state.withLock { state in
            state.remembered.filter { $0.record == credential.id } + state.readings.counted(of: credential.id)
        }
        let all = waiting.reduce(credential.row.consumers ?? []) { known, entry in
            known.remembering(entry.consumer, at: entry.last, count: entry.count)
        }
        return all.sorted { $0.last > $1.last }
    }

    /// When `writeReadings` has something to do; nil when nothing waits.
    func readingsDue(_ vault: OpenVault) -> Timestamp? {
        let (waiting, nextEnd) = vault.state.withLock { ($0.waiting.first, $0.readings.nextEnd) }
        return [waiting.map { $0.at + Self.longestWait }, nextEnd].compactMap(\.self).min()
    }
}
