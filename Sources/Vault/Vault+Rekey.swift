internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

/// New keys whose slots are being made; nothing of it is stored yet.
struct Renewal: Sendable {
    let keys: VaultKeys
    let journal: VaultKeys
    /// Slots that a person's secret must remake, by id.
    var open: [RecordID: KeySlot]
    var made: [KeySlot]
}

extension Vault {
    /// Gives the vault a new root key: every slot is made anew first, then everything is sealed anew in batches.
    ///
    /// Between the two steps and after a crash at any point both keys are held, the old one sealed under the new one, and every
    /// record names the keys it is sealed under. What was copied before still opens with the old secrets.
    func rekey(_ step: RekeyStep, secret: SecretBox?) throws(Fault) -> (Answer, SecretBox?) {
        let vault = try opened()
        switch step {
        case .begin: return (.slots(try beginRekey(vault)), nil)
        case .slot(let id):
            try renew(slot: id, secret, vault)
            return (.done("the slot is ready for the new keys"), nil)
        case .finish:
            let code = try finishSlots(vault)
            return (.initialized(slot: "recovery code"), code)
        case .progress:
            let left = try storing { () throws(StorageError) in
                try store.records(notOfEpoch: vault.epoch, limit: 1_000_000)
            }
            let (stuck, isUnderWay) = vault.state.withLock { ($0.keys.stuck.count, !$0.keys.earlier.isEmpty) }
            return (.rekeying(left: max(left.count, isUnderWay ? 1 : 0), damaged: stuck), nil)
        }
    }

    private func beginRekey(_ vault: OpenVault) throws(Fault) -> [SlotReport] {
        guard vault.state.withLock({ $0.keys.earlier.isEmpty }) else {
            throw Fault(
                .notNow, "rekey_running", "a rekey is under way; it goes on by itself", hint: "secret rekey --progress")
        }
        let slots = Self.slots(in: try listedValues(vault), vault: vault.id)
        guard slots.damaged == 0 else { throw .damaged(.values) }
        let (keys, journal) = try sealing { () throws(SealingError) in (try VaultKeys.fresh(), try VaultKeys.fresh()) }
        var renewal = Renewal(keys: keys, journal: journal, open: [:], made: [])
        for slot in slots.readable {
            switch slot.kind {
            case .machine:
                let key = try slotSecret(.machine, nil)
                guard try opens(slot, key, vault) else { continue }  // another machine's
                renewal.made.append(try remade(slot, key, renewal.keys, vault))
            case .recovery: continue
            case .passphrase, .keyring: if let id = RecordID(bytes: slot.id) { renewal.open[id] = slot }
            }
        }
        vault.state.withLock { $0.renewal = renewal }
        return try slotReports().filter { renewal.open.keys.contains($0.id) }
    }

    private func renew(slot id: RecordID, _ secret: SecretBox?, _ vault: OpenVault) throws(Fault) {
        guard let renewal = vault.state.withLock(\.renewal), let slot = renewal.open[id] else { throw .noRekey }
        guard let secret, try opens(slot, secret, vault) else {
            throw Fault(
                .notPermitted, "wrong_secret", "this \(slot.kind.name) does not open the vault; nothing was changed",
                hint: "secret rekey")
        }
        let made = try remade(slot, secret, renewal.keys, vault)
        vault.state.withLock { state in
            state.renewal?.open[id] = nil
            state.renewal?.made.append(made)
        }
    }

    private func opens(_ slot: KeySlot, _ secret: SecretBox, _ vault: OpenVault) throws(Fault) -> Bool {
        do throws(SealingError) {
            return try slot.open(with: secret.bytes).isSame(as: vault.keys)
        } catch {
            guard error == .wrongKeyOrTampered else { throw Fault(error) }
            return false
        }
    }

    private func remade(
        _ slot: KeySlot, _ secret: SecretBox, _ keys: VaultKeys, _ vault: OpenVault
    ) throws(Fault) -> KeySlot {
        try sealing { () throws(SealingError) in
            try KeySlot.make(slot.kind, id: slot.id, vault: vault.id, keys: keys, secret: secret.bytes)
        }
    }

