internal import Glibc
internal import Lifecycle
package import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Writes the vault as it lies in its store into a file, under the vault's own slots; nothing of it is opened.
    ///
    /// The vault answers nobody else meanwhile, so that the file holds one state of it.
    ///
    /// - Parameters:
    ///   - file: new, empty and open for writing; on return its content has reached the disk.
    ///   - passphrase: one more way to open this file.
    /// - Throws: exit code 79 when the vault is not as its manifest says, 74 when the file cannot be written.
    package func backUp(to file: Int32, passphrase: SecretBox?) throws(Fault) -> BackupReport {
        let vault = try opened()
        try PassedFileCheck(file).requireNew()
        try commit([])
        let now = surroundings.now()
        let head = vault.head
        var slots = Self.slots(in: try listedValues(vault), vault: vault.id).readable
        if let passphrase {
            slots.append(try makeSlot(.passphrase, secret: passphrase, vault: vault.id, keys: vault.keys))
        }
        let facts = SealedStreamFacts(
            kind: .backup, vault: vault.id, madeAt: now.milliseconds, epoch: head.epoch, sequence: head.sequence)
        var dump = BackupDump(
            writer: try streaming(.writing) { () throws(SealingError) in
                try SealedStreamWriter(facts, slots: slots, keys: vault.keys, to: DescriptorBytes(file))
            })
        try writeValues(vault, to: &dump)
        try writeRows(vault, to: &dump)
        try writeRest(vault, to: &dump)
        let (rows, versions) = (dump.rows, dump.versions)
        try dump.finish()
        guard fsync(file) == 0 else { throw Fault(stream: .outputFailed(errno: errno), .writing) }
        let detail = "\(rows) credentials at change \(head.sequence)"
        try note(Event(event: .backedUp, version: nil, detail: detail), of: nil)
        // A full disk under the vault takes nobody's backup away; the entry waits.
        do throws(Fault) { try commit([]) } catch { surroundings.failed(error) }
        var report = BackupReport(
            credentials: rows, versions: versions, bytes: Int64(lseek(file, 0, SEEK_CUR)), madeAt: now.rfc3339,
            slots: Set(slots.map(\.kind.name)).sorted())
        let held = Set(try items(vault).values.filter { !$0.isDoomed }.map(\.credential))
        report.inKeyring = held.count
        report.firstInKeyring = try held.first.flatMap { (id) throws(Fault) in
            try credential(id, vault)?.description.name
        }
        return report
    }

    private func writeValues(_ vault: OpenVault, to dump: inout BackupDump) throws(Fault) {
        for (key, value) in try listedValues(vault).sorted(by: { $0.key < $1.key }) {
            try dump.append(.setValue(key, value))
        }
        try dump.append(.setValue(Key.manifest, vault.head.bytes(keys: vault.keys)))
    }

    private func writeRows(_ vault: OpenVault, to dump: inout BackupDump) throws(Fault) {
        let gone = try forEachRow(vault) { (row, isListed) throws(Fault) in
            guard isListed, sameDigest(try vault.mac(of: row), row.mac) else { throw .damaged(.record) }
            try dump.append(.insertRow(row))
            for number in try storing({ () throws(StorageError) in try store.versionNumbers(of: row.id) }) {
                try dump.append(.insertVersion(try version(number, of: row.id), number: number, of: row.id))
            }
        }
        guard gone == 0, UInt64(dump.rows) == vault.head.credentials else { throw .damaged(.missing) }
    }

    private func writeRest(_ vault: OpenVault, to dump: inout BackupDump) throws(Fault) {
        for number in UInt8.min...UInt8.max {
            let node = try vault.node(number, store)
            if !node.isEmpty { try dump.append(.setNode(number, node.bytes)) }
        }
        var last: UInt64 = 0
        while true {
            let entries = try storing { () throws(StorageError) in try store.journal(after: last, limit: Self.batch) }
            for entry in entries { try dump.append(.appendEntry(entry)) }
            last = entries.last?.sequence ?? last
            if entries.count < Self.batch { break }
        }
        guard last == vault.head.journalSequence else { throw .damaged(.journal) }
    }
}

/// Stored things on their way into a stream.
private struct BackupDump: ~Copyable {
    var writer: SealedStreamWriter
    private(set) var rows = 0
    private(set) var versions = 0

    init(writer: consuming SealedStreamWriter) { self.writer = writer }

    mutating func append(_ change: StorageChange) throws(Fault) {
        guard let (type, content) = BackupFrame.encoded(change) else { return }
        do throws(SealingError) { try writer.append(type: type, content.span) } catch {
            throw Fault(stream: error, .writing)
        }
        switch change {
        case .insertRow: rows += 1
        case .insertVersion: versions += 1
        default: break
        }
    }

    consuming func finish() throws(Fault) {
        do throws(SealingError) { try writer.finish() } catch { throw Fault(stream: error, .writing) }
    }
}
