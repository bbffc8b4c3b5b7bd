internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// Takes the vault as it lies here, whatever was seen before: the manifest is made anew from what the store holds.
    ///
    /// Nothing that does not authenticate becomes readable by it. The sequence goes on behind the highest that was seen, so that the
    /// anchor holds again, and the journal tells that a person decided so.
    func acceptState(
        _ stored: [UInt8], _ root: VaultKeys, id: [UInt8], _ values: [String: [UInt8]], _ terms: UnlockTerms
    ) throws(Fault) {
        let known = try? ManifestHead(stored, keys: root)
        guard let epoch = known?.epoch ?? OwnKeys.newestEpoch(in: values) else { throw .damaged(.manifest) }
        var head = try sealing { () throws(SealingError) in try ManifestHead(vault: id) }
        head.epoch = epoch
        head.values = ManifestValues.digest(of: values)
        let last = try storing { () throws(StorageError) in try store.journal(of: nil, before: nil, limit: 1) }.first
        if let last { (head.journalSequence, head.journalChain) = (last.sequence, last.chain) }
        let (nodes, count) = try nodesOfStore()
        for (number, node) in nodes { head.nodes[number] = node.digest(number: number) }
        head.credentials = count
        let vault = try OwnKeys(values: values, vault: id, root: root, epoch: epoch).opened(head)
        let seen = try highestSeen(vault, terms)
        vault.state.withLock { $0.head.sequence = max(known?.sequence ?? 0, seen) }
        become(open: vault)
        let event = Event(
            event: .stateAccepted, version: nil,
            detail: "found change \(known.map { String($0.sequence) } ?? "unknown"), seen \(seen), taken as it was")
        let changes = (UInt8.min...UInt8.max).map { Change.store(.setNode($0, nodes[$0]?.bytes)) }
        do throws(Fault) { try commit(changes + [.entry(event, of: nil)]) } catch {
            lock = .closed
            throw error
        }
    }

    private func nodesOfStore() throws(Fault) -> (nodes: [UInt8: ManifestNode], count: UInt64) {
        var nodes: [UInt8: ManifestNode] = [:]
        var count: UInt64 = 0
        for number in UInt8.min...UInt8.max {
            let rows = try storing { () throws(StorageError) in try store.rows(tagPrefix: [number]) }
            guard !rows.isEmpty, var node = try? ManifestNode(nil) else { continue }
            for (bucket, members) in Dictionary(grouping: rows, by: { ManifestBucket(tag: $0.tag) }) {
                guard let bucket else { continue }
                node[bucket.place] = bucket.digest(of: members.map(\.leaf))
            }
            nodes[number] = node
            count += UInt64(rows.count)
        }
        return (nodes, count)
    }
}
