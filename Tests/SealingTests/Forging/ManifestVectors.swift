import TestSupport

/// Heads, nodes, buckets and digests of values.
enum ManifestVectors {
    static var all: [Vector] { heads + nodes + buckets + values }

    private static let root = Forge.bytes(32, "root")
    private static let empty = [UInt8](repeating: 0, count: 32)

    private static func head(
        format: UInt16 = 1, suite: UInt16 = 1, sequence: UInt64 = 7, epoch: UInt32 = 1, credentials: UInt64 = 2,
        journal: UInt64 = 9, key: [UInt8]? = nil,
        nodes: [UInt8: [UInt8]] = [0: Forge.bytes(32, "node 0"), 255: Forge.bytes(32, "node 255")]
    ) -> [UInt8] {
        var bytes = Array("TWMH".utf8) + Forge.number(UInt64(format), 2) + Forge.number(UInt64(suite), 2)
        bytes += Forge.bytes(16, "vault") + Forge.number(sequence, 8) + Forge.number(UInt64(epoch), 4)
        bytes += Forge.number(credentials, 8) + Forge.bytes(32, "values") + Forge.number(journal, 8)
        bytes += Forge.bytes(32, "chain") + (0...255).flatMap { nodes[$0] ?? empty }
        return bytes + Forge.hash(bytes, key: key ?? Forge.subkey(root, "twManif_"))
    }

    private static func head(_ name: String, _ verdict: String, _ bytes: [UInt8], root: [UInt8] = root) -> Vector {
        Vector(kind: "head", name: name, class: verdict, headers: [.init("root", root)], bytes: bytes)
    }

    private static func valid(_ name: String, sequence: UInt64, credentials: UInt64, _ bytes: [UInt8]) -> Vector {
        let headers: [Vector.Header] = [
            .init("root", root), .init("sequence", sequence), .init("epoch", 1), .init("credentials", credentials),
        ]
        return Vector(kind: "head", name: "ok-" + name, class: "ok", headers: headers, bytes: bytes)
    }

    private static let places = [
        ("vault", 8), ("sequence", 31), ("epoch", 35), ("credentials", 43), ("values", 44), ("journal-sequence", 83),
        ("journal-chain", 84), ("first-node", 116), ("an-empty-node", 4000), ("last-node", 8307), ("mac-first", 8308),
        ("mac-last", 8339),
    ]

    private static var heads: [Vector] {
        let bytes = head()
        let flips = places.map { head("bit-of-" + $0, "wrong-key-or-tampered", bytes.flipped(at: $1)) }
        let unkeyed = Array(bytes.dropLast(32)) + Forge.hash(Array(bytes.dropLast(32)))
        let most = head(sequence: .max >> 1, credentials: .max >> 1, journal: .max >> 1)
        return flips + [
            valid("two-credentials", sequence: 7, credentials: 2, bytes),
            valid("empty", sequence: 1, credentials: 0, head(sequence: 1, credentials: 0, nodes: [:])),
            valid("largest-numbers", sequence: .max >> 1, credentials: .max >> 1, most),
            head("no-bytes", "malformed", []), head("cut-to-8339", "malformed", Array(bytes.dropLast())),
            head("cut-to-116", "malformed", Array(bytes.prefix(116))),
            head("one-byte-more", "malformed", bytes + [0]),
            head("magic-of-an-anchor", "malformed", bytes.replacing(at: 0, with: Array("TWAN".utf8))),
            head("format-0", "malformed", head(format: 0)), head("format-2", "malformed", head(format: 2)),
            head("suite-0", "unknown-suite", head(suite: 0)), head("suite-2", "unknown-suite", head(suite: 2)),
            head("suite-256", "unknown-suite", head(suite: 256)),
            head("read-with-another-root", "wrong-key-or-tampered", bytes, root: Forge.bytes(32, "another root")),
            head("forged-mac-without-key", "wrong-key-or-tampered", unkeyed),
            head("forged-mac-under-the-root", "wrong-key-or-tampered", head(key: root)),
            head(
                "forged-mac-under-the-key-of-rows", "wrong-key-or-tampered",
                head(key: Forge.subkey(root, "twRowMac"))),
            head("sequence-beyond-counting", "malformed", head(sequence: 1 << 63)),
            head("credentials-beyond-counting", "malformed", head(credentials: .max)),
            head("journal-beyond-counting", "malformed", head(journal: 1 << 63)),
            head("epoch-beyond-counting", "malformed", head(epoch: .max)),
            head("mac-of-another-head", "wrong-key-or-tampered", Array(bytes.dropLast(32)) + most.suffix(32)),
        ]
    }

