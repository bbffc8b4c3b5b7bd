import TestSupport

/// Anchors, checkpoints, recovery codes, fingerprints and tags.
enum SmallVectors {
    static var all: [Vector] { anchors + checkpoints + recoveryCodes + fingerprints + tags }

    private static let lookup = Forge.bytes(32, "look-up key")
    private static let vault = Forge.bytes(16, "vault")
    private static let head = Forge.bytes(32, "head")

    private static func anchor(format: UInt16 = 1, sequence: UInt64 = 7, key: [UInt8]? = nil) -> [UInt8] {
        let bytes =
            Array("TWAN".utf8) + Forge.number(UInt64(format), 2) + vault + Forge.number(sequence, 8) + head
        return bytes + Forge.hash(bytes, key: key ?? Forge.subkey(lookup, "twAnchor"))
    }

    private static var anchors: [Vector] {
        func anchor(_ name: String, _ verdict: String, _ bytes: [UInt8], lookup: [UInt8] = lookup) -> Vector {
            Vector(kind: "anchor", name: name, class: verdict, headers: [.init("lookup", lookup)], bytes: bytes)
        }
        func valid(_ name: String, _ sequence: UInt64) -> Vector {
            let headers: [Vector.Header] = [
                .init("lookup", lookup), .init("vault", vault), .init("sequence", sequence), .init("head", head),
            ]
            return Vector(
                kind: "anchor", name: "ok-" + name, class: "ok", headers: headers,
                bytes: self.anchor(sequence: sequence))
        }
        let bytes = self.anchor()
        let flips = [
            ("vault", 6), ("sequence", 29), ("head-first", 30), ("head-last", 61), ("mac-first", 62), ("mac-last", 93),
        ]
        .map { anchor("bit-of-" + $0, "wrong-key-or-tampered", bytes.flipped(at: $1)) }
        return flips + [
            valid("7", 7), valid("0", 0), valid("largest", .max >> 1), anchor("no-bytes", "malformed", []),
            anchor("sequence-beyond-counting", "malformed", self.anchor(sequence: 1 << 63)),
            anchor("cut-to-93", "malformed", Array(bytes.dropLast())),
            anchor("one-byte-more", "malformed", bytes + [0]),
            anchor("magic-of-a-head", "malformed", bytes.replacing(at: 0, with: Array("TWMH".utf8))),
            anchor("format-0", "malformed", self.anchor(format: 0)),
            anchor("format-2", "malformed", self.anchor(format: 2)),
            anchor(
                "mac-of-another", "wrong-key-or-tampered",
                Array(bytes.dropLast(32)) + self.anchor(sequence: 8).suffix(32)),
            anchor("forged-under-the-key-itself", "wrong-key-or-tampered", self.anchor(key: lookup)),
            anchor(
                "forged-under-the-key-of-names", "wrong-key-or-tampered",
                self.anchor(key: Forge.subkey(lookup, "twNames_"))),
            anchor("read-with-another-key", "wrong-key-or-tampered", bytes, lookup: Forge.bytes(32, "another key")),
        ]
    }

