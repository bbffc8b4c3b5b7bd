internal import Lifecycle
package import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// Opens the vault by any slot of the kind; an open vault stays open, but the secret is tried all the same.
    ///
    /// - Parameter terms: more anchors to measure it against, and whether to take the vault as it lies here, journalled.
    /// - Throws: `no_slot`, `wrong_secret`, `.noVault`, `rolled_back` and `damaged` when the vault is not what was seen last, and
    ///   what sealing throws.
    package func unlock(_ slot: Request.Slot, secret: SecretBox?, terms: UnlockTerms = UnlockTerms()) throws(Fault) {
        guard let id = try storing({ () throws(StorageError) in try store.value(Key.id) }) else { throw try absence() }
        let secret = try slotSecret(slot, secret)
        let all = try slots(of: id)
        let candidates = all.readable.filter { slot.accepts($0) }
        guard !candidates.isEmpty else {
            if all.damaged > 0 { throw .damaged(.values) }
            throw Fault(.usage, "no_slot", "this vault has no \(slot.name) slot", hint: "secret daemon status")
        }
        for candidate in candidates {
            guard let keys = try opening(candidate, secret) else { continue }
            if case .open = lock {
            } else {
                try open(with: keys, id: id, terms)
                do throws(Fault) { try doomStrayItems() } catch { surroundings.failed(error) }
            }
            if try isLockedByPerson() {
                try storing { () throws(StorageError) in try store.apply([.setValue(Key.lockedByPerson, nil)]) }
            }
            return
        }
        throw Fault(
            .notPermitted, "wrong_secret", "this \(slot.name) does not open the vault", hint: "secret unlock --recovery"
        )
    }

    /// Nil when the secret is not the slot's.
    func opening(_ slot: KeySlot, _ secret: SecretBox) throws(Fault) -> VaultKeys? {
        do throws(SealingError) { return try slot.open(with: secret.bytes) } catch {
            guard error == .wrongKeyOrTampered else { throw Fault(error) }
            return nil
        }
    }

    /// What a slot of that kind opens with: as given, the code behind a recovery code's text, or the key of this machine.
    func slotSecret(_ slot: Request.Slot, _ given: SecretBox?) throws(Fault) -> SecretBox {
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

    private func open(with root: VaultKeys, id: [UInt8], _ terms: UnlockTerms) throws(Fault) {
        let values = try storedValues()
        let stored = try storing { () throws(StorageError) in try store.value(Key.manifest) } ?? []
        let head: ManifestHead
        do throws(Fault) {
            head = try checkedHead(stored, root, id: id, values)
        } catch {
            guard terms.acceptsState else { throw error }
            return try acceptState(stored, root, id: id, values, terms)
        }
        let vault = try OwnKeys(values: values, vault: id, root: root, epoch: head.epoch).opened(head)
        do throws(Fault) { try measure(head, Array(stored.suffix(32)), vault, terms) } catch {
            guard terms.acceptsState else { throw error }
            return try acceptState(stored, root, id: id, values, terms)
        }
        become(open: vault)
        try rememberOpening(vault, stored)
        surroundings.rescheduled()
    }

    func checkedHead(
        _ stored: [UInt8], _ root: VaultKeys, id: [UInt8], _ values: [String: [UInt8]]
    ) throws(Fault) -> ManifestHead {
        guard let head = try? ManifestHead(stored, keys: root), head.vault == id else { throw .damaged(.manifest) }
        guard ManifestValues.digest(of: values) == head.values else { throw .damaged(.values) }
        return head
    }

    /// Opens the vault without a person, if a machine slot allows it and no person locked it; true when it is open.
    package func unlockByMachine() -> Bool {
        guard (try? isLockedByPerson()) == false else { return false }
        do throws(Fault) { try unlock(.machine, secret: nil) } catch {
            if error.code == .damaged { surroundings.failed(error) }
        }
        if case .open = lock { return true }
        return false
    }

    /// Forgets the keys; only `unlock` brings them back, also after a restart.
    package func lockByPerson() throws(Fault) {
        guard try condition() != .none else { throw try absence() }
        if case .open = lock {
            do throws(Fault) { try writeReadings(isLast: true) } catch { surroundings.failed(error) }
        }
        lock = .closed
        try storing { () throws(StorageError) in try store.apply([.setValue(Key.lockedByPerson, [1])]) }
    }
}
