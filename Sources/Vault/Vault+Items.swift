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
}

extension Vault {
    /// All items that the vault knows of.
    ///
    /// - Throws: exit code 79 when the vault's values are not those that the manifest lists: nothing is deleted on their word.
    func items(_ vault: OpenVault) throws(Fault) -> [RecordID: KeyringEntry] {
        guard try usesKeyring() else { return [:] }
        var items: [RecordID: KeyringEntry] = [:]
        for (key, bytes) in try listedValues(vault) where key.hasPrefix(Key.items) {
            guard let item = RecordID(hex: String(key.dropFirst(Key.items.count))),
                let entry = decoded(KeyringEntry.self, from: bytes)
            else { continue }
            items[item] = entry
        }
        return items
    }

    /// Whether anything of this vault may lie in the keyring.
    func usesKeyring() throws(Fault) -> Bool {
        try storing { () throws(StorageError) in try !store.values(prefix: Key.items).isEmpty }
    }

    /// Whether `secret-session` has something to do: in the keyring, or with notices that are sent elsewhere.
    func needsSession() throws(Fault) -> Bool {
        if settings.notify.leavesMachine { return true }
        return try usesKeyring()
    }

    /// - Parameter entry: nil when the item is gone.
    func itemChange(_ item: RecordID, _ entry: KeyringEntry?) -> Change {
        .store(.setValue(Self.key(item), entry.map { encoded($0) }))
    }

    /// Changes that doom those of the items that are known and are not doomed yet.
    func doomChanges(_ items: [RecordID]) throws(Fault) -> [Change] {
        var changes: [Change] = []
        for item in items {
            guard var entry = try entry(item), !entry.isDoomed else { continue }
            entry.isDoomed = true
            changes.append(itemChange(item, entry))
        }
        return changes
    }

    /// - Throws: `changed_meanwhile` when an item was doomed since it was put, as by a lock and unlock in between.
    func requireWanted(_ items: [RecordID], _ name: CredentialName) throws(Fault) {
        for item in items {
            guard let entry = try entry(item), !entry.isDoomed else { throw .changedMeanwhile(name) }
        }
    }

    /// Dooms what no credential refers to: what a crash left between two steps. Called when the vault opens, before anything is put.
    func doomStrayItems() throws(Fault) {
        let vault = try opened()
        var strays: [RecordID] = []
        for (item, entry) in try items(vault) where !entry.isDoomed {
            if try isStray(item, entry, vault) { strays.append(item) }
        }
        guard !strays.isEmpty, try holdsAllRows(vault) else { return }
        try commit(doomChanges(strays))
    }

    /// A row that is missing may come back with a copy of the file; what the keyring deletes does not.
    private func holdsAllRows(_ vault: OpenVault) throws(Fault) -> Bool {
        var isWell = true
        let gone = try forEachRow(vault) { (_, isListed) throws(Fault) in if !isListed { isWell = false } }
        return isWell && gone == 0
    }

    /// A state that a person accepted may doom what a credential still refers to: that stays.
    private func isInUse(_ item: RecordID, _ entry: KeyringEntry, _ vault: OpenVault) -> Bool {
        guard let credential = try? credential(entry.credential, vault),
            let version = credential.row.versions[entry.version]
        else { return false }
        return version.item == item && version.role != .dead
    }

    /// A row that does not authenticate may be mended from a copy: its items stay.
    private func isStray(_ item: RecordID, _ entry: KeyringEntry, _ vault: OpenVault) throws(Fault) -> Bool {
        do throws(Fault) {
            guard let versions = try credential(entry.credential, vault)?.row.versions else { return true }
            return versions[entry.version].map { $0.item != item || $0.role == .dead } ?? true
        } catch {
            guard error.code == .damaged else { throw error }
            return false
        }
    }

    /// Deletes doomed items until the keyring fails or the time is over; true when none is left.
    @discardableResult
    func deleteDoomed(within time: KeyringTime = KeyringTime()) async throws(Fault) -> Bool {
        let vault = try opened()
        for (item, entry) in try items(vault) where entry.isDoomed && !isInUse(item, entry, vault) {
            do throws(KeyringCondition) { try await surroundings.keeper.delete(item, within: time.left) } catch {
                guard error == .missing else { return false }
            }
            guard case .open = lock else { return false }
            if try self.entry(item) != nil { try commit([itemChange(item, nil)]) }
        }
        return true
    }

    /// The timer's share: after a failure the keyring is left alone for 5 min, or until it answers somebody.
    package func sweepItems() async throws(Fault) {
        guard case .open(let vault) = lock, try items(vault).values.contains(where: \.isDoomed) else { return }
        let now = surroundings.now()
        if let rest = vault.state.withLock(\.itemsRest), now < rest { return }
        guard surroundings.keeper.isReachable() else { return }
        if try await !deleteDoomed() { vault.state.withLock { $0.itemsRest = now + Self.keyringRest } }
    }

    /// How long the timer leaves a keyring alone that could not be used.
    static let keyringRest = Duration.minutes(5)

    private func entry(_ item: RecordID) throws(Fault) -> KeyringEntry? {
        try storing { () throws(StorageError) in try store.value(Self.key(item)) }
            .flatMap { decoded(KeyringEntry.self, from: $0) }
    }

    private static func key(_ item: RecordID) -> String { Key.items + item.description }
}

extension Fault {
    static func changedMeanwhile(_ name: CredentialName) -> Fault {
        Fault(
            .notNow, "changed_meanwhile", "\(name) was changed at the same time; nothing was done",
            hint: "secret status \(name)")
    }

    static let newKeysMeanwhile = Fault(
        .notNow, "changed_meanwhile", "the vault was given new keys at the same time; nothing was done",
        hint: "secret rekey --progress")
}
