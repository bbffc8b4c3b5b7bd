internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

/// What a use case wants written; the manifest and the journal's chain follow from it.
enum Change {
    case insert(Credential)
    case update(Credential)
    /// Removes a credential and its versions, also one that is damaged.
    case remove(RecordID, tag: [UInt8])
    /// A version or a value of the vault's own.
    case store(StorageChange)
    case entry(Event, of: RecordID?)

    /// Whether it is an entry that a person is told of.
    fileprivate var isNotice: Bool {
        guard case .entry(let event, _) = self else { return false }
        return Notice.Kind(rawValue: event.event.rawValue) != nil
    }
}

extension Vault {
    /// Writes changes at once, with the manifest that describes them and the journal entries that wait; then moves the anchor.
    ///
    /// - Throws: exit code 79 when what is to be changed is not as the manifest says, and what storing throws; nothing is written then.
    func commit(_ changes: [Change]) throws(Fault) { try commit(changes, isPart: false) }

    /// Several commits as one: all of them, or nothing of any. The anchor moves once.
    ///
    /// - Parameter work: commits with `commitPart`; nothing else happens to the vault until it returns.
    func commitTogether(_ work: () throws(Fault) -> Void) throws(Fault) {
        let vault = try opened()
        let before = vault.state.withLock { ($0.head, $0.waiting) }
        try storing { () throws(StorageError) in try store.begin() }
        do throws(Fault) {
            try work()
            try storing { () throws(StorageError) in try store.end() }
        } catch {
            vault.state.withLock { ($0.head, $0.waiting) = before }
            try storing { () throws(StorageError) in try store.undo() }
            throw error
        }
        let head = vault.head
        guard head != before.0 else { return }
        moveAnchor(to: head, head.bytes(keys: vault.keys), vault)
        surroundings.rescheduled()
    }

    /// One of the commits that `commitTogether` makes one.
    func commitPart(_ changes: [Change]) throws(Fault) { try commit(changes, isPart: true) }

    private func commit(_ changes: [Change], isPart: Bool) throws(Fault) {
        let vault = try opened()
        var draft = CommitDraft(vault, store)
        let waiting = vault.state.withLock(\.waiting)
        guard !changes.isEmpty || !waiting.isEmpty else { return }
        for note in waiting { try draft.append(note) }
        for change in changes { try draft.add(change, at: surroundings.now(), self) }
        let before = try storing { () throws(StorageError) in try store.changeMark() }
        try write(draft, vault, isPart: isPart)
        keepUp(changes, before, vault)
        if changes.contains(where: \.isNotice) { noticed.ring() }
        vault.state.withLock { $0.waiting.removeFirst(waiting.count) }
        if !isPart { surroundings.rescheduled() }
    }

    /// Notes what happened without waiting for the disk; it is written with the next change, at the latest after a second.
    func note(_ event: Event, of id: RecordID?) throws(Fault) {
        let vault = try opened()
        let note = JournalNote(at: surroundings.now(), record: id, event: event)
        let count = vault.state.withLock { state in
            state.waiting.append(note)
            return state.waiting.count
        }
        if count == 1 { surroundings.rescheduled() }
        if count >= Self.mostWaiting { try commit([]) }
    }

    private static let mostWaiting = 256
    /// How long an entry may wait.
    static let longestWait = Duration.seconds(1)

    /// A signed entry at the end of the journal, unless the last one is signed.
    func writeCheckpoint() throws(Fault) {
        let vault = try opened()
        let last = try storing { () throws(StorageError) in try store.journal(of: nil, before: nil, limit: 1) }.first
        let waits = vault.state.withLock { !$0.waiting.isEmpty }
        guard waits || last?.signature == nil else { return }
        var draft = CommitDraft(vault, store)
        for note in vault.state.withLock(\.waiting) { try draft.append(note) }
        let event = Event(event: .checkpoint, version: nil, detail: "signed")
        try draft.append(JournalNote(at: surroundings.now(), record: nil, event: event), signed: true)
        try write(draft, vault)
        vault.state.withLock { $0.waiting = [] }
    }

    private func write(_ draft: consuming CommitDraft, _ vault: OpenVault, isPart: Bool = false) throws(Fault) {
        let dues = draft.dues
        let (changes, head, bytes) = try draft.finish()
        try storing { () throws(StorageError) in try store.apply(changes) }
        for case .some(let due) in dues { turns.wrote(due: due) }
        vault.state.withLock { state in
            state.head = head
            state.attention = nil
        }
        if !isPart { moveAnchor(to: head, bytes, vault) }
    }

    /// An anchor that cannot be written lags; the change itself is safe.
    func moveAnchor(to head: ManifestHead, _ bytes: [UInt8], _ vault: OpenVault) {
        let anchor = Anchor(vault: vault.id, sequence: head.sequence, head: Array(bytes.suffix(32)))
        do throws(Fault) {
            try surroundings.anchor.write(anchor.bytes(key: vault.lookup), turn: head.sequence)
            vault.state.withLock { if $0.freshness == .lagging { $0.freshness = .anchored } }
        } catch {
            let wasLagging = vault.state.withLock { state in
                defer { state.freshness = .lagging }
                return state.freshness == .lagging
            }
            if !wasLagging { surroundings.failed(error) }
        }
    }
}

