import Sealing
import TestSupport

/// The small vault of ENVELOPE.md §15, with every value on the way; the real encoder makes what it can, the second one the rest.
struct WorkedExample {
    private(set) var lines: [String] = []
    private let vault = Forge.bytes(16, "example vault")
    private let root = Forge.bytes(32, "example root")
    private let record = Forge.bytes(16, "example record")
    private let zero = [UInt8](repeating: 0, count: 16)
    private var values: [String: [UInt8]] = [:]

    private mutating func title(_ text: String) { lines += [lines.isEmpty ? "" : "", "# " + text] }

    private mutating func show(_ name: String, _ text: String) { lines.append("\(name) = \(text)") }

    private mutating func show(_ name: String, _ bytes: [UInt8]) {
        let digits = Vector.hex(bytes)
        guard digits.count > 88 else { return lines.append("\(name) = \(digits)") }
        lines.append("\(name) =")
        var rest = Substring(digits)
        while !rest.isEmpty {
            lines.append("    " + rest.prefix(128))
            rest = rest.dropFirst(128)
        }
    }

    init() throws {
        try slot()
        try ownKeys()
        let row = try credential()
        let chain = try journal()
        try manifest(row, chain)
        lines.removeFirst(lines.first == "" ? 1 : 0)
    }

    private mutating func slot() throws {
        title("Vault, root key of epoch 1, machine slot")
        show("vault", vault)
        show("root key", root)
        var slot = ForgedSlot()
        (slot.vault, slot.id, slot.root) = (vault, Forge.bytes(16, "example slot"), root)
        (slot.salt, slot.nonce) = (Forge.bytes(16, "example salt"), Forge.bytes(24, "example slot nonce"))
        slot.secret = Forge.bytes(32, "example machine key")
        show("slot secret", slot.secret)
        show("salt", slot.salt)
        show("stretch", slot.stretched)
        show("Kw", Forge.subkey(slot.stretched, "twSlotKy"))
        show("Kx", Forge.subkey(slot.stretched, "twSlotCm"))
        show("header", slot.header)
        show("nonce", slot.nonce)
        let made = try KeySlot.make(
            .machine, id: slot.id, vault: vault, keys: VaultKeys(root: secret(root)), secret: secret(slot.secret),
            salt: slot.salt, nonce: slot.nonce)
        values["id"] = vault
        values["slot/" + Vector.hex(slot.id)] = made.bytes
        show("slot", made.bytes)
        for (name, context) in [("Kr", "twRecord"), ("Kc", "twCommit"), ("Km", "twRowMac"), ("Kh", "twManif_")] {
            show("\(name) = KDF \(context)", Forge.subkey(root, context))
        }
    }

    /// - Returns: the envelope.
    private mutating func seal(
        _ name: String, _ value: [UInt8], record: [UInt8], field: UInt8, version: UInt64, root: [UInt8], inFull: Bool
    ) throws -> [UInt8] {
        var envelope = ForgedEnvelope(root: root, vault: vault, record: record, field: field, version: version)
        (envelope.value, envelope.nonce) = (value, Forge.bytes(24, "example nonce " + name))
        if inFull {
            show("Ks", envelope.key("twRecord"))
            show("Kq", envelope.key("twCommit"))
            show("ad", envelope.associated)
            show("padded", envelope.padded)
        }
        show("nonce of \(name)", envelope.nonce)
        let keys = try VaultKeys(root: secret(root))
        let kind = EnvelopePlace.Field(rawValue: field) ?? .value
        let place = EnvelopePlace(vault: vault, record: record, field: kind, version: version, epoch: 1)
        let sealed = try secret(value).withBytes { span throws(SealingError) in
            try keys.seal(span, at: place, nonce: envelope.nonce)
        }
        show("envelope of \(name)", sealed)
        return sealed
    }

    private static let lookup = Forge.bytes(32, "example look-up key")
    private static let fingerprint = Forge.bytes(32, "example fingerprint key")
    private static let seed = Forge.bytes(32, "example seed")
    private static let journalKey = Forge.bytes(32, "example journal key")

    private mutating func ownKeys() throws {
        title("Own keys, sealed under the root key at record zero, field 3, epoch 1")
        let keys: [(String, UInt64, [UInt8])] = [
            ("fingerprint-key", 1, Self.fingerprint), ("lookup-key", 2, Self.lookup), ("signing-key", 3, Self.seed),
            ("journal-key/1", 1 << 32 + 1, Self.journalKey),
        ]
        for (name, version, key) in keys {
            show(name, key)
            values[name] = try seal(
                name, key, record: zero, field: 3, version: version, root: root, inFull: version == 1)
        }
        show("values digest", ManifestValues.digest(of: values))
    }

