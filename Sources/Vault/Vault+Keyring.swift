internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

/// A sealed version on its way into the store, and the item that holds its value when the keyring does.
struct PlacedVersion: Sendable {
    let number: Int
    let stored: StoredVersion
    var item: RecordID?
}

extension Vault {
    /// Seals a version for its home. In the keyring the item was read back when this returns; the caller commits the version.
    ///
    /// The item holds an envelope under a key of its own, for the same place as in the vault; that key is sealed where the vault
    /// would keep the value. So another item, an older one or one of another vault does not open, a new root key needs no keyring,
    /// and an item whose version is gone is noise.
    /// - Throws: a `keyring_...` fault, and then the vault refers to nothing in the keyring.
    func place(
        _ value: SecretBox, _ description: Description, version number: Int, of id: RecordID, in home: ValueHome,
        _ vault: OpenVault
    ) async throws(Fault) -> PlacedVersion {
        guard home == .keyring else {
            let stored = try sealed(value, description, version: number, of: id, vault)
            return PlacedVersion(number: number, stored: stored, item: nil)
        }
        let values = [(value: value, description: description, number: number)]
        return try await placeInKeyring(values, of: id, vault)[0]
    }

    /// The same for some versions of one credential: all of them, or none.
    func placeInKeyring(
        _ values: [(value: SecretBox, description: Description, number: Int)], of id: RecordID, _ vault: OpenVault
    ) async throws(Fault) -> [PlacedVersion] {
        let time = KeyringTime()
        var placed: [PlacedVersion] = []
        var envelopes: [(item: RecordID, bytes: [UInt8], name: CredentialName)] = []
        for (value, description, number) in values {
            let item = RecordID.random()
            let (key, envelope) = try sealedApart(value, version: number, of: id, vault)
            let stored = try sealed(key, description, version: number, of: id, vault)
            placed.append(PlacedVersion(number: number, stored: stored, item: item))
            envelopes.append((item, envelope, description.name))
        }
        let entries = placed.compactMap { version in
            version.item.map { itemChange($0, KeyringEntry(credential: id, version: version.number)) }
        }
        try commit(entries)
        for (item, bytes, name) in envelopes {
            do throws(KeyringCondition) {
                try await surroundings.keeper.store(bytes, as: item, within: time.left)
            } catch {
                abandon(placed, error)
                throw .keyring(error, name)
            }
        }
        keyringAnswered(vault)
        return placed
    }

    /// What waits for the keyring need not wait any longer.
    private func keyringAnswered(_ vault: OpenVault) {
        let waited = vault.state.withLock { state in
            defer { state.itemsRest = nil }
            return state.itemsRest != nil
        }
        if waited { surroundings.rescheduled() }
    }

    /// Takes back what `placeInKeyring` noted; what reached the keyring nevertheless is deleted later, at the latest after the vault
    /// was opened anew.
    func abandon(_ placed: [PlacedVersion], _ condition: KeyringCondition? = nil) {
        let items = placed.compactMap(\.item)
        guard !items.isEmpty else { return }
        let reachedNobody = [.locked, .prompting, .absent, .noSession].contains(condition)
        do throws(Fault) {
            let isNothing = reachedNobody && items.count == 1
            try commit(isNothing ? items.map { itemChange($0, nil) } : doomChanges(items))
        } catch { surroundings.failed(error) }
    }

    /// A fresh key, and the value sealed under it.
    private func sealedApart(
        _ value: SecretBox, version: Int, of id: RecordID, _ vault: OpenVault
    ) throws(Fault) -> (key: SecretBox, envelope: [UInt8]) {
        try sealing { () throws(SealingError) in
            let key = SecretBox(try SecretBytes.random(count: VaultKeys.size))
            let own = try Self.itemKeys(key)
            let place = vault.itemPlace(id, version)
            let envelope = try value.bytes.withBytes { span throws(SealingError) in try own.seal(span, at: place) }
            return (key, envelope)
        }
    }

    private static func itemKeys(_ key: SecretBox) throws(SealingError) -> VaultKeys {
        try VaultKeys(root: key.bytes.extracting(0..<key.bytes.count))
    }

    /// The value of a version, from wherever it lies.
    ///
    /// - Parameter sealed: the version, when it was read already.
    /// - Throws: a `keyring_...` fault, `.damaged`.
    func token(
        _ credential: Credential, version number: Int, _ vault: OpenVault, within time: KeyringTime = KeyringTime(),
        sealed: StoredVersion? = nil
    ) async throws(Fault) -> SecretBox {
        let version = if let sealed { sealed } else { try version(number, of: credential.id) }
        let stored = SecretBox(try openValue(version, of: credential.id, number: number, vault))
        guard let item = credential.row.versions[number]?.item else {
            let isLive = number == credential.row.versions.live?.number
            let description =
                isLive ? credential.description : try description(of: credential.id, version: number, vault)
            // A key to an item lay in the same place while the keyring held the value.
            try check(stored, is: description, vault)
            return stored
        }
        let name = credential.description.name
        let envelope: [UInt8]
        do throws(KeyringCondition) {
            envelope = try await surroundings.keeper.fetch(item, within: time.left)
        } catch { throw .keyring(error, name) }
        keyringAnswered(vault)
        guard let keys = try? Self.itemKeys(stored) else { throw .damaged }
        do throws(SealingError) {
            return SecretBox(try keys.open(envelope, at: vault.itemPlace(credential.id, number)))
        } catch {
            if case .lockedMemoryExhausted = error { throw Fault(error) }
            throw .keyring(.changed, name)
        }
    }

    /// - Throws: a `keyring_...` fault unless the keyring can be used now.
    func requireKeyring(for name: CredentialName) async throws(Fault) {
        _ = try opened()
        let condition = await surroundings.keeper.state(within: KeyringTime().left)
        guard condition == .present else { throw .keyring(condition, name) }
    }
}

extension OpenVault {
    /// An item's key belongs to it alone, whatever the root key: its envelope is of epoch 0.
    fileprivate func itemPlace(_ record: RecordID, _ version: Int) -> EnvelopePlace {
        EnvelopePlace(vault: id, record: record.bytes, field: .value, version: UInt64(version), epoch: 0)
    }
}
