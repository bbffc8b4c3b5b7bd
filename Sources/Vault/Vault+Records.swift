internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

/// A credential as the use cases see it: its authenticated row and what its versions are.
struct Credential: Sendable {
    let id: RecordID
    let tag: [UInt8]
    var row: CredentialRow
    /// Of the live version.
    var description: Description
}

/// One line of a credential's history.
struct Event: Equatable, Sendable, Codable {
    enum Kind: String, Sendable, Codable {
        case added, rotated, staged, refused, undone, probed, verdict, read, paused, resumed, consented, moved
        case endpointClosed = "endpoint-closed"
        case keptEnded = "kept-ended"
        case needsPerson = "needs-person"
        case recovered
    }
    var event: Kind
    var version: Int?
    var detail: String
}

extension Vault {
    /// - Throws: `.noSuch`, `.damaged` when the row or the description does not authenticate.
    func credential(_ name: CredentialName, _ vault: OpenVault) throws(Fault) -> Credential {
        let tag = vault.keys.tag(ofName: name.description)
        guard let stored = try storing({ () throws(StorageError) in try store.row(tag: tag) }) else {
            throw .noSuch(name)
        }
        return try credential(stored, vault)
    }

    /// Nil when it was removed meanwhile.
    func credential(_ id: RecordID, _ vault: OpenVault) throws(Fault) -> Credential? {
        guard let stored = try storing({ () throws(StorageError) in try store.row(id) }) else { return nil }
        return try credential(stored, vault)
    }

    func credential(_ stored: StoredRow, _ vault: OpenVault) throws(Fault) -> Credential {
        let row = try self.row(stored, vault)
        guard let live = row.versions.live else { throw .damaged }
        let description = try self.description(of: stored.id, version: live.number, vault)
        guard vault.keys.tag(ofName: description.name.description) == stored.tag else { throw .damaged }
        return Credential(id: stored.id, tag: stored.tag, row: row, description: description)
    }

    func row(_ stored: StoredRow, _ vault: OpenVault) throws(Fault) -> CredentialRow {
        guard sameDigest(vault.mac(of: stored), stored.mac), let row = decoded(CredentialRow.self, from: stored.body)
        else { throw .damaged }
        return row
    }

    func description(of id: RecordID, version: Int, _ vault: OpenVault) throws(Fault) -> Description {
        let sealed = try self.version(version, of: id)
        let opened = try sealing { () throws(SealingError) in
            try vault.keys.open(sealed.description, at: vault.place(id, .description, version))
        }
        let bytes = opened.withBytes { span in span.indices.map { span[$0] } }
        guard let description = decoded(Description.self, from: bytes) else { throw .damaged }
        return description
    }

    func value(of id: RecordID, version: Int, _ vault: OpenVault) throws(Fault) -> SecretBox {
        let sealed = try self.version(version, of: id)
        return SecretBox(
            try sealing { () throws(SealingError) in
                try vault.keys.open(sealed.value, at: vault.place(id, .value, version))
            })
    }

    private func version(_ number: Int, of id: RecordID) throws(Fault) -> StoredVersion {
        guard let sealed = try storing({ () throws(StorageError) in try store.version(number, of: id) }) else {
            throw .damaged
        }
        return sealed
    }

    /// Seals a version; the caller commits it.
    func sealed(
        _ value: SecretBox, _ description: Description, version: Int, of id: RecordID, _ vault: OpenVault
    ) throws(Fault) -> StoredVersion {
        try sealing { () throws(SealingError) in
            let place = vault.place(id, .value, version)
            let value = try value.bytes.withBytes { span throws(SealingError) in try vault.keys.seal(span, at: place) }
            let facts = encoded(description)
            let descriptionPlace = vault.place(id, .description, version)
            return StoredVersion(description: try vault.keys.seal(facts.span, at: descriptionPlace), value: value)
        }
    }

    /// The change that writes a credential's row as it is now.
    func rowChange(_ credential: Credential, isNew: Bool = false, _ vault: OpenVault) -> StorageChange {
        var stored = StoredRow(
            id: credential.id, tag: credential.tag, due: credential.row.nextDue, body: encoded(credential.row), mac: [])
        stored.mac = vault.mac(of: stored)
        return isNew ? .insertRow(stored) : .updateRow(stored)
    }

    func eventChange(_ event: Event, of id: RecordID, _ vault: OpenVault) -> StorageChange {
        var stored = StoredEvent(at: surroundings.now(), body: encoded(event), mac: [])
        stored.mac = vault.mac(of: stored, record: id)
        return .appendEvent(stored, of: id)
    }

    /// Writes changes at once and wakes the timer.
    func commit(_ changes: [StorageChange]) throws(Fault) {
        try storing { () throws(StorageError) in try store.apply(changes) }
        if case .open(let vault) = lock { vault.attention.withLock { $0 = nil } }
        surroundings.rescheduled()
    }
}

extension OpenVault {
    func mac(of row: StoredRow) -> [UInt8] {
        var fields = Fields("tokenward row 1")
        fields.append(id)
        fields.append(row.id.bytes)
        fields.append(row.tag)
        fields.append(row.due?.milliseconds ?? .min)
        fields.append(row.body)
        return keys.mac(fields)
    }

    func mac(of event: StoredEvent, record: RecordID) -> [UInt8] {
        var fields = Fields("tokenward event 1")
        fields.append(id)
        fields.append(record.bytes)
        fields.append(event.at.milliseconds)
        fields.append(event.body)
        return keys.mac(fields)
    }

    /// Authenticates one of the vault's own values that is kept in clear.
    func mac(ofValue value: [UInt8], key: String) -> [UInt8] {
        var fields = Fields("tokenward value 1")
        fields.append(id)
        fields.append(text: key)
        fields.append(value)
        return keys.mac(fields)
    }
}
