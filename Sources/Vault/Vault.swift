package import Lifecycle
package import Sealing
package import Storage
internal import Synchronization
package import Wire

/// The vault and its use cases, one file each; everything that happens to a credential goes through it.
///
/// Decide and write in one synchronous step; after every `await` the row is read again.
package actor Vault {
    let store: any RecordStore
    let catalogue: PolicyCatalogue
    let settings: Settings
    let surroundings: Surroundings
    var lock = Lock.closed
    var turns = Turns()

    /// Open with its keys, or closed.
    enum Lock {
        case closed
        case open(OpenVault)
    }

    package init(store: any RecordStore, catalogue: PolicyCatalogue, settings: Settings, surroundings: Surroundings) {
        self.store = store
        self.catalogue = catalogue
        self.settings = settings
        self.surroundings = surroundings
    }

    /// The keys, while the vault is open.
    ///
    /// - Throws: `.noVault`, `.locked`.
    func opened() throws(Fault) -> OpenVault {
        if case .open(let vault) = lock { return vault }
        throw try storing { () throws(StorageError) in try store.value(Key.id) } == nil ? .noVault : .locked
    }

    package func condition() throws(Fault) -> Welcome.VaultCondition {
        if case .open = lock { return .open }
        if try storing({ () throws(StorageError) in try store.value(Key.id) }) == nil { return .none }
        return try isLockedByPerson() ? .lockedByPerson : .locked
    }

    /// Outlives the daemon, so that a crash does not undo what a person wanted.
    func isLockedByPerson() throws(Fault) -> Bool {
        try storing { () throws(StorageError) in try store.value(Key.lockedByPerson) } != nil
    }

    /// Lets go of the store; nothing works afterwards.
    package func close() throws(Fault) {
        lock = .closed
        try storing { () throws(StorageError) in try store.close() }
    }

    /// Names of the vault's own values in the store.
    enum Key {
        static let id = "id"
        static let fingerprintKey = "fingerprint-key"
        static let slots = "slot/"
        static let consents = "consent/"
        static let lockedByPerson = "locked-by-person"
        static let items = "keyring-item/"
    }
}

/// What the vault reaches beyond its store, as parameters.
package struct Surroundings: Sendable {
    package var now: @Sendable () -> Timestamp
    package var prober: any ProbeClient
    package var keeper: any ValueKeeper
    package var machineKey: any MachineKeyHome
    /// Called after every change of a due time.
    package var rescheduled: @Sendable () -> Void
    /// Told of faults that no caller waits for.
    package var failed: @Sendable (Fault) -> Void
    /// Shown in status.
    package var database: String

    package init(
        now: @escaping @Sendable () -> Timestamp, prober: any ProbeClient, keeper: any ValueKeeper,
        machineKey: any MachineKeyHome,
        rescheduled: @escaping @Sendable () -> Void, failed: @escaping @Sendable (Fault) -> Void, database: String
    ) {
        self.now = now
        self.prober = prober
        self.keeper = keeper
        self.machineKey = machineKey
        self.rescheduled = rescheduled
        self.failed = failed
        self.database = database
    }
}

/// Asks a provider on the vault's behalf.
package protocol ProbeClient: Sendable {
    /// Never fails: what went wrong is an outcome. `prober_unreachable` when there was nobody to ask.
    func probe(_ order: ProbeOrder, token: SecretBox) async -> ProbeReport
    func isReachable() -> Bool
}

/// The home of the key that opens a vault without a person.
package protocol MachineKeyHome: Sendable {
    /// Nil when there is none.
    func read() throws(Fault) -> SecretBox?
    /// Makes it; an existing one is never overwritten. On return it has reached the disk.
    func create(_ key: borrowing SecretBytes) throws(Fault)
}

/// The keys of an open vault, and what is remembered while it is open.
final class OpenVault: Sendable {
    let id: [UInt8]
    let keys: VaultKeys
    let fingerprints: FingerprintKey
    /// Grows with every rekey; 1 so far.
    let epoch: UInt32 = 1
    /// What `attention` found last, until something changes.
    let attention = Mutex<(at: Timestamp, value: Attention?)?>(nil)
    /// Until when doomed keyring items are left alone after the keyring could not be used.
    let itemsRest = Mutex<Timestamp?>(nil)

    init(id: [UInt8], keys: VaultKeys, fingerprints: FingerprintKey) {
        self.id = id
        self.keys = keys
        self.fingerprints = fingerprints
    }

    func place(_ record: RecordID, _ field: EnvelopePlace.Field, _ version: Int) -> EnvelopePlace {
        EnvelopePlace(vault: id, record: record.bytes, field: field, version: UInt64(version), epoch: epoch)
    }

    /// Where the fingerprint key is sealed: record zero.
    static func fingerprintPlace(vault: [UInt8]) -> EnvelopePlace {
        EnvelopePlace(vault: vault, record: [UInt8](repeating: 0, count: 16), field: .key, version: 1, epoch: 1)
    }
}
