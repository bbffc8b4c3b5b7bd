internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Checks everything: the file, the manifest, every row and envelope, the journal, the anchor.
    ///
    /// - Throws: only when it cannot be checked at all; what is wrong is in the report.
    package func verify() throws(Fault) -> VerifyReport {
        let vault = try opened()
        var report = VerifyReport()
        func attempt(_ what: String, _ work: () throws(Fault) -> Void) {
            do throws(Fault) { try work() } catch { report.add(what, error) }
        }
        attempt("manifest") { () throws(Fault) in
            let stored = try storing { () throws(StorageError) in try store.value(Key.manifest) }
            guard stored == vault.head.bytes(keys: vault.keys) else { throw .damaged(.manifest) }
            for number in UInt8.min...UInt8.max { _ = try vault.node(number, store) }
        }
        // Behind the comparison: a commit puts the head right again.
        attempt("journal") { () throws(Fault) in try commit([]) }
        attempt("file") { () throws(Fault) in
            for line in try storing({ () throws(StorageError) in try store.selfCheck() }) { report.add("file", line) }
        }
        attempt("values") { () throws(Fault) in
            let slots = Self.slots(in: try listedValues(vault), vault: vault.id)
            if slots.damaged > 0 { throw .damaged(.values) }
        }
        attempt("credentials") { () throws(Fault) in try verifyCredentials(vault, &report) }
        attempt("journal") { () throws(Fault) in report.entries = try verifyJournal(vault).entries }
        attempt("anchor") { () throws(Fault) in
            let head = vault.head
            try measure(head, Array(head.bytes(keys: vault.keys).suffix(32)), vault, UnlockTerms())
        }
        report.freshness = vault.state.withLock(\.freshness).rawValue
        report.sequence = vault.head.sequence
        return report
    }

    private func verifyCredentials(_ vault: OpenVault, _ report: inout VerifyReport) throws(Fault) {
        var versions = 0
        var rows = 0
        var findings: [(String, Fault)] = []
        let gone = try forEachRow(vault) { (row, isListed) throws(Fault) in
            rows += 1
            do throws(Fault) {
                guard isListed else { throw .damaged(.replayed) }
                versions += try verify(row, vault)
            } catch { findings.append((label(row, vault), error)) }
        }
        for (label, fault) in findings { report.add(label, fault) }
        if gone > 0 { report.add("credentials", .damaged(.missing)) }
        let counts = try storing { () throws(StorageError) in try store.counts() }
        if counts.rows != rows || UInt64(rows) != vault.head.credentials { report.add("credentials", .damaged(.added)) }
        if findings.isEmpty, counts.versions != versions { report.add("credentials", .damaged(.versions)) }
        report.credentials = rows
        report.versions = versions
    }

    /// A row, and whether its versions are all there, no other, and open; returns how many there are.
    func verify(_ row: StoredRow, _ vault: OpenVault) throws(Fault) -> Int {
        let credential = try credential(row, vault)
        let numbers = try storing { () throws(StorageError) in try store.versionNumbers(of: row.id) }
        guard numbers == credential.row.versions.kept.sorted() else { throw .damaged(.versions) }
        for number in numbers {
            let description = try description(of: row.id, version: number, vault)
            guard description.name == credential.description.name else { throw .damaged }
            let value = try value(of: row.id, version: number, vault)
            // Of a value in the keyring the vault holds the key alone; the item is checked when it is used.
            guard credential.row.versions[number]?.item == nil else {
                guard value.bytes.count == VaultKeys.size else { throw .damaged }
                continue
            }
            try check(value, is: description, vault)
        }
        return numbers.count
    }

    /// - Throws: exit code 79 unless it is the value that the description was made of.
    func check(_ value: SecretBox, is description: Description, _ vault: OpenVault) throws(Fault) {
        let fingerprint = try sealing { () throws(SealingError) in
            try vault.fingerprints.fingerprint(of: value.bytes)
        }
        guard fingerprint == description.fingerprint else { throw .damaged }
    }

    /// What a person knows a row by: its name where that can still be read, else its id.
    private func label(_ row: StoredRow, _ vault: OpenVault) -> String {
        (try? credential(row, vault).description.name.description) ?? row.id.description
    }

    /// Follows the whole journal, entries that wait included.
    func verifyJournal(_ vault: OpenVault) throws(Fault) -> AuditReport {
        var chain = JournalChain(vault)
        var signed = 0
        while true {
            let after = chain.sequence
            let entries = try storing { () throws(StorageError) in
                try store.journal(after: after, limit: Self.batch)
            }
            for entry in entries {
                _ = try chain.follow(entry)
                if entry.signature != nil { signed += 1 }
            }
            if entries.count < Self.batch { break }
        }
        let head = vault.head
        guard chain.sequence == head.journalSequence, chain.chain == head.journalChain else { throw .damaged(.journal) }
        return AuditReport(
            entries: Int(chain.sequence), signed: signed,
            publicKey: vault.signing.publicKey.map { byte in
                String(byte >> 4, radix: 16) + String(byte & 15, radix: 16)
            }.joined())
    }
}