    private static var nodes: [Vector] {
        let bytes = [UInt8](repeating: 0, count: 8192)
            .replacing(at: 32 * 5, with: Forge.bytes(32, "bucket 5"))
            .replacing(at: 32 * 200, with: Forge.bytes(32, "bucket 200"))
        let digest = Forge.hash(Forge.fields("tokenward node 1", [[0x5A], bytes]))
        func node(_ name: String, _ verdict: String, _ bytes: [UInt8], number: UInt8 = 0x5A, digest: [UInt8]) -> Vector
        {
            let headers: [Vector.Header] = [.init("number", number), .init("digest", digest)]
            return Vector(kind: "node", name: name, class: verdict, headers: headers, bytes: bytes)
        }
        let zero = [UInt8](repeating: 0, count: 8192)
        let moved = zero.replacing(at: 32 * 6, with: Forge.bytes(32, "bucket 5"))
            .replacing(at: 32 * 200, with: Forge.bytes(32, "bucket 200"))
        return [
            node("ok-two-buckets", "ok", bytes, digest: digest), node("ok-absent", "ok", [], digest: empty),
            node("ok-all-zero", "ok", zero, digest: empty),
            node("one-digest", "malformed", Forge.bytes(32, "bucket 5"), digest: digest),
            node("cut-to-8191", "malformed", Array(bytes.dropLast()), digest: digest),
            node("one-byte-more", "malformed", bytes + [0], digest: digest),
            node("bit-of-a-digest", "mismatch", bytes.flipped(at: 32 * 5), digest: digest),
            node("bit-of-an-empty-bucket", "mismatch", bytes.flipped(at: 8191), digest: digest),
            node("another-number", "mismatch", bytes, number: 0x5B, digest: digest),
            node("a-digest-at-another-place", "mismatch", moved, digest: digest),
            node("gone", "mismatch", [], digest: digest), node("come", "mismatch", bytes, digest: empty),
            node(
                "all-zero-hashed-nevertheless", "mismatch", zero,
                digest: Forge.hash(Forge.fields("tokenward node 1", [[0x5A], zero]))),
        ]
    }
}

extension ManifestVectors {
    private static let prefix: [UInt8] = [0x12, 0x34]

    private static func row(_ label: String) -> [UInt8] {
        prefix + Forge.bytes(30, "tag " + label) + Forge.bytes(16, "id " + label) + Forge.bytes(32, "mac " + label)
    }

    private static func digest(_ rows: [[UInt8]], prefix: [UInt8] = prefix, domain: String = "tokenward bucket 1")
        -> [UInt8]
    {
        let sorted = rows.sorted { $0.lexicographicallyPrecedes($1) }
        return Forge.hash(Forge.fields(domain, [prefix] + sorted.flatMap(parts)))
    }

    private static func parts(_ row: [UInt8]) -> [[UInt8]] {
        [Array(row[..<32]), Array(row[32..<48]), Array(row[48...])]
    }

