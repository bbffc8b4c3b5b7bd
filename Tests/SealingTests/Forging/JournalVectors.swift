import TestSupport

enum JournalVectors {
    static var all: [Vector] { valid + changed + forged }

    private static let vault = Forge.bytes(16, "vault")
    private static let key = Forge.bytes(32, "journal key")
    private static let seed = Forge.bytes(32, "signing seed")
    private static let empty = [UInt8](repeating: 0, count: 32)

    struct Entry {
        var sequence: UInt64
        var at: Int64
        var record: [UInt8]?
        var epoch: UInt32 = 1
        var body: [UInt8] = []
        var chain: [UInt8] = []
        var signature: [UInt8]?

        var bytes: [UInt8] {
            let record = self.record.map { [1] + $0 } ?? [0]
            let signature = self.signature.map { [1] + $0 } ?? [0]
            return Forge.number(sequence, 8) + Forge.number(UInt64(bitPattern: at), 8) + record
                + Forge.number(UInt64(epoch), 4) + Forge.number(UInt64(body.count), 4) + body + chain + signature
        }
    }

    private static func link(_ entry: Entry, after chain: [UInt8], domain: String = "tokenward journal 1") -> [UInt8] {
        let parts = [
            vault, Forge.number(entry.sequence, 8), Forge.number(UInt64(bitPattern: entry.at), 8), entry.record ?? [],
            Forge.number(UInt64(entry.epoch), 4), chain, entry.body,
        ]
        return Forge.hash(Forge.fields(domain, parts), key: Forge.subkey(key, "twRowMac"))
    }

    private static func signature(_ entry: Entry) -> [UInt8] {
        let parts = [vault, Forge.number(entry.sequence, 8), entry.chain]
        return Forge.signature(Forge.fields("tokenward checkpoint 1", parts), seed: seed)
    }

    private static func sealed(_ text: String, _ entry: Entry) -> [UInt8] {
        var envelope = ForgedEnvelope()
        (envelope.root, envelope.vault, envelope.field, envelope.version) = (key, vault, 4, entry.sequence)
        (envelope.record, envelope.epoch) = (entry.record ?? [UInt8](repeating: 0, count: 16), entry.epoch)
        (envelope.value, envelope.nonce) = (Array(text.utf8), Forge.bytes(24, "nonce \(entry.sequence)"))
        return envelope.bytes()
    }

    private static func journal(_ count: UInt64, from first: UInt64 = 1) -> [Entry] {
        var chain = empty
        return (first..<first + count).map { sequence in
            let record = sequence % 3 == 1 ? nil : Forge.bytes(16, "record \(sequence % 5)")
            var entry = Entry(sequence: sequence, at: 1_700_000_000_000 + Int64(sequence), record: record)
            entry.body = sealed(#"{"detail":"read","event":"read","version":1}"#, entry)
            entry.chain = link(entry, after: chain)
            if sequence % 64 == 0 { entry.signature = signature(entry) }
            chain = entry.chain
            return entry
        }
    }

    private static func vector(_ name: String, _ verdict: String, _ entries: [Entry]) -> Vector {
        var headers: [Vector.Header] = [.init("vault", vault), .init("signing", seed), .init("journal", key)]
        if verdict == "ok" { headers.append(.init("last", entries.last?.sequence ?? 0)) }
        return Vector(kind: "journal", name: name, class: verdict, headers: headers, bytes: entries.flatMap(\.bytes))
    }

    private static var valid: [Vector] {
        var signed = journal(3)
        signed[2].signature = signature(signed[2])
        return [
            vector("ok-none", "ok", []), vector("ok-one", "ok", journal(1)), vector("ok-four", "ok", journal(4)),
            vector("ok-signed-early", "ok", signed), vector("ok-65", "ok", journal(65)),
        ]
    }

    private static var changed: [Vector] {
        func changed(_ name: String, _ change: (inout [Entry]) -> Void) -> Vector {
            var entries = journal(4)
            change(&entries)
            return vector(name, "damaged", entries)
        }
        func entry(_ name: String, _ change: @escaping (inout Entry) -> Void) -> Vector {
            changed(name) { change(&$0[1]) }
        }
        return [
            entry("time-changed") { $0.at += 1 }, entry("record-gone") { $0.record = nil },
            entry("record-changed") { $0.record = Forge.bytes(16, "another record") },
            entry("epoch-changed") { $0.epoch = 2 }, entry("bit-of-chain") { $0.chain[0] ^= 1 },
            entry("bit-of-body") { $0.body[60] ^= 1 }, entry("body-gone") { $0.body = [] },
            entry("chain-gone") { $0.chain = empty },
            entry("signature-of-zeros") { $0.signature = [UInt8](repeating: 0, count: 64) },
            changed("first-gone") { $0.removeFirst() }, changed("middle-gone") { $0.remove(at: 1) },
            changed("exchanged") { $0.swapAt(1, 2) }, changed("twice") { $0.insert($0[1], at: 2) },
            changed("begins-anew") { $0 += journal(1) }, changed("sequence-raised") { $0[3].sequence = 9 },
            changed("bodies-exchanged") { ($0[1].body, $0[2].body) = ($0[2].body, $0[1].body) },
        ]
    }

    private static func early(_ signature: (Entry) -> [UInt8]) -> [Entry] {
        var entries = journal(2)
        entries[1].signature = signature(entries[1])
        return entries
    }

    /// Made by one who holds keys of the vault and does not follow the format.
    private static var forged: [Vector] {
        var unsigned = journal(64)
        unsigned[63].signature = nil
        func forged(_ name: String, _ entries: [Entry]) -> Vector { vector("forged-" + name, "damaged", entries) }
        func relinked(_ name: String, _ change: (inout Entry) -> Void) -> Vector {
            var entry = journal(1)[0]
            change(&entry)
            entry.chain = link(entry, after: empty)
            return forged(name, [entry])
        }
        var domain = journal(1)[0]
        domain.chain = link(domain, after: empty, domain: "tokenward journal 2")
        var start = journal(1)[0]
        start.chain = link(start, after: [])
        let other = Forge.bytes(32, "another seed")
        let statement: (Entry, String) -> [UInt8] = { entry, name in
            Forge.fields(name, [vault, Forge.number(entry.sequence, 8), entry.chain])
        }
        return [
            forged("64th-not-signed", unsigned), forged("begins-at-2", journal(2, from: 2)),
            forged("begins-at-0", journal(2, from: 0)),
            forged(
                "signed-by-another", early { Forge.signature(statement($0, "tokenward checkpoint 1"), seed: other) }),
            forged("signed-another-domain", early { Forge.signature(statement($0, "tokenward row 1"), seed: seed) }),
            forged("signature-of-the-entry-before", early { _ in signature(journal(1)[0]) }),
            forged("bit-of-the-signature", early { signature($0).flipped(at: 63) }),
            forged("another-domain", [domain]), forged("no-beginning", [start]),
            relinked("body-not-JSON") { $0.body = sealed("read", $0) },
            relinked("event-unknown") { $0.body = sealed(#"{"detail":"","event":"stolen"}"#, $0) },
            relinked("event-without-detail") { $0.body = sealed(#"{"event":"read"}"#, $0) },
            relinked("body-of-another-entry") { $0.body = journal(2)[1].body },
            relinked("body-empty") { $0.body = [] },
        ]
    }
}
