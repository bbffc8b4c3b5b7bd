internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// The row with that tag, after its bucket was compared with the manifest; nil when the manifest agrees that there is none.
    ///
    /// - Throws: exit code 79 when the bucket is not as the manifest says.
    func listedRow(tag: [UInt8], _ vault: OpenVault) throws(Fault) -> StoredRow? {
        guard let bucket = ManifestBucket(tag: tag) else { throw .damaged }
        let rows = try storing { () throws(StorageError) in try store.rows(tagPrefix: bucket.prefix) }
        try vault.check(rows, bucket, store)
        return rows.first { $0.tag == tag }
    }

    /// Every row in the order of tags, each with whether its bucket is as the manifest says.
    ///
    /// - Returns: how many buckets lost all their rows.
    func forEachRow(
        _ vault: OpenVault, _ body: (StoredRow, _ isListed: Bool) throws(Fault) -> Void
    ) throws(Fault) -> Int {
        var group: [StoredRow] = []
        var gone = 0
        var absent = Set(UInt8.min...UInt8.max)
        var last: [UInt8]?
        while true {
            let rows = try storing { () throws(StorageError) in try store.rows(after: last, limit: Self.batch) }
            for row in rows {
                if let first = group.first, first.tag.first != row.tag.first {
                    gone += try compare(group, vault, body)
                    group = []
                }
                if let number = row.tag.first { absent.remove(number) }
                group.append(row)
            }
            guard let end = rows.last, rows.count == Self.batch else { break }
            last = end.tag
        }
        if !group.isEmpty { gone += try compare(group, vault, body) }
        let head = vault.head
        return gone + absent.count { head.nodes[$0] != ManifestNode.emptyDigest }
    }

    static let batch = 500

    /// The same for the rows of one node.
    func forEachRow(
        of node: UInt8, _ vault: OpenVault, _ body: (StoredRow, _ isListed: Bool) throws(Fault) -> Void
    ) throws(Fault) -> Int {
        let rows = try storing { () throws(StorageError) in try store.rows(tagPrefix: [node]) }
        guard rows.isEmpty else { return try compare(rows, vault, body) }
        return vault.head.nodes[node] == ManifestNode.emptyDigest ? 0 : 1
    }

    /// One node's rows; whether they are all and the right ones is told by one digest, and by the stored node when it is not.
    private func compare(
        _ rows: [StoredRow], _ vault: OpenVault, _ body: (StoredRow, Bool) throws(Fault) -> Void
    ) throws(Fault) -> Int {
        guard let number = rows.first?.tag.first else { return 0 }
        let buckets = Dictionary(grouping: rows) { ManifestBucket(tag: $0.tag) ?? .init(node: number, place: 0) }
        let digests = buckets.mapValues { rows in rows.map(\.leaf) }.map { ($0.key, $0.key.digest(of: $0.value)) }
        guard var computed = try? ManifestNode(nil) else { return 0 }
        for (bucket, digest) in digests { computed[bucket.place] = digest }
        if computed.digest(number: number) == vault.head.nodes[number] {
            for row in rows { try body(row, true) }
            return 0
        }
        let node = try? vault.node(number, store)
        let listed = Set(digests.filter { node?[$0.0.place] == $0.1 }.map(\.0))
        for row in rows { try body(row, ManifestBucket(tag: row.tag).map { listed.contains($0) } ?? false) }
        guard let node else { return 0 }
        return (UInt8.min...UInt8.max).count { place in
            node[place] != ManifestNode.emptyDigest && computed[place] == ManifestNode.emptyDigest
        }
    }
}

extension Vault {
    /// The vault's own values.
    ///
    /// - Throws: exit code 79 when they are not those that the manifest lists.
    func listedValues(_ vault: OpenVault) throws(Fault) -> [String: [UInt8]] {
        let values = try storedValues()
        guard ManifestValues.digest(of: values) == vault.head.values else { throw .damaged(.values) }
        return values
    }

    /// The same, whatever the manifest says.
    func storedValues() throws(Fault) -> [String: [UInt8]] {
        try storing { () throws(StorageError) in try store.values(prefix: "") }
            .filter { !Key.unlisted.contains($0.key) }
    }
}

extension OpenVault {
    /// - Throws: exit code 79 unless these rows are what the manifest holds of the bucket.
    func check(_ rows: [StoredRow], _ bucket: ManifestBucket, _ store: any RecordStore) throws(Fault) {
        let node = try node(bucket.node, store)
        guard node[bucket.place] == bucket.digest(of: rows.map(\.leaf)) else { throw damage(of: rows) }
    }

    /// - Throws: exit code 79 when it is not the node that the head knows.
    func node(_ number: UInt8, _ store: any RecordStore) throws(Fault) -> ManifestNode {
        let bytes = try storing { () throws(StorageError) in try store.node(number) }
        guard let node = try? ManifestNode(bytes), node.digest(number: number) == head.nodes[number] else {
            throw .damaged(.manifest)
        }
        return node
    }

    /// What is wrong with rows that the manifest does not know: changed, or authentic and therefore from another time.
    private func damage(of rows: [StoredRow]) -> Fault {
        if rows.isEmpty { return .damaged(.missing) }
        for row in rows { guard let mac = try? mac(of: row), mac == row.mac else { return .damaged(.record) } }
        return .damaged(.replayed)
    }
}