/// Changes on their way to one transaction, and the manifest as it will be.
struct CommitDraft {
    private let vault: OpenVault
    private let store: any RecordStore
    private var head: ManifestHead
    private var chain: JournalChain
    private var buckets: [ManifestBucket: [[UInt8]: ManifestLeaf]] = [:]
    private var changes: [StorageChange] = []
    private var changesValues = false
    private var values: [String: [UInt8]?] = [:]
    /// Of the rows that are written.
    private(set) var dues: [Timestamp?] = []

    init(_ vault: OpenVault, _ store: any RecordStore) {
        self.vault = vault
        self.store = store
        head = vault.head
        chain = JournalChain(vault, after: head)
    }

    mutating func append(_ note: JournalNote, signed: Bool = false) throws(Fault) {
        changes.append(.appendEntry(try chain.append(note, signed: signed)))
    }

    mutating func add(_ change: Change, at now: Timestamp, _ home: isolated Vault) throws(Fault) {
        switch change {
        case .insert(let credential):
            let row = try home.storedRow(credential, vault)
            dues.append(row.due)
            head.credentials += 1
            try put(row, tag: row.tag)
            changes.append(.insertRow(row))
        case .update(let credential):
            let row = try home.storedRow(credential, vault)
            dues.append(row.due)
            try put(row, tag: row.tag)
            changes.append(.updateRow(row))
        case .remove(let id, let tag):
            head.credentials = head.credentials > 0 ? head.credentials - 1 : 0
            try put(nil, tag: tag)
            changes.append(.removeRow(id))
        case .store(let change):
            switch change {
            case .setValue(let key, let value): values[key] = .some(value)
            case .insertVersion(let version, _, _), .replaceVersion(let version, _, _):
                // Sealed before a wait for the keyring; its keys may be gone since.
                guard version.epoch == vault.epoch else { throw .newKeysMeanwhile }
            default: break
            }
            changes.append(change)
        case .entry(let event, let id): try append(JournalNote(at: now, record: id, event: event))
        }
    }

    private mutating func put(_ row: StoredRow?, tag: [UInt8]) throws(Fault) {
        guard let bucket = ManifestBucket(tag: tag) else { throw .damaged }
        if buckets[bucket] == nil { buckets[bucket] = try leaves(bucket, removing: row == nil ? tag : nil) }
        buckets[bucket]?[tag] = row.map { ManifestLeaf(tag: tag, record: $0.id.bytes, mac: $0.mac) }
    }

    /// What is in a bucket now.
    ///
    /// - Parameter tag: a removal must work in a bucket that was damaged. What else is in it stays damaged: beside it a leaf is listed
    ///   that no row has.
    private func leaves(_ bucket: ManifestBucket, removing tag: [UInt8]?) throws(Fault) -> [[UInt8]: ManifestLeaf] {
        let rows = try storing { () throws(StorageError) in try store.rows(tagPrefix: bucket.prefix) }
        var leaves = Dictionary(rows.map { ($0.tag, $0.leaf) }) { first, _ in first }
        do throws(Fault) { try vault.check(rows, bucket, store) } catch {
            guard let tag else { throw error }
            if leaves.keys.contains(where: { $0 != tag }) {
                leaves[bucket.prefix] = ManifestLeaf(tag: bucket.prefix, record: [], mac: [])
            }
        }
        return leaves
    }

    /// The changes with the manifest behind them, the head that they lead to, and its bytes.
    consuming func finish() throws(Fault) -> ([StorageChange], ManifestHead, [UInt8]) {
        for (number, touched) in Dictionary(grouping: buckets, by: \.key.node) {
            var node = try vault.node(number, store)
            for (bucket, leaves) in touched { node[bucket.place] = bucket.digest(of: Array(leaves.values)) }
            changes.append(.setNode(number, node.isEmpty ? nil : node.bytes))
            head.nodes[number] = node.digest(number: number)
        }
        if !values.isEmpty { head.values = try valuesDigest() }
        head.sequence += 1
        head.epoch = vault.epoch
        (head.journalSequence, head.journalChain) = (chain.sequence, chain.chain)
        let bytes = head.bytes(keys: vault.keys)
        changes.append(.setValue(Vault.Key.manifest, bytes))
        return (changes, head, bytes)
    }

    /// - Throws: exit code 79 when the values that stay are not those that the manifest lists.
    private func valuesDigest() throws(Fault) -> [UInt8] {
        var all = try storing { () throws(StorageError) in try store.values(prefix: "") }
            .filter { !Vault.Key.unlisted.contains($0.key) }
        let isFirst = vault.head.sequence == 0
        guard isFirst || ManifestValues.digest(of: all) == vault.head.values else { throw .damaged(.values) }
        for (key, value) in values { all[key] = value }
        return ManifestValues.digest(of: all)
    }
}

extension StoredRow {
    var leaf: ManifestLeaf { ManifestLeaf(tag: tag, record: id.bytes, mac: mac) }
}