    private static var buckets: [Vector] {
        let rows = ["a", "b", "c"].map(row).sorted { $0.lexicographicallyPrecedes($1) }
        let other = row("d")
        func bucket(_ name: String, _ verdict: String, _ rows: [[UInt8]], _ digest: [UInt8]) -> Vector {
            let headers: [Vector.Header] = [.init("prefix", prefix), .init("digest", digest)]
            return Vector(kind: "bucket", name: name, class: verdict, headers: headers, bytes: rows.flatMap(\.self))
        }
        let right = digest(rows)
        func changed(_ name: String, _ place: Int) -> Vector {
            bucket("bit-of-\(name)", "mismatch", [rows[0].flipped(at: place), rows[1], rows[2]], right)
        }
        let halves = Forge.fields("tokenward bucket 1", [[0x12], [0x34]] + rows.flatMap(parts))
        let unsorted = Forge.fields("tokenward bucket 1", [prefix] + rows.reversed().flatMap(parts))
        return [
            bucket("ok-empty", "ok", [], empty), bucket("ok-one", "ok", [rows[0]], digest([rows[0]])),
            bucket("ok-three", "ok", rows, right), bucket("ok-three-in-another-order", "ok", rows.reversed(), right),
            bucket("a-row-gone", "mismatch", Array(rows.dropLast()), right),
            bucket("all-rows-gone", "mismatch", [], right), bucket("a-row-come", "mismatch", rows + [other], right),
            bucket("a-row-in-an-empty-bucket", "mismatch", [other], empty),
            bucket("a-row-twice", "mismatch", rows + [rows[1]], right),
            bucket("a-row-exchanged", "mismatch", [rows[0], rows[1], other], right), changed("a-tag", 31),
            changed("an-id", 32), changed("a-mac", 79),
            bucket("macs-exchanged", "mismatch", exchanged(rows), right),
            bucket("forged-another-prefix", "mismatch", rows, digest(rows, prefix: [0x12, 0x35])),
            bucket("forged-another-domain", "mismatch", rows, digest(rows, domain: "tokenward bucket 2")),
            bucket("forged-prefix-as-two-fields", "mismatch", rows, Forge.hash(halves)),
            bucket("forged-not-sorted", "mismatch", rows, Forge.hash(unsorted)),
            bucket("forged-no-lengths", "mismatch", rows, Forge.hash(prefix + rows.flatMap(\.self))),
        ]
    }

    private static func exchanged(_ rows: [[UInt8]]) -> [[UInt8]] {
        [Array(rows[0][..<48]) + rows[1][48...], Array(rows[1][..<48]) + rows[0][48...], rows[2]]
    }

    private static var values: [Vector] {
        typealias Pair = (String, [UInt8])
        let pairs: [Pair] = [("id", Forge.bytes(16, "vault")), ("lookup-key", [1, 2, 3]), ("slot/ab", [])]
        func hashed(_ pairs: [Pair]) -> [UInt8] {
            Forge.hash(Forge.fields("tokenward values 1", pairs.flatMap { [Array($0.0.utf8), $0.1] }))
        }
        func values(_ name: String, _ verdict: String, _ pairs: [Pair], _ digest: [UInt8]) -> Vector {
            let bytes = pairs.flatMap { [Array($0.0.utf8), $0.1] }.flatMap { Forge.number(UInt64($0.count), 4) + $0 }
            return Vector(
                kind: "values", name: name, class: verdict, headers: [.init("digest", digest)], bytes: bytes)
        }
        let right = hashed(pairs)
        return [
            values("ok-none", "ok", [], hashed([])), values("ok-three", "ok", pairs, right),
            values("ok-in-another-order", "ok", pairs.reversed(), right),
            values(
                "ok-keys-by-their-bytes", "ok", [("b", [1]), ("é", [2]), ("z/", [3])],
                hashed([("b", [1]), ("z/", [3]), ("é", [2])])),
            values("one-gone", "mismatch", Array(pairs.dropLast()), right),
            values("one-come", "mismatch", pairs + [("slot/ac", [])], right),
            values("a-value-changed", "mismatch", [pairs[0], ("lookup-key", [1, 2, 2]), pairs[2]], right),
            values("a-key-changed", "mismatch", [pairs[0], ("lookup-kez", [1, 2, 3]), pairs[2]], right),
            values("a-boundary-moved", "mismatch", [("ab", Array("c".utf8))], hashed([("a", Array("bc".utf8))])),
            values("forged-not-sorted", "mismatch", pairs, hashed(pairs.reversed())),
            values("nothing-as-zeros", "mismatch", [], empty),
        ]
    }
}
