internal import Lifecycle
internal import Sealing
internal import Storage
internal import Wire

/// A credential as the use cases see it: its authenticated row and what its versions are.
struct Credential: Sendable {
    let id: RecordID
    let tag: [UInt8]
    var row: CredentialRow
    /// Of the live version.
    var description: Description
}

extension Vault {
    /// - Throws: `.noSuch`, `.damaged` when the manifest, the row or the description does not authenticate.
    func credential(_ name: CredentialName, _ vault: OpenVault) throws(Fault) -> Credential {
        guard let stored = try listedRow(tag: vault.lookup.tag(ofName: name.description), vault) else {
            throw .noSuch(name)
        }
        return try credential(stored, vault)
    }

    /// Nil when it was removed meanwhile.
    func credential(_ id: RecordID, _ vault: OpenVault) throws(Fault) -> Credential? {
        guard let stored = try storing({ () throws(StorageError) in try store.row(id) }),
            let listed = try listedRow(tag: stored.tag, vault)
        else { return nil }
        guard listed == stored else { throw .damaged }
        return try credential(stored, vault)
    }

    /// - Parameter stored: a row that the manifest was asked about.
    func credential(_ stored: StoredRow, _ vault: OpenVault) throws(Fault) -> Credential {
        let row = try vault.row(stored)
        guard let live = row.versions.live else { throw .damaged }
        let description = try self.description(of: stored.id, version: live.number, vault)
        guard vault.lookup.tag(ofName: description.name.description) == stored.tag else { throw .damaged }
        return Credential(id: stored.id, tag: stored.tag, row: row, description: description)
    }

    func description(of id: RecordID, version: Int, _ vault: OpenVault) throws(Fault) -> Description {
        let opened = try openDescription(try self.version(version, of: id), of: id, number: version, vault)
        let bytes = opened.withBytes { span in span.indices.map { span[$0] } }
        guard let description = decoded(Description.self, from: bytes) else { throw .damaged }
        return description
    }

    func value(of id: RecordID, version: Int, _ vault: OpenVault) throws(Fault) -> SecretBox {
        SecretBox(try openValue(try self.version(version, of: id), of: id, number: version, vault))
    }

    func openDescription(
        _ stored: StoredVersion, of id: RecordID, number: Int, _ vault: OpenVault
    ) throws(Fault) -> SecretBytes {
        let keys = try vault.keys(of: stored.epoch)
        let place = vault.place(id, .description, number, epoch: stored.epoch)
        return try sealing { () throws(SealingError) in try keys.open(stored.description, at: place) }
    }

    func openValue(
        _ stored: StoredVersion, of id: RecordID, number: Int, _ vault: OpenVault
    ) throws(Fault) -> SecretBytes {
        guard let sealed = stored.value else { throw .damaged(.versions) }
        let keys = try vault.keys(of: stored.epoch)
        let place = vault.place(id, .value, number, epoch: stored.epoch)
        return try sealing { () throws(SealingError) in try keys.open(sealed, at: place) }
    }

    func version(_ number: Int, of id: RecordID) throws(Fault) -> StoredVersion {
        guard let sealed = try storing({ () throws(StorageError) in try store.version(number, of: id) }) else {
            throw .damaged(.versions)
        }
        return sealed
    }

    /// Seals a version under the present keys; the caller commits it.
    func sealed(
        _ value: borrowing SecretBytes, description: Span<UInt8>, version: Int, of id: RecordID, _ vault: OpenVault
    ) throws(Fault) -> StoredVersion {
        let (keys, epoch) = (vault.keys, vault.epoch)
        do throws(SealingError) {
            let sealedValue = try value.withBytes { span throws(SealingError) in
                try keys.seal(span, at: vault.place(id, .value, version, epoch: epoch))
            }
            let sealedDescription = try keys.seal(
                description, at: vault.place(id, .description, version, epoch: epoch))
            return StoredVersion(epoch: epoch, description: sealedDescription, value: sealedValue)
        } catch { throw Fault(error) }
    }

    func sealed(
        _ value: SecretBox, _ description: Description, version: Int, of id: RecordID, _ vault: OpenVault
    ) throws(Fault) -> StoredVersion {
        let facts = encoded(description)
        return try sealed(value.bytes, description: facts.span, version: version, of: id, vault)
    }

    /// A credential's row as it is now, under the present keys.
    func storedRow(_ credential: Credential, _ vault: OpenVault) throws(Fault) -> StoredRow {
        var row = credential.row
        row.due.notice = noticeDue(credential)
        var stored = StoredRow(
            id: credential.id, tag: credential.tag, due: row.nextDue, epoch: vault.epoch, body: encoded(row), mac: [])
        stored.mac = try vault.mac(of: stored)
        return stored
    }
}

extension OpenVault {
    /// - Throws: exit code 79 unless the row is authentic and decodes.
    func row(_ stored: StoredRow) throws(Fault) -> CredentialRow {
        guard sameDigest(try mac(of: stored), stored.mac), let row = decoded(CredentialRow.self, from: stored.body)
        else { throw .damaged }
        return row
    }

    func mac(of row: StoredRow) throws(Fault) -> [UInt8] {
        let statement = RowStatement(
            vault: id, record: row.id.bytes, tag: row.tag, due: row.due?.milliseconds, epoch: row.epoch, body: row.body)
        return try keys(of: row.epoch).mac(statement.fields)
    }
}
