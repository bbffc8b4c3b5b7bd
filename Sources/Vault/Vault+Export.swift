internal import Glibc
package import Lifecycle
package import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Writes live values into a file that any vault can import, under a passphrase of the file's own.
    ///
    /// The file has keys of its own; what it tells of this vault are the names that are exported. Each value that leaves is journalled
    /// before the file is whole.
    ///
    /// - Parameters:
    ///   - names: none for all credentials.
    ///   - file: new, empty and open for writing; on return its content has reached the disk, and after a throw it is empty again.
    /// - Throws: `passphrase_empty`, `nothing_to_export`, exit code 66 for a name that is not there, 69 and 75 when a keyring does not
    ///   give a value, 79 for a damaged credential, 74 when the file cannot be written.
    package func export(
        _ names: [CredentialName], to file: Int32, passphrase: SecretBox?
    ) async throws(Fault) -> ExportReport {
        let vault = try opened()
        try PassedFileCheck(file).requireNew()
        let wanted = try exportable(names, vault)
        do throws(Fault) { return try await write(wanted, to: file, passphrase, vault) } catch {
            // Half an export opens to nobody; an empty file says so at a glance, and may be written to again.
            _ = ftruncate(file, 0)
            throw error
        }
    }

    private func exportable(_ names: [CredentialName], _ vault: OpenVault) throws(Fault) -> [RecordID] {
        var ids: [RecordID] = []
        for name in names {
            let id = try credential(name, vault).id
            if !ids.contains(id) { ids.append(id) }
        }
        if names.isEmpty {
            let gone = try forEachRow(vault) { (row, isListed) throws(Fault) in
                guard isListed else { throw .damaged(.added) }
                ids.append(row.id)
            }
            guard gone == 0 else { throw .damaged(.missing) }
        }
        guard !ids.isEmpty else {
            throw Fault(.usage, "nothing_to_export", "there is nothing to export", hint: "secret add --help")
        }
        return ids
    }

    private func write(
        _ ids: [RecordID], to file: Int32, _ passphrase: SecretBox?, _ vault: OpenVault
    ) async throws(Fault) -> ExportReport {
        let keys = try sealing { () throws(SealingError) in try VaultKeys.fresh() }
        let id = randomBytes(RecordID.size)
        let slot = try makeSlot(.passphrase, secret: passphrase, vault: id, keys: keys)
        let facts = SealedStreamFacts(
            kind: .export, vault: id, madeAt: surroundings.now().milliseconds, epoch: 0, sequence: 0)
        var writer = try streaming(.writing) { () throws(SealingError) in
            try SealedStreamWriter(facts, slots: [slot], keys: keys, to: DescriptorBytes(file))
        }
        var count = 0
        for id in ids {
            // Others are answered while a keyring is asked: what was removed meanwhile is not exported.
            guard let credential = try credential(id, vault), let live = credential.row.versions.live else { continue }
            let value = try await token(credential, version: live.number, vault)
            do throws(SealingError) {
                let line = try ExportFrame.line(
                    credential.description, credential.row.probing, value: value.bytes)
                try line.withBytes { bytes throws(SealingError) in try writer.append(type: ExportFrame.type, bytes) }
            } catch { throw Fault(stream: error, .writing) }
            try note(Event(event: .exported, version: live.number, detail: "to a file"), of: id)
            count += 1
        }
        try commit([.entry(Event(event: .exported, version: nil, detail: "\(count) credentials"), of: nil)])
        do throws(SealingError) { try writer.finish() } catch { throw Fault(stream: error, .writing) }
        guard fsync(file) == 0 else { throw Fault(stream: .outputFailed(errno: errno), .writing) }
        return ExportReport(credentials: count, bytes: Int64(lseek(file, 0, SEEK_CUR)))
    }

    /// What an import reads: a sealed file is opened first.
    ///
    /// - Throws: `wrong_secret`, `not_an_export`, `no_passphrase`, `file_damaged`.
    func opened(_ file: Int32, with passphrase: SecretBox?) throws(Fault) -> ImportSource {
        var head = [UInt8](repeating: 0, count: SealedStreamHeader.kindEnd)
        guard unsafe pread(file, &head, head.count, 0) == head.count, SealedStreamHeader.kind(ofHead: head) != nil
        else { return .file(file) }
        try PassedFileCheck(file).requireReadable()
        let header = try streaming(.reading) { () throws(SealingError) in
            try SealedStreamReader.header(of: DescriptorBytes(file))
        }
        guard header.kind == .export else {
            throw Fault(
                .refused, "not_an_export", "the file is a backup of a whole vault; nothing was imported",
                hint: "secret restore --help")
        }
        guard let passphrase, passphrase.bytes.count > 0 else {
            throw Fault(
                .usage, "no_passphrase", "the file opens by its own passphrase; nothing was imported",
                hint: "secret import --help")
        }
        // Exactly one: each slot more is a derivation of keys, which a forged file could make the vault wait for.
        guard header.slots.count == 1, let slot = header.slots.first, slot.kind == .passphrase else {
            throw .damagedFile("an export opens by one passphrase, and this one says otherwise")
        }
        if let keys = try opening(slot, passphrase) { return .sealed(file, keys) }
        throw Fault(
            .notPermitted, "wrong_secret", "this passphrase does not open the file; nothing was imported",
            hint: "secret import --help")
    }
}
