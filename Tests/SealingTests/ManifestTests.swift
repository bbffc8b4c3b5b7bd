import Sealing
import Testing

private func leaf(_ tag: [UInt8], _ mark: UInt8) -> ManifestLeaf {
    ManifestLeaf(
        tag: tag + [UInt8](repeating: mark, count: 30), record: [UInt8](repeating: mark, count: 16),
        mac: [UInt8](repeating: mark, count: 32))
}

@Suite struct ManifestBucketTests {
    static let tags: [([UInt8], UInt8?, UInt8?)] = [
        ([], nil, nil), ([7], nil, nil), ([7, 9], 7, 9), ([0, 0, 1], 0, 0),
        ([255, 254] + [UInt8](repeating: 3, count: 30), 255, 254),
    ]

    @Test(arguments: tags.indices)
    func isChosenByTwoBytes(index: Int) {
        let (tag, node, place) = Self.tags[index]
        let bucket = ManifestBucket(tag: tag)
        #expect(bucket?.node == node)
        #expect(bucket?.place == place)
        if bucket != nil { #expect(bucket?.prefix == Array(tag.prefix(2))) }
    }

    @Test func dependsOnTheSetOfRowsAlone() throws {
        let bucket = try #require(ManifestBucket(tag: [1, 2]))
        let leaves = (1...5).map { leaf([1, 2], $0) }
        let digest = bucket.digest(of: leaves)
        #expect(bucket.digest(of: leaves.reversed()) == digest)
        for gone in leaves.indices {
            var rest = leaves
            rest.remove(at: gone)
            #expect(bucket.digest(of: rest) != digest)
        }
        #expect(ManifestBucket(node: 1, place: 3).digest(of: leaves) != digest)
        #expect(bucket.digest(of: []) == ManifestNode.emptyDigest)
    }

    @Test func everyBitOfARowCounts() throws {
        let bucket = try #require(ManifestBucket(tag: [1, 2]))
        let digest = bucket.digest(of: [leaf([1, 2], 1)])
        for part in [\ManifestLeaf.tag, \.record, \.mac] {
            for bit in 0..<leaf([1, 2], 1)[keyPath: part].count * 8 {
                var changed = leaf([1, 2], 1)
                changed[keyPath: part][bit / 8] ^= 1 << UInt8(bit % 8)
                #expect(bucket.digest(of: [changed]) != digest)
            }
        }
    }
}

@Suite struct ManifestNodeTests {
    @Test func keepsADigestAtEveryPlace() throws {
        var node = try ManifestNode(nil)
        for place in UInt8.min...UInt8.max { node[place] = [UInt8](repeating: place, count: 32) }
        for place in UInt8.min...UInt8.max { #expect(node[place] == [UInt8](repeating: place, count: 32)) }
        #expect(node.bytes.count == ManifestNode.size)
        #expect(try ManifestNode(node.bytes) == node)
    }

    @Test func hasAnotherDigestAtAnotherNumberUnlessItIsEmpty() throws {
        var node = try ManifestNode(nil)
        #expect(node.isEmpty)
        #expect(node.digest(number: 1) == ManifestNode.emptyDigest)
        node[3] = [UInt8](repeating: 1, count: 32)
        #expect(!node.isEmpty)
        #expect(node.digest(number: 1) != node.digest(number: 2))
        node[3] = ManifestNode.emptyDigest
        #expect(node.isEmpty)
    }

    @Test(arguments: [0, 1, 32, 8191, 8193])
    func hasOneSize(size: Int) {
        #expect(throws: SealingError.malformed) { try ManifestNode([UInt8](repeating: 0, count: size)) }
    }
}

@Suite struct ManifestHeadTests {
    private func head() throws -> ManifestHead {
        var head = try ManifestHead(vault: [UInt8](repeating: 1, count: 16))
        (head.sequence, head.epoch, head.credentials, head.journalSequence) = (5, 2, 3, 8)
        head.nodes[77] = [UInt8](repeating: 9, count: 32)
        return head
    }

    @Test func isReadBack() throws {
        let keys = try VaultKeys.fresh()
        let bytes = try head().bytes(keys: keys)
        #expect(bytes.count == ManifestHead.size)
        #expect(try ManifestHead(bytes, keys: keys) == head())
    }

    /// Every bit outside of the digests of nodes, and one of each of those.
    @Test func everyBitCounts() throws {
        let keys = try VaultKeys.fresh()
        let bytes = try head().bytes(keys: keys)
        let bits = Array(0..<116 * 8) + stride(from: 116 * 8, to: 8308 * 8, by: 257) + Array(8308 * 8..<bytes.count * 8)
        for bit in bits {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(throws: SealingError.self, "bit \(bit)") { try ManifestHead(changed, keys: keys) }
        }
        print("manifest head: \(bits.count) bits")
    }

    @Test func everyLengthButOneIsRefused() throws {
        let keys = try VaultKeys.fresh()
        let bytes = try head().bytes(keys: keys)
        for length in [0, 1, 4, 8, 115, 116, 8307, 8339] {
            #expect(throws: SealingError.malformed) { try ManifestHead(Array(bytes.prefix(length)), keys: keys) }
        }
        #expect(throws: SealingError.malformed) { try ManifestHead(bytes + [0], keys: keys) }
    }

    @Test func anotherRootDoesNotReadIt() throws {
        let bytes = try head().bytes(keys: .fresh())
        let other = try VaultKeys.fresh()
        #expect(throws: SealingError.wrongKeyOrTampered) { try ManifestHead(bytes, keys: other) }
    }
}
