internal import Lifecycle
package import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Makes the vault with one slot and a recovery slot, and opens it.
    ///
    /// - Parameter secret: the passphrase or the keyring's key; nil for the machine's, which is made here.
    /// - Parameter anew: although an anchor tells of a vault that is no longer here.
    /// - Returns: the text of the recovery code, to be shown once.
    /// - Throws: `exists`, `vault_gone`, `passphrase_empty`, and what storing and sealing throw.
    package func initialize(_ slot: Request.Slot, secret: SecretBox?, anew: Bool = false) throws(Fault) -> SecretBox {
        guard try condition() == .none else {
            throw Fault(.usage, "vault_exists", "there is a vault already; it was left as it is", hint: "secret status")
        }
        if !anew, try isGone() { throw .vaultGone }
        let id = randomBytes(RecordID.size)
        let vault = try fresh(id)
        let code = try sealing { () throws(SealingError) in try RecoveryCode.fresh() }
        let first = try makeSlot(slot, secret: secret, vault: id, keys: vault.keys)
        let recovery = try recoverySlot(code, vault: id, keys: vault.keys)
        var changes: [Change] = [.store(.setValue(Key.id, id))]
        changes += try vault.ownKeys().map { .store(.setValue($0.key, $0.value)) }
        changes += [first, recovery].map { .store(.setValue($0.storageKey, $0.bytes)) }
        changes.append(.entry(Event(event: .vaultMade, version: nil, detail: "opens by \(slot.name)"), of: nil))
        become(open: vault)
        do throws(Fault) { try commit(changes) } catch {
            lock = .closed
            throw error
        }
        return SecretBox(try sealing { () throws(SealingError) in try RecoveryCode.text(of: code) })
    }

    private func fresh(_ id: [UInt8]) throws(Fault) -> OpenVault {
        do throws(SealingError) {
            let keys = EpochKeys(epoch: 1, current: try VaultKeys.fresh(), journal: [1: try VaultKeys.fresh()])
            return OpenVault(
                id: id, fingerprints: try FingerprintKey(SecretBytes.random(count: VaultKeys.size)),
                lookup: try LookupKey(SecretBytes.random(count: VaultKeys.size)), signing: try SigningKey.fresh(),
                keys: keys, head: try ManifestHead(vault: id))
        } catch { throw Fault(error) }
    }
}

extension OpenVault {
    /// The vault's own keys, sealed under the present root key, by the names of their values.
    func ownKeys() throws(Fault) -> [String: [UInt8]] {
        let (root, epoch, journal) = state.withLock { ($0.keys.current, $0.keys.epoch, $0.keys.journal) }
        return try ownKeys(under: root, epoch: epoch, journal: journal)
    }

    func ownKeys(
        under root: VaultKeys, epoch: UInt32, journal: [UInt32: VaultKeys]
    ) throws(Fault) -> [String: [UInt8]] {
        var sealed: [String: [UInt8]] = [:]
        func seal(_ key: OwnKey, _ bytes: Span<UInt8>) throws(SealingError) {
            sealed[key.key] = try root.seal(bytes, at: key.place(vault: id, epoch: epoch))
        }
        do throws(SealingError) {
            try fingerprints.withBytes { bytes throws(SealingError) in try seal(.fingerprint, bytes) }
            try lookup.withBytes { bytes throws(SealingError) in try seal(.lookup, bytes) }
            try signing.withBytes { bytes throws(SealingError) in try seal(.signing, bytes) }
            for (epoch, keys) in journal {
                try keys.withRoot { bytes throws(SealingError) in try seal(.journal(epoch: epoch), bytes) }
            }
        } catch { throw Fault(error) }
        return sealed
    }
}

extension KeySlot {
    /// What the vault's value is called.
    var storageKey: String { Vault.Key.slots + hexadecimal(id) }
}

func hexadecimal(_ bytes: [UInt8]) -> String { RecordID(bytes: bytes)?.description ?? "" }
