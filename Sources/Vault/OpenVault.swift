internal import Lifecycle
internal import Sealing
internal import Synchronization
internal import Wire

/// The keys of an open vault, and what is remembered while it is open.
///
/// The vault's actor alone changes `state`; the mutex lets the object cross to its tasks.
final class OpenVault: Sendable {
    let id: [UInt8]
    let fingerprints: FingerprintKey
    let lookup: LookupKey
    let signing: SigningKey
    let state: Mutex<State>

    struct State: Sendable {
        var keys: EpochKeys
        /// As it was committed last: what the store says is measured against it.
        var head: ManifestHead
        /// Of journal entries that wait for the next commit.
        var waiting: [JournalNote] = []
        /// Who reads how often.
        var readings = ReadLedger()
        /// Readings that no row remembers yet.
        var remembered: [ReadLedger.Entry] = []
        var lately = ReadCache()
        /// What `attention` found last, until something changes.
        var attention: (at: Timestamp, value: Attention?)?
        var census: Census
        var scrub = Scrub()
        var freshness = Freshness.anchored
        /// The anchor that was last given out to be kept in the keyring, and when.
        var copied: (at: Timestamp, sequence: UInt64)?
        /// Until when doomed keyring items are left alone after the keyring could not be used.
        var itemsRest: Timestamp?
        /// A rekey whose new slots are being collected.
        var renewal: Renewal?
    }

    init(
        id: [UInt8], fingerprints: FingerprintKey, lookup: LookupKey, signing: SigningKey, keys: EpochKeys,
        head: ManifestHead
    ) {
        self.id = id
        self.fingerprints = fingerprints
        self.lookup = lookup
        self.signing = signing
        state = Mutex(State(keys: keys, head: head, census: Census()))
    }

    var epoch: UInt32 { state.withLock { $0.keys.epoch } }
    /// Of the present epoch.
    var keys: VaultKeys { state.withLock { $0.keys.current } }
    var head: ManifestHead { state.withLock { $0.head } }

    /// - Throws: exit code 79 for an epoch whose keys the vault does not hold.
    func keys(of epoch: UInt32) throws(Fault) -> VaultKeys {
        guard let keys = state.withLock({ $0.keys.of(epoch) }) else { throw .damaged(.epoch) }
        return keys
    }

    func journalKeys(of epoch: UInt32) throws(Fault) -> VaultKeys {
        guard let keys = state.withLock({ $0.keys.journal[epoch] }) else { throw .damaged(.journal) }
        return keys
    }

    func place(_ record: RecordID, _ field: EnvelopePlace.Field, _ version: Int, epoch: UInt32) -> EnvelopePlace {
        EnvelopePlace(vault: id, record: record.bytes, field: field, version: UInt64(version), epoch: epoch)
    }
}

/// The keys of the present epoch, and those of earlier ones that something is still sealed under.
struct EpochKeys: Sendable {
    var epoch: UInt32
    var current: VaultKeys
    /// While a rekey is under way.
    var earlier: [UInt32: VaultKeys] = [:]
    /// Of every epoch: a rekey leaves the journal as it is.
    var journal: [UInt32: VaultKeys]
    /// Damaged records that a rekey could not move; tried again at the next unlock.
    var stuck: Set<RecordID> = []
    /// Nothing but those is left to move.
    var isMoved = false

    init(epoch: UInt32, current: VaultKeys, journal: [UInt32: VaultKeys]) {
        self.epoch = epoch
        self.current = current
        self.journal = journal
    }

    func of(_ epoch: UInt32) -> VaultKeys? { epoch == self.epoch ? current : earlier[epoch] }
}

/// Whether an anchor vouches that this is the newest state of the vault.
enum Freshness: String, Sendable {
    case anchored
    /// There was no anchor when the vault was opened.
    case unknown
    /// The anchor cannot be written.
    case lagging
}

/// The vault's own keys are sealed under record zero; the version says which key it is.
enum OwnKey {
    case fingerprint, lookup, signing
    case journal(epoch: UInt32)
    case root(epoch: UInt32)

    private var version: UInt64 {
        switch self {
        case .fingerprint: 1
        case .lookup: 2
        case .signing: 3
        case .journal(let epoch): 1 << 32 | UInt64(epoch)
        case .root(let epoch): 2 << 32 | UInt64(epoch)
        }
    }

    /// What the vault's value is called.
    var key: String {
        switch self {
        case .fingerprint: Vault.Key.fingerprintKey
        case .lookup: Vault.Key.lookupKey
        case .signing: Vault.Key.signingKey
        case .journal(let epoch): Vault.Key.journalKeys + String(epoch)
        case .root(let epoch): Vault.Key.earlierRoots + String(epoch)
        }
    }

    /// - Parameter epoch: of the root key that seals it.
    func place(vault: [UInt8], epoch: UInt32) -> EnvelopePlace {
        EnvelopePlace(
            vault: vault, record: [UInt8](repeating: 0, count: RecordID.size), field: .key, version: version,
            epoch: epoch)
    }
}