    private static var checkpoints: [Vector] {
        let seed = Forge.bytes(32, "signing seed")
        let publicKey = Forge.publicKey(seed: seed)
        let chain = Forge.bytes(32, "chain")
        func statement(_ domain: String = "tokenward checkpoint 1", _ sequence: UInt64 = 64) -> [UInt8] {
            Forge.fields(domain, [vault, Forge.number(sequence, 8), chain])
        }
        func checkpoint(
            _ name: String, _ verdict: String, _ bytes: [UInt8], by key: [UInt8] = publicKey, vault: [UInt8] = vault,
            sequence: UInt64 = 64, chain: [UInt8] = chain
        ) -> Vector {
            let headers: [Vector.Header] = [
                .init("public", key), .init("vault", vault), .init("sequence", sequence), .init("chain", chain),
            ]
            return Vector(kind: "checkpoint", name: name, class: verdict, headers: headers, bytes: bytes)
        }
        let no = "wrong-key-or-tampered"
        let right = Forge.signature(statement(), seed: seed)
        let other = Forge.bytes(32, "another seed")
        return [
            checkpoint("ok", "ok", right), checkpoint("bit-of-r", no, right.flipped(at: 0)),
            checkpoint("bit-of-s", no, right.flipped(at: 40)), checkpoint("no-bytes", no, []),
            checkpoint("cut-to-63", no, Array(right.dropLast())), checkpoint("one-byte-more", no, right + [0]),
            checkpoint("zeros", no, [UInt8](repeating: 0, count: 64)),
            checkpoint("another-key", no, right, by: Forge.publicKey(seed: other)),
            checkpoint("key-of-31-bytes", no, right, by: Array(publicKey.dropLast())),
            checkpoint("key-of-zeros", no, [UInt8](repeating: 0, count: 64), by: [UInt8](repeating: 0, count: 32)),
            checkpoint("another-vault", no, right, vault: Forge.bytes(16, "another vault")),
            checkpoint("another-sequence", no, right, sequence: 65),
            checkpoint("another-chain", no, right, chain: chain.flipped(at: 31)),
            checkpoint("forged-another-domain", no, Forge.signature(statement("tokenward checkpoint 2"), seed: seed)),
            checkpoint("forged-by-another", no, Forge.signature(statement(), seed: other)),
        ]
    }

    private static var fingerprints: [Vector] {
        let key = Forge.bytes(32, "fingerprint key")
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz")
        func shown(_ value: [UInt8], domain: String = "fp1") -> String {
            let digest = Forge.hash(Array(domain.utf8) + value, key: key)
            let number = digest.prefix(8).reduce(UInt64(0)) { $0 * 256 + UInt64($1) }
            let characters = (0..<12).map { (place: Int) -> Character in
                alphabet[Int(number >> UInt64(59 - 5 * place) & 31)]
            }
            return [characters[0..<4], characters[4..<8], characters[8..<12]].map { String($0) }.joined(separator: "-")
        }
        func fingerprint(_ name: String, _ verdict: String, _ value: [UInt8], _ text: String) -> Vector {
            let headers: [Vector.Header] = [.init("key", key), .init("fingerprint", text)]
            return Vector(kind: "fingerprint", name: name, class: verdict, headers: headers, bytes: value)
        }
        let value = Array("canary".utf8)
        let valid = [0, 1, 61, 108, 4096].map { size in
            let value = Forge.bytes(size, "value \(size)")
            return fingerprint("ok-\(size)-bytes", "ok", value, shown(value))
        }
        return valid + [
            fingerprint("ok-text", "ok", value, shown(value)),
            fingerprint("another-value", "mismatch", value + [0x0A], shown(value)),
            fingerprint("upper-case", "mismatch", value, shown(value).uppercased()),
            fingerprint("without-hyphens", "mismatch", value, shown(value).replacing("-", with: "")),
            fingerprint("forged-another-domain", "mismatch", value, shown(value, domain: "fp2")),
            fingerprint("forged-no-domain", "mismatch", value, shown(value, domain: "")),
        ]
    }

    private static var tags: [Vector] {
        let names = Forge.subkey(lookup, "twNames_")
        func tag(_ name: String, _ verdict: String, _ text: String, _ tag: [UInt8]) -> Vector {
            let headers: [Vector.Header] = [.init("lookup", lookup), .init("tag", tag)]
            return Vector(kind: "tag", name: name, class: verdict, headers: headers, bytes: Array(text.utf8))
        }
        func right(_ text: String) -> [UInt8] { Forge.hash(Array(text.utf8), key: names) }
        let longest = String(repeating: "a/", count: 63) + "bc"
        return [
            tag("ok-short", "ok", "a", right("a")),
            tag("ok-two-parts", "ok", "anthropic/main", right("anthropic/main")),
            tag("ok-longest", "ok", longest, right(longest)),
            tag("another-name", "mismatch", "anthropic/mail", right("anthropic/main")),
            tag("forged-under-the-key-itself", "mismatch", "a", Forge.hash([0x61], key: lookup)),
        ]
    }
}
