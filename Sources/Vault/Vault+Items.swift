internal import Lifecycle
internal import Storage
internal import Synchronization
package import Wire

/// What the vault remembers of an item of the keyring from before it is put there until after it is gone, so that a crash between
/// any two steps leaves no item that nobody knows.
struct KeyringEntry: Equatable, Sendable, Codable {
    let credential: RecordID
    let version: Int
    /// To be deleted; an item that is doomed is never used again.
    var isDoomed = false
    /// Keyed hash over the rest.
    var mac: [UInt8] = []
}

extension Vault {
    /// All items that the vault knows of; an entry that does not authenticate is left where it is.
    func items(_ vault: OpenVault) throws(Fault) -> [RecordID: KeyringEntry] {
        let stored = try storing { () throws(StorageError) in try store.values(prefix: Key.items) }
        var items: [RecordID: KeyringEntry] = [:]
        for (key, bytes) in stored {
            guard let item = RecordID(hex: String(key.dropFirst(Key.items.count))),
                let entry = entry(item, bytes, vault)
            else { continue }
            items[item] = entry
        }
        return items
    }

    /// Whether anything of this vault may lie in the keyring.
    func usesKeyring() throws(Fault) -> Bool {
        try storing { () throws(StorageError) in try !store.values(prefix: Key.items).isEmpty }
    }

    func itemChange(_ item: RecordID, _ entry: KeyringEntry?, _ vault: OpenVault) -> StorageChange {
        .setValue(Self.key(item), entry.map { encoded(authenticated($0, item, vault)) })
    }

    /// Changes that doom those of the items that are known and are not doomed yet.
    func doomChanges(_ items: [RecordID], _ vault: OpenVault) throws(Fault) -> [StorageChange] {
        var changes: [StorageChange] = []
        for item in items {
            guard var entry = try entry(item, vault), !entry.isDoomed else { continue }
            entry.isDoomed = true
            changes.append(itemChange(item, entry, vault))
        }
        return changes
    }

    /// - Throws: `changed_meanwhile` when an item was doomed since it was put, as by a lock and unlock in between.
    func requireWanted(_ items: [RecordID], _ name: CredentialName, _ vault: OpenVault) throws(Fault) {
        for item in items {
            guard let entry = try entry(item, vault), !entry.isDoomed else { throw .changedMeanwhile(name) }
        }
    }

    /// Dooms what no credential refers to: what a crash left between two steps. Called when the vault opens, before anything is put.
    func doomStrayItems(_ vault: OpenVault) throws(Fault) {
        var strays: [RecordID] = []
        for (item, entry) in try items(vault) where !entry.isDoomed {
            if try isStray(item, entry, vault) { strays.append(item) }
        }
        if !strays.isEmpty { try commit(doomChanges(strays, vault)) }
    }

    /// A row that does not authenticate may be mended from a copy: its items stay.
    private func isStray(_ item: RecordID, _ entry: KeyringEntry, _ vault: OpenVault) throws(Fault) -> Bool {
        guard let stored = try storing({ () throws(StorageError) in try store.row(entry.credential) }) else {
            return true
        }
        guard let row = try? row(stored, vault) else { return false }
        return row.versions[entry.version].map { $0.item != item || $0.role == .dead } ?? true
    }

    /// Deletes doomed items until the keyring fails or the time is over; true when none is left.
    @discardableResult
    func deleteDoomed(within time: KeyringTime = KeyringTime()) async throws(Fault) -> Bool {
        let vault = try opened()
        for (item, entry) in try items(vault) where entry.isDoomed {
            do throws(KeyringCondition) { try await surroundings.keeper.delete(item, within: time.left) } catch {
                guard error == .missing else { return false }
            }
            guard case .open = lock else { return false }
            if try self.entry(item, vault) != nil { try commit([itemChange(item, nil, vault)]) }
        }
        return true
    }

    /// The timer's share: after a failure the keyring is left alone for 5 min.
    package func sweepItems() async throws(Fault) {
        guard case .open(let vault) = lock else { return }
        let now = surroundings.now()
        if let rest = vault.itemsRest.withLock(\.self), now < rest { return }
        if try await !deleteDoomed() { vault.itemsRest.withLock { $0 = now + Self.keyringRest } }
    }

    /// How long the timer leaves a keyring alone that could not be used.
    static let keyringRest = Duration.minutes(5)

    private func entry(_ item: RecordID, _ vault: OpenVault) throws(Fault) -> KeyringEntry? {
        let bytes = try storing { () throws(StorageError) in try store.value(Self.key(item)) }
        return bytes.flatMap { entry(item, $0, vault) }
    }

    private func entry(_ item: RecordID, _ bytes: [UInt8], _ vault: OpenVault) -> KeyringEntry? {
        guard let entry = decoded(KeyringEntry.self, from: bytes), authenticated(entry, item, vault) == entry
        else { return nil }
        return entry
    }

    private func authenticated(_ entry: KeyringEntry, _ item: RecordID, _ vault: OpenVault) -> KeyringEntry {
        var entry = entry
        entry.mac = []
        entry.mac = vault.mac(ofValue: encoded(entry), key: Self.key(item))
        return entry
    }

    private static func key(_ item: RecordID) -> String { Key.items + item.description }
}

extension Fault {
    static func changedMeanwhile(_ name: CredentialName) -> Fault {
        Fault(
            .notNow, "changed_meanwhile", "\(name) was changed at the same time; nothing was done",
            hint: "secret status \(name)")
    }
}