    /// Stores the new slots, the new root's copies of all keys, and the old root under the new one; returns the new recovery code.
    private func finishSlots(_ vault: OpenVault) throws(Fault) -> SecretBox {
        guard let renewal = vault.state.withLock(\.renewal) else { throw .noRekey }
        guard renewal.open.isEmpty, !renewal.made.isEmpty else {
            throw Fault(
                .usage, "slots_missing", "\(renewal.open.count) slots were not made anew; nothing was changed",
                hint: "secret rekey")
        }
        let code = try sealing { () throws(SealingError) in try RecoveryCode.fresh() }
        let slots = renewal.made + [try recoverySlot(code, vault: vault.id, keys: renewal.keys)]
        let before = vault.state.withLock(\.keys)
        var after = EpochKeys(epoch: before.epoch + 1, current: renewal.keys, journal: before.journal)
        after.earlier[before.epoch] = before.current
        after.journal[after.epoch] = renewal.journal
        var values = try vault.ownKeys(under: after.current, epoch: after.epoch, journal: after.journal)
        let place = OwnKey.root(epoch: before.epoch)
        do throws(SealingError) {
            values[place.key] = try before.current.withRoot { root throws(SealingError) in
                try after.current.seal(root, at: place.place(vault: vault.id, epoch: after.epoch))
            }
        } catch { throw Fault(error) }
        for slot in slots { values[slot.storageKey] = slot.bytes }
        let gone = try listedValues(vault).keys.filter { $0.hasPrefix(Key.slots) && values[$0] == nil }
        let changes =
            values.map { Change.store(.setValue($0.key, $0.value)) }
            + gone.map { Change.store(.setValue($0, nil)) }
        let event = Event(event: .rekeyBegun, version: nil, detail: "keys of epoch \(after.epoch)")
        vault.state.withLock { state in
            state.keys = after
            state.renewal = nil
        }
        do throws(Fault) { try commit(changes + [.entry(event, of: nil)]) } catch {
            vault.state.withLock { $0.keys = before }
            throw error
        }
        return SecretBox(try sealing { () throws(SealingError) in try RecoveryCode.text(of: code) })
    }

    /// Records moved in one transaction.
    private static let moved = 64

    /// Seals some more of what is under earlier keys anew; drops the earlier keys when nothing is left. False when there was nothing to do.
    func moveToNewKeys() throws(Fault) -> Bool {
        let vault = try opened()
        let (earlier, stuck) = vault.state.withLock { ($0.keys.earlier, $0.keys.stuck) }
        guard !earlier.isEmpty else { return false }
        let ids = try storing { () throws(StorageError) in
            try store.records(notOfEpoch: vault.epoch, limit: Self.moved + stuck.count)
        }.filter { !stuck.contains($0) }
        guard !ids.isEmpty else {
            // A damaged record keeps its keys until a person removes it.
            guard stuck.isEmpty else {
                vault.state.withLock { $0.keys.isMoved = true }
                return false
            }
            let event = Event(event: .rekeyed, version: nil, detail: "everything is sealed under epoch \(vault.epoch)")
            let gone = earlier.keys.map { Change.store(.setValue(OwnKey.root(epoch: $0).key, nil)) }
            try commit(gone + [.entry(event, of: nil)])
            vault.state.withLock { $0.keys.earlier = [:] }
            return true
        }
        var changes: [Change] = []
        for id in ids {
            do throws(Fault) { changes += try moves(of: id, vault) } catch {
                guard error.code == .damaged else { throw error }
                vault.state.withLock { _ = $0.keys.stuck.insert(id) }
                surroundings.failed(error)
            }
        }
        try commit(changes)
        return true
    }

    private func moves(of id: RecordID, _ vault: OpenVault) throws(Fault) -> [Change] {
        guard let credential = try credential(id, vault) else { throw .damaged(.missing) }
        let stored = try storing { () throws(StorageError) in try store.versionNumbers(of: id) }
        guard stored == credential.row.versions.kept.sorted() else { throw .damaged(.versions) }
        var changes: [Change] = [.update(credential)]
        for number in credential.row.versions.kept {
            let stored = try version(number, of: id)
            guard stored.epoch != vault.epoch else { continue }
            let description = try openDescription(stored, of: id, number: number, vault)
            let value = try openValue(stored, of: id, number: number, vault)
            let version = try description.withBytes { facts throws(Fault) in
                try sealed(value, description: facts, version: number, of: id, vault)
            }
            changes.append(.store(.replaceVersion(version, number: number, of: id)))
        }
        return changes
    }
}

extension Fault {
    fileprivate static let noRekey = Fault(
        .usage, "no_rekey", "no rekey was begun, or that slot is not part of it", hint: "secret rekey")
}
