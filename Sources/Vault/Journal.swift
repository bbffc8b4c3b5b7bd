internal import Lifecycle
internal import Sealing
internal import Storage
internal import Wire

/// One line of the journal.
struct Event: Equatable, Sendable, Codable {
    enum Kind: String, Sendable, Codable {
        case added, rotated, staged, refused, undone, probed, verdict, read, paused, resumed, consented, moved, removed
        case endpointClosed = "endpoint-closed"
        case endpointOpened = "endpoint-opened"
        case stillWorks = "still-works"
        case ended, held, deadline
        case keptEnded = "kept-ended"
        case needsPerson = "needs-person"
        case recovered
        case vaultMade = "vault-made"
        case slotAdded = "slot-added"
        case slotRemoved = "slot-removed"
        case rekeyBegun = "rekey-begun"
        case rekeyed
        case stateAccepted = "state-accepted"
        case noAnchor = "no-anchor"
        case imported, exported, withheld
        case checkpoint
        case backedUp = "backed-up"
        case restored
    }
    var event: Kind
    var version: Int?
    var detail: String
    /// Where the credential is called into being or removed: a name never changes in between.
    var name: CredentialName?
}

/// An entry before it has its place in the chain.
struct JournalNote: Sendable {
    var at: Timestamp
    var record: RecordID?
    var event: Event
}

/// Entries are sealed and chained; every 64th, and the last of a daemon's life, is signed.
///
/// The chain of an entry is a keyed hash over the chain before it and all that is stored of it, so that no entry can be changed,
/// dropped, moved or added; that the end is not cut is the manifest head's part, which holds the last chain.
struct JournalChain {
    static let checkpointInterval: UInt64 = 64
    private let vault: OpenVault
    private(set) var sequence: UInt64
    private(set) var chain: [UInt8]

    init(_ vault: OpenVault, after head: ManifestHead) {
        self.init(vault, sequence: head.journalSequence, chain: head.journalChain)
    }

    init(_ vault: OpenVault, sequence: UInt64 = 0, chain: [UInt8] = JournalStatement.beginning) {
        self.vault = vault
        self.sequence = sequence
        self.chain = chain
    }

    mutating func append(_ note: JournalNote, signed: Bool = false) throws(Fault) -> StoredEntry {
        let keys = try vault.journalKeys(of: vault.epoch)
        let facts = encoded(note.event)
        var entry = StoredEntry(
            sequence: sequence + 1, at: note.at, record: note.record, epoch: vault.epoch, body: [], chain: [],
            signature: nil)
        entry.body = try sealing { () throws(SealingError) in try keys.seal(facts.span, at: vault.place(of: entry)) }
        entry.chain = link(entry, keys)
        if signed || entry.sequence % Self.checkpointInterval == 0 {
            entry.signature = vault.signing.signature(of: vault.checkpoint(entry.sequence, entry.chain))
        }
        (sequence, chain) = (entry.sequence, entry.chain)
        return entry
    }

    /// Goes on over a stored entry.
    ///
    /// - Throws: exit code 79 unless it is the very next one, unchanged.
    mutating func follow(_ entry: StoredEntry) throws(Fault) -> Event {
        guard entry.sequence == sequence + 1, entry.chain == link(entry, try vault.journalKeys(of: entry.epoch))
        else { throw .damaged(.journal) }
        if let signature = entry.signature {
            let statement = vault.checkpoint(entry.sequence, entry.chain)
            guard SigningKey.isValid(signature, of: statement, by: vault.signing.publicKey) else {
                throw .damaged(.journal)
            }
        } else if entry.sequence % Self.checkpointInterval == 0 {
            throw .damaged(.journal)
        }
        (sequence, chain) = (entry.sequence, entry.chain)
        return try vault.event(entry)
    }

    private func link(_ entry: StoredEntry, _ keys: VaultKeys) -> [UInt8] {
        let statement = JournalStatement(
            vault: vault.id, sequence: entry.sequence, at: entry.at.milliseconds, record: entry.record?.bytes,
            epoch: entry.epoch, previous: chain, body: entry.body)
        return keys.mac(statement.fields)
    }
}

extension OpenVault {
    fileprivate func place(of entry: StoredEntry) -> EnvelopePlace {
        EnvelopePlace(
            vault: id, record: entry.record?.bytes ?? [UInt8](repeating: 0, count: RecordID.size), field: .journal,
            version: entry.sequence, epoch: entry.epoch)
    }

    /// What a checkpoint's signature covers.
    func checkpoint(_ sequence: UInt64, _ chain: [UInt8]) -> Fields {
        CheckpointStatement(vault: id, sequence: sequence, chain: chain).fields
    }

    /// - Throws: exit code 79 when it does not open.
    func event(_ entry: StoredEntry) throws(Fault) -> Event {
        let keys = try journalKeys(of: entry.epoch)
        let place = place(of: entry)
        let bytes: [UInt8]
        do throws(SealingError) {
            let opened = try keys.open(entry.body, at: place)
            bytes = opened.withBytes { span in span.indices.map { span[$0] } }
        } catch { throw .damaged(.journal) }
        guard let event = decoded(Event.self, from: bytes) else { throw .damaged(.journal) }
        return event
    }
}
