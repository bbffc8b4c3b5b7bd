internal import Lifecycle
package import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Takes a vault back from a backup: all of it, in one transaction, or nothing.
    ///
    /// The manifest is compared with all that came before anything is kept. The sequence goes on behind both the backup's and the highest
    /// that was seen, so that the anchor holds, and the journal tells what was restored. The vault is open afterwards.
    ///
    /// - Parameter file: regular and open for reading.
    /// - Throws: `vault_exists`, `no_slot`, `wrong_secret`, `file_damaged`, exit code 74 when the file or the store fails.
    package func restore(_ order: RestoreOrder, from file: Int32, secret: SecretBox?) throws(Fault) -> RestoreReport {
        guard try condition() == .none || order.replaces else {
            throw Fault(
                .usage, "vault_exists", "there is a vault already; it was left as it is",
                hint: "to put the backup in its place, run the same command with --replace")
        }
        try PassedFileCheck(file).requireReadable()
        let source = DescriptorBytes(file)
        let header = try streaming(.reading) { () throws(SealingError) in try SealedStreamReader.header(of: source) }
        guard header.kind == .backup else {
            throw Fault(
                .refused, "not_a_backup", "the file is an export, not a backup; nothing was changed",
                hint: "secret import --help")
        }
        let root = try self.root(of: header, order.slot, secret)
        if case .open = lock { try commit([]) }
        let before = lock
        try storing { () throws(StorageError) in try store.begin() }
        do throws(Fault) {
            try replaceAll(header, source, root)
            let report = try checkRestored(header, root)
            try storing { () throws(StorageError) in try store.end() }
            if case .open(let vault) = lock { moveAnchor(to: vault.head, vault.head.bytes(keys: vault.keys), vault) }
            surroundings.rescheduled()
            return report
        } catch {
            lock = before
            try storing { () throws(StorageError) in try store.undo() }
            throw error
        }
    }

    /// - Throws: `no_slot`, `wrong_secret`.
    private func root(
        of header: SealedStreamHeader, _ slot: Request.Slot, _ secret: SecretBox?
    ) throws(Fault) -> VaultKeys {
        let candidates = header.slots.filter { slot.accepts($0) }
        guard !candidates.isEmpty else {
            let kinds = Set(header.slots.map(\.kind.name)).sorted().joined(separator: ", ")
            throw Fault(
                .usage, "no_slot", "this backup has no \(slot.name) slot; it opens by: \(kinds)",
                hint: "secret restore --help")
        }
        let secret = try slotSecret(slot, secret)
        for candidate in candidates { if let keys = try opening(candidate, secret) { return keys } }
        throw Fault(
            .notPermitted, "wrong_secret", "this \(slot.name) does not open the backup; nothing was changed",
            hint: "secret restore --help")
    }

    /// Changes that are applied in one part.
    private static let part = 1000

    private func replaceAll(
        _ header: SealedStreamHeader, _ source: DescriptorBytes, _ root: VaultKeys
    ) throws(Fault) {
        var reader = try streaming(.reading) { () throws(SealingError) in
            try SealedStreamReader(header, from: source, keys: root)
        }
        var changes: [StorageChange] = [.clear]
        while true {
            let change: StorageChange?
            do throws(SealingError) {
                change = try reader.next().map { (frame) throws(SealingError) in
                    try BackupFrame.change(type: frame.type, try reader.bytes())
                }
            } catch { throw Fault(stream: error, .reading) }
            if let change { changes.append(change) }
            guard change == nil || changes.count >= Self.part else { continue }
            try storing { () throws(StorageError) in try store.apply(changes) }
            changes = []
            if change == nil { return }
        }
    }

    /// What came is compared with its manifest; then the restoring is journalled.
    private func checkRestored(_ header: SealedStreamHeader, _ root: VaultKeys) throws(Fault) -> RestoreReport {
        let values = try storedValues()
        let stored = try storing { () throws(StorageError) in try store.value(Key.manifest) } ?? []
        guard values[Key.id] == header.vault else { throw .damaged(.values) }
        let head = try checkedHead(stored, root, id: header.vault, values)
        guard head.epoch == header.epoch, head.sequence == header.sequence else { throw .damaged(.manifest) }
        let vault = try OwnKeys(values: values, vault: header.vault, root: root, epoch: head.epoch).opened(head)
        var report = RestoreReport(
            credentials: 0, versions: 0, damaged: 0, madeAt: Timestamp(milliseconds: header.madeAt).rfc3339,
            slots: [], opensByMachine: false)
        try checkRows(vault, &report)
        for number in UInt8.min...UInt8.max { _ = try vault.node(number, store) }
        _ = try verifyJournal(vault)
        let slots = Self.slots(in: values, vault: vault.id).readable
        report.slots = Set(slots.map(\.kind.name)).sorted()
        report.opensByMachine = opensByMachine(slots, vault)
        try journalRestoring(report, vault)
        return report
    }

    private func checkRows(_ vault: OpenVault, _ report: inout RestoreReport) throws(Fault) {
        var (rows, versions, damaged) = (0, 0, 0)
        let gone = try forEachRow(vault) { (row, isListed) throws(Fault) in
            guard isListed, sameDigest(try vault.mac(of: row), row.mac) else { throw .damaged(.replayed) }
            rows += 1
            // A credential that was damaged before is no reason to lose the others.
            do throws(Fault) { versions += try verify(row, vault) } catch {
                guard error.code == .damaged else { throw error }
                damaged += 1
            }
        }
        guard gone == 0, UInt64(rows) == vault.head.credentials else { throw .damaged(.missing) }
        (report.credentials, report.versions, report.damaged) = (rows, versions, damaged)
    }

    private func opensByMachine(_ slots: [KeySlot], _ vault: OpenVault) -> Bool {
        guard let key = try? surroundings.machineKey.read() else { return false }
        return slots.contains { slot in
            slot.kind == .machine && (try? slot.open(with: key.bytes).isSame(as: vault.keys)) == true
        }
    }

    private func journalRestoring(_ report: RestoreReport, _ vault: OpenVault) throws(Fault) {
        let seen = try highestSeen(vault, UnlockTerms())
        // The commit adds one. An odd number leaves the anchor's first place, which is written below, to the same vault.
        vault.state.withLock { $0.head.sequence = (max($0.head.sequence, seen) + 1) & ~1 }
        try announce(vault)
        become(open: vault)
        let detail = "from the backup of \(report.madeAt), \(report.credentials) credentials"
        try commitPart([.entry(Event(event: .restored, version: nil, detail: detail), of: nil)])
    }

    /// An anchor of the vault that comes lies beside one of the vault that goes, so that a crash leaves each with its own.
    private func announce(_ vault: OpenVault) throws(Fault) {
        let found = try surroundings.anchor.read()
        guard !found.isEmpty, found.allSatisfy({ Anchor.vault(of: $0) != vault.id }) else { return }
        let head = vault.head
        let anchor = Anchor(vault: vault.id, sequence: head.sequence, head: [UInt8](repeating: 0, count: 32))
        do throws(Fault) { try surroundings.anchor.write(anchor.bytes(key: vault.lookup), turn: 0) } catch {
            surroundings.failed(error)
        }
    }
}
