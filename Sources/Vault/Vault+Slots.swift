internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
package import Wire

extension Vault {
    /// One less than a sealed stream has room for: a backup may have a passphrase of its own.
    private static let mostSlots = SealedStreamHeader.mostSlots - 1

    /// One more way to open the vault; the others stay.
    ///
    /// A rekey whose slots are being collected ends here: it knows nothing of the new one.
    /// - Throws: `too_many_slots`, `slot_exists` for a keyring item whose id another slot has.
    /// - Returns: the text of a new recovery code, to be shown once; nil for the other kinds.
    func addSlot(_ slot: Request.Slot, secret: SecretBox?) throws(Fault) -> SecretBox? {
        let vault = try opened()
        let values = try listedValues(vault)
        if case .keyring(let item) = slot, values[Key.slots + item.description] != nil {
            throw Fault(
                .usage, "slot_exists", "the vault has a slot with that id already; it was left as it is",
                hint: "secret slot list")
        }
        let count = Self.slots(in: values, vault: vault.id).readable.count
        guard count < Self.mostSlots else {
            throw Fault(
                .usage, "too_many_slots",
                "the vault has \(count) ways to open it, and that is the most; nothing was changed",
                hint: "remove one that is shown by: secret slot list")
        }
        let event = Event(event: .slotAdded, version: nil, detail: slot.name)
        guard case .recovery = slot else {
            let made = try makeSlot(slot, secret: secret, vault: vault.id, keys: vault.keys)
            try commitSlot(made.storageKey, made.bytes, event, vault)
            return nil
        }
        let code = try sealing { () throws(SealingError) in try RecoveryCode.fresh() }
        let made = try recoverySlot(code, vault: vault.id, keys: vault.keys)
        try commitSlot(made.storageKey, made.bytes, event, vault)
        return SecretBox(try sealing { () throws(SealingError) in try RecoveryCode.text(of: code) })
    }

    /// Ends a rekey whose slots are being collected, which would bring the slot back.
    /// - Throws: `no_slot`, `last_slot`; `only_recovery` when nothing but recovery codes would be left.
    func removeSlot(_ id: RecordID) throws(Fault) {
        let vault = try opened()
        let values = try listedValues(vault)
        let slots = Self.slots(in: values, vault: vault.id).readable
        guard let slot = slots.first(where: { $0.id == id.bytes }) else {
            throw Fault(.usage, "no_slot", "this vault has no slot with that id", hint: "secret slot list")
        }
        let rest = slots.filter { $0.id != id.bytes }
        guard !rest.isEmpty else {
            throw Fault(
                .notPermitted, "last_slot", "this is the last way to open the vault; it was left as it is",
                hint: "secret slot add passphrase")
        }
        guard rest.contains(where: { $0.kind != .recovery }) else {
            throw Fault(
                .notPermitted, "only_recovery",
                "then only a recovery code would open the vault; it was left as it is",
                hint: "secret slot add passphrase")
        }
        let event = Event(event: .slotRemoved, version: nil, detail: slot.kind.name)
        try commitSlot(slot.storageKey, nil, event, vault)
    }

    private func commitSlot(_ key: String, _ bytes: [UInt8]?, _ event: Event, _ vault: OpenVault) throws(Fault) {
        try commit([.store(.setValue(key, bytes)), .entry(event, of: nil)])
        vault.state.withLock { $0.renewal = nil }
    }

    package func slotReports() throws(Fault) -> [SlotReport] {
        guard let id = try storing({ () throws(StorageError) in try store.value(Key.id) }) else {
            throw try absence()
        }
        return try slots(of: id).readable.compactMap { slot in
            RecordID(bytes: slot.id).map { SlotReport(kind: slot.kind.name, id: $0, protects: slot.kind.protection) }
        }.sorted { ($0.kind, $0.id.description) < ($1.kind, $1.id.description) }
    }

    /// A slot that was damaged must not take the others with it.
    func slots(of id: [UInt8]) throws(Fault) -> (readable: [KeySlot], damaged: Int) {
        let stored = try storing { () throws(StorageError) in try store.values(prefix: Key.slots) }
        return Self.slots(in: stored, vault: id)
    }

    static func slots(in values: [String: [UInt8]], vault id: [UInt8]) -> (readable: [KeySlot], damaged: Int) {
        let stored = values.filter { $0.key.hasPrefix(Key.slots) }
        let readable = stored.sorted { $0.key < $1.key }.compactMap { entry -> KeySlot? in
            guard let slot = try? KeySlot(entry.value, vault: id), slot.storageKey == entry.key else { return nil }
            return slot
        }
        return (readable, stored.count - readable.count)
    }

    func makeSlot(
        _ slot: Request.Slot, secret: SecretBox?, vault: [UInt8], keys: VaultKeys
    ) throws(Fault) -> KeySlot {
        switch slot {
        case .passphrase:
            guard let secret, secret.bytes.count > 0 else {
                throw Fault(.usage, "passphrase_empty", "the passphrase is empty", hint: "secret init")
            }
            return try sealing { () throws(SealingError) in
                try KeySlot.make(.passphrase, id: randomBytes(16), vault: vault, keys: keys, secret: secret.bytes)
            }
        case .keyring(let item):
            guard let secret, secret.bytes.count == VaultKeys.size else {
                throw Fault(.fault, "keyring_key", "the keyring gave no key", hint: "secret init --passphrase-fd 3")
            }
            return try sealing { () throws(SealingError) in
                try KeySlot.make(.keyring, id: item.bytes, vault: vault, keys: keys, secret: secret.bytes)
            }
        case .machine:
            let key = try machineKey()
            return try sealing { () throws(SealingError) in
                try KeySlot.make(.machine, id: randomBytes(16), vault: vault, keys: keys, secret: key.bytes)
            }
        case .recovery:
            throw Fault(.usage, "recovery_only", "a vault needs a slot besides the recovery code", hint: "secret init")
        }
    }

    func recoverySlot(_ code: borrowing SecretBytes, vault: [UInt8], keys: VaultKeys) throws(Fault) -> KeySlot {
        do throws(SealingError) {
            return try KeySlot.make(.recovery, id: randomBytes(RecordID.size), vault: vault, keys: keys, secret: code)
        } catch { throw Fault(error) }
    }

    /// The key of this machine; an earlier one is used again, so that a key file is never lost to a second try.
    private func machineKey() throws(Fault) -> SecretBox {
        if let key = try surroundings.machineKey.read() { return key }
        let fresh = SecretBox(try sealing { () throws(SealingError) in try SecretBytes.random(count: VaultKeys.size) })
        try surroundings.machineKey.create(fresh.bytes)
        return fresh
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
