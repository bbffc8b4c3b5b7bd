package import Lifecycle
package import Sealing
package import Storage
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
    var turns: Turns
    var correlation = CorrelationHold()
    var clock = ClockCheck()
    var outage = Outage()
    /// Rung when something is written that a person is to be told.
    let noticed = Alarm()

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
        turns = Turns(interval: settings.probe.hostRate)
    }

    /// From here on there are keys: nothing that was known of another state of the vault holds.
    func become(open vault: OpenVault) {
        lock = .open(vault)
        turns = Turns(interval: settings.probe.hostRate)
        noticed.ring()
    }

    /// The keys, while the vault is open.
    ///
    /// - Throws: `.noVault`, `.locked`.
    func opened() throws(Fault) -> OpenVault {
        if case .open(let vault) = lock { return vault }
        guard try condition() == .none else { throw .locked }
        throw try absence()
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

    /// Writes what waits, seals the journal's end with a signature, and lets go of the store; nothing works afterwards.
    package func close() throws(Fault) {
        if case .open = lock {
            do throws(Fault) { try writeReadings(isLast: true) } catch { surroundings.failed(error) }
            do throws(Fault) { try writeCheckpoint() } catch { surroundings.failed(error) }
            do throws(Fault) { try surroundings.anchor.flush() } catch { surroundings.failed(error) }
        }
        lock = .closed
        try storing { () throws(StorageError) in try store.close() }
    }

    /// Names of the vault's own values in the store.
    enum Key {
        static let id = "id"
        /// The manifest's head.
        static let manifest = "manifest"
        static let fingerprintKey = "fingerprint-key"
        static let lookupKey = "lookup-key"
        static let signingKey = "signing-key"
        /// Behind it the epoch.
        static let journalKeys = "journal-key/"
        /// Root keys of earlier epochs, sealed under the present one while a rekey moves what they sealed.
        static let earlierRoots = "root/"
        static let slots = "slot/"
        static let consents = "consent/"
        static let lockedByPerson = "locked-by-person"
        static let items = "keyring-item/"
        /// What the manifest does not cover: its own head, and what is written while nobody has the keys.
        static let unlisted: Set<String> = [manifest, lockedByPerson]
    }
}

/// What the vault reaches beyond its store, as parameters.
package struct Surroundings: Sendable {
    package var now: @Sendable () -> Timestamp
    package var prober: any ProbeClient
    package var keeper: any ValueKeeper
    package var machineKey: any MachineKeyHome
    package var anchor: any AnchorHome
    /// Called after every change of a due time.
    package var rescheduled: @Sendable () -> Void
    /// Told of faults that no caller waits for.
    package var failed: @Sendable (Fault) -> Void
    /// Shown in status.
    package var database: String

    package init(
        now: @escaping @Sendable () -> Timestamp, prober: any ProbeClient, keeper: any ValueKeeper,
        machineKey: any MachineKeyHome, anchor: any AnchorHome, rescheduled: @escaping @Sendable () -> Void,
        failed: @escaping @Sendable (Fault) -> Void, database: String
    ) {
        self.now = now
        self.prober = prober
        self.keeper = keeper
        self.machineKey = machineKey
        self.anchor = anchor
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

/// Where the anchor lies: outside of the folder of the vault.
package protocol AnchorHome: Sendable {
    /// What was written last and before it, in any order; empty when there is no anchor.
    func read() throws(Fault) -> [[UInt8]]
    /// Keeps the one before it until this one is complete. Need not have reached the disk on return: an anchor may lag.
    ///
    /// - Parameter turn: the sequence number of the vault.
    func write(_ anchor: [UInt8], turn: UInt64) throws(Fault)
    /// On return what was written has reached the disk.
    func flush() throws(Fault)
}