    private mutating func credential() throws -> ManifestLeaf {
        title("Credential example/main with one version; its value is the text not-a-real-token")
        let lookup = try LookupKey(secret(Self.lookup))
        let tag = lookup.tag(ofName: "example/main")
        let value = Array("not-a-real-token".utf8)
        let fingerprint = try FingerprintKey(secret(Self.fingerprint)).fingerprint(of: secret(value))
        show("KDF twNames_", Forge.subkey(Self.lookup, "twNames_"))
        show("tag", tag)
        show("record", record)
        show("fingerprint", fingerprint)
        _ = try seal("value", value, record: record, field: 2, version: 1, root: root, inFull: true)
        let facts = """
            {"fingerprint":"\(fingerprint)","kind":"anthropic.setup-token","length":16,"name":"example\\/main",\
            "pasted":1700000000000}
            """
        show("description", facts)
        _ = try seal("description", Array(facts.utf8), record: record, field: 1, version: 1, root: root, inFull: false)
        let body = """
            {"due":{"candidateFailures":0,"live":1700000000000},"probing":"on",\
            "standing":{"concludedAt":1700000000000,"failures":0,"verdict":{"name":"unverified"}},\
            "versions":{"all":[{"number":1,"role":"live","storedAt":1700000000000}],"last":1}}
            """
        let row = RowStatement(
            vault: vault, record: record, tag: tag, due: 1_700_000_000_000, epoch: 1, body: Array(body.utf8))
        let mac = try VaultKeys(root: secret(root)).mac(row.fields)
        show("row body", body)
        show("row under the MAC, due 1700000000000", row.fields.bytes)
        show("row mac", mac)
        return ManifestLeaf(tag: tag, record: record, mac: mac)
    }

    private mutating func journal() throws -> [UInt8] {
        title("Journal: two entries, the second one signed")
        let keys = try VaultKeys(root: secret(Self.journalKey))
        let signing = try SigningKey(seed: secret(Self.seed))
        show("KDF twRowMac of the journal key", Forge.subkey(Self.journalKey, "twRowMac"))
        let events: [(String, [UInt8]?)] = [
            (#"{"detail":"opens by machine","event":"vault-made"}"#, nil),
            (#"{"detail":"anthropic.setup-token","event":"added","name":"example\/main","version":1}"#, record),
        ]
        var chain = JournalStatement.beginning
        for (index, (event, record)) in events.enumerated() {
            let sequence = UInt64(index + 1)
            show("event \(sequence), at 1700000000000", event)
            let body = try seal(
                "event \(sequence)", Array(event.utf8), record: record ?? zero, field: 4, version: sequence,
                root: Self.journalKey, inFull: false)
            let statement = JournalStatement(
                vault: vault, sequence: sequence, at: 1_700_000_000_000, record: record, epoch: 1, previous: chain,
                body: body)
            if sequence == 1 { show("entry 1 under the chain", statement.fields.bytes) }
            chain = keys.mac(statement.fields)
            show("chain \(sequence)", chain)
        }
        let checkpoint = CheckpointStatement(vault: vault, sequence: 2, chain: chain).fields
        show("public key", signing.publicKey)
        show("checkpoint 2 under the signature", checkpoint.bytes)
        show("signature", signing.signature(of: checkpoint))
        return chain
    }

    private mutating func manifest(_ leaf: ManifestLeaf, _ chain: [UInt8]) throws {
        title("Manifest of sequence 2, anchor")
        guard let bucket = ManifestBucket(tag: leaf.tag) else { throw Vector.Problem.bytes }
        let digest = bucket.digest(of: [leaf])
        show("node", [bucket.node])
        show("place", [bucket.place])
        let fields = Forge.fields("tokenward bucket 1", [bucket.prefix, leaf.tag, leaf.record, leaf.mac])
        show("bucket under the digest", fields)
        show("bucket digest", digest)
        var node = try ManifestNode(nil)
        node[bucket.place] = digest
        show("node digest (all its other bucket digests are zero)", node.digest(number: bucket.node))
        var head = try ManifestHead(vault: vault)
        (head.sequence, head.credentials) = (2, 1)
        (head.values, head.journalSequence, head.journalChain) = (ManifestValues.digest(of: values), 2, chain)
        head.nodes[bucket.node] = node.digest(number: bucket.node)
        let bytes = head.bytes(keys: try VaultKeys(root: secret(root)))
        show("head[0..<116]", Array(bytes[..<116]))
        show("head[116..<8308]", "zero, but for the node digest at \(116 + 32 * Int(bucket.node))")
        show("head[8308..<8340]", Array(bytes[8308...]))
        let anchor = Anchor(vault: vault, sequence: 2, head: Array(bytes.suffix(32)))
        show("KDF twAnchor", Forge.subkey(Self.lookup, "twAnchor"))
        show(
            "anchor, at 0 of the anchor file behind the bytes 005e",
            anchor.bytes(key: try LookupKey(secret(Self.lookup))))
    }
}
