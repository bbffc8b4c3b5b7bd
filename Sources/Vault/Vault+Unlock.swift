internal import Lifecycle
package import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Opens the vault by any slot of the kind; an open vault stays open, but the secret is tried all the same.
    ///
    /// - Throws: `no_slot`, `wrong_secret`, `.noVault`, and what sealing throws.
    package func unlock(_ slot: Request.Slot, secret: SecretBox?) throws(Fault) {
        guard let id = try storing({ () throws(StorageError) in try store.value(Key.id) }) else { throw .noVault }
        let secret = try slotSecret(slot, secret)
        let all = try slots(of: id)
        let candidates = all.readable.filter { slot.accepts($0) }
        guard !candidates.isEmpty else {
            if all.damaged > 0 { throw .damaged }
            throw Fault(.usage, "no_slot", "this vault has no \(slot.name) slot", hint: "secret daemon status")
        }
        for candidate in candidates {
            guard let keys = try opening(candidate, secret) else { continue }
            if case .open = lock {} else { try open(with: keys, id: id) }
            if try isLockedByPerson() { try commit([.setValue(Key.lockedByPerson, nil)]) }
            return
        }
        throw Fault(
            .notPermitted, "wrong_secret", "this \(slot.name) does not open the vault", hint: "secret unlock --recovery"
        )
    }

    /// Nil when the secret is not the slot's.
    private func opening(_ slot: KeySlot, _ secret: SecretBox) throws(Fault) -> VaultKeys? {
        do throws(SealingError) { return try slot.open(with: secret.bytes) } catch {
            guard error == .wrongKeyOrTampered else { throw Fault(error) }
            return nil
        }
    }

    private func slotSecret(_ slot: Request.Slot, _ given: SecretBox?) throws(Fault) -> SecretBox {
        if case .machine = slot {
            if let key = try surroundings.machineKey.read() { return key }
            throw Fault(.notNow, "no_machine_key", "the machine's key file is gone", hint: "secret unlock --recovery")
        }
        guard let given else {
            throw Fault(.usage, "no_secret", "nothing was given to unlock with", hint: "secret unlock")
        }
        guard case .recovery = slot else { return given }
        return SecretBox(
            try sealing { () throws(SealingError) in
                try given.bytes.withBytes { span throws(SealingError) in try RecoveryCode.key(from: span) }
            })
    }

    private func open(with keys: VaultKeys, id: [UInt8]) throws(Fault) {
        guard let sealed = try storing({ () throws(StorageError) in try store.value(Key.fingerprintKey) }) else {
            throw .damaged
        }
        let fingerprints = try sealing { () throws(SealingError) in
            try FingerprintKey(keys.open(sealed, at: OpenVault.fingerprintPlace(vault: id)))
        }
        let vault = OpenVault(id: id, keys: keys, fingerprints: fingerprints)
        lock = .open(vault)
        do throws(Fault) { try doomStrayItems(vault) } catch { surroundings.failed(error) }
        surroundings.rescheduled()
    }

    /// Opens the vault without a person, if a machine slot allows it and no person locked it; true when it is open.
    package func unlockByMachine() -> Bool {
        guard (try? isLockedByPerson()) == false else { return false }
        try? unlock(.machine, secret: nil)
        if case .open = lock { return true }
        return false
    }

    /// Forgets the keys; only `unlock` brings them back, also after a restart.
    package func lockByPerson() throws(Fault) {
        guard try condition() != .none else { throw .noVault }
        lock = .closed
        try commit([.setValue(Key.lockedByPerson, [1])])
    }

    package func slotReports() throws(Fault) -> [SlotReport] {
        guard let id = try storing({ () throws(StorageError) in try store.value(Key.id) }) else { throw .noVault }
        return try slots(of: id).readable.compactMap { slot in
            RecordID(bytes: slot.id).map { SlotReport(kind: slot.kind.name, id: $0, protects: slot.kind.protection) }
        }.sorted { $0.kind < $1.kind }
    }

    /// A slot that was damaged must not take the others with it.
    private func slots(of id: [UInt8]) throws(Fault) -> (readable: [KeySlot], damaged: Int) {
        let stored = try storing { () throws(StorageError) in try store.values(prefix: Key.slots) }
        let readable = stored.sorted { $0.key < $1.key }.compactMap { try? KeySlot($0.value, vault: id) }
        return (readable, stored.count - readable.count)
    }
}

extension Request.Slot {
    var name: String {
        switch self {
        case .passphrase: "passphrase"
        case .keyring: "keyring"
        case .recovery: "recovery code"
        case .machine: "machine"
        }
    }

    func accepts(_ slot: KeySlot) -> Bool {
        switch (self, slot.kind) {
        case (.passphrase, .passphrase), (.recovery, .recovery), (.machine, .machine): true
        case (.keyring(let item), .keyring): item.bytes == slot.id
        default: false
        }
    }
}

extension SlotKind {
    /// What opening by this slot protects against, in one plain sentence.
    var protection: String {
        switch self {
        case .passphrase: "a stolen disk or backup opens nothing without the passphrase"
        case .keyring: "opens while you are logged in; a stolen disk needs your keyring's password"
        case .recovery: "opens with the code that was shown once"
        case .machine:
            "opens without a person: whoever can read the key file and vault.db reads every token; a stolen copy of vault.db alone opens nothing"
        }
    }
}
