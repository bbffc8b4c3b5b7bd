import Sealing
import TestSupport
import Testing

/// Every vector that this module decodes comes to the end that it says.
@Suite struct VectorTests {
    static let kinds = [
        "anchor", "bucket", "checkpoint", "envelope", "fingerprint", "head", "node", "recovery", "slot", "stream",
        "tag",
        "values",
    ]

    @Test func everyOneEndsAsItSays() throws {
        var tried: [String: Int] = [:]
        for vector in try Vector.stored(kinds: Self.kinds) {
            let expected = try vector.text("class")
            #expect(try vector.verdict() == expected, "\(vector.kind)/\(vector.name)")
            tried[vector.kind, default: 0] += 1
        }
        #expect(tried.count == Self.kinds.count)
        print(
            "vectors decoded: "
                + tried.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))
    }

    /// Each valid one that names its random parts is made again with them.
    @Test func validOnesAreMadeAgain() throws {
        var made = 0
        for vector in try Vector.stored(kinds: Self.kinds) {
            guard try vector.text("class") == "ok", let bytes = try vector.remade() else { continue }
            #expect(bytes == vector.bytes, "\(vector.kind)/\(vector.name)")
            made += 1
        }
        #expect(made >= 30)
        print("vectors made again byte for byte: \(made)")
    }
}

extension SealingError {
    /// As vectors name it.
    fileprivate var word: String {
        switch self {
        case .malformed: "malformed"
        case .unknownSuite: "unknown-suite"
        case .wrongKeyOrTampered: "wrong-key-or-tampered"
        case .keyDerivationOutOfBounds: "kdf-out-of-bounds"
        case .recoveryCode(let part): part.map { "recovery-code-\($0)" } ?? "recovery-code-length"
        case .streamHeaderMismatch: "stream-header"
        case .streamChunk(let number): "stream-chunk-\(number)"
        case .streamEndsEarly: "stream-ends-early"
        case .streamGoesOn: "stream-goes-on"
        case .streamFrame: "stream-frame"
        case .lockedMemoryExhausted, .tooLarge, .inputFailed, .outputFailed: "\(self)"
        }
    }
}

func secret(_ bytes: [UInt8]) throws(SealingError) -> SecretBytes { try SecretBytes(copying: bytes.span) }

func publicBytes(_ secret: borrowing SecretBytes) -> [UInt8] {
    secret.withBytes { span in span.indices.map { span[$0] } }
}

extension Vector {
    /// How its bytes fare with the decoder.
    func verdict() throws -> String {
        do {
            switch kind {
            case "envelope": try checkEnvelope()
            case "slot": try checkSlot()
            case "head": try checkHead()
            case "anchor": try checkAnchor()
            case "stream": try checkStream()
            case "recovery":
                let key = try secret(bytes).withBytes { span throws(SealingError) in try RecoveryCode.key(from: span) }
                #expect(publicBytes(key) == (try bytes("key")))
            default: return try matches() ? "ok" : kind == "checkpoint" ? "wrong-key-or-tampered" : "mismatch"
            }
            return "ok"
        } catch let error as SealingError { return error.word }
    }

    private func place() throws -> EnvelopePlace {
        let field = try #require(EnvelopePlace.Field(rawValue: number("field")))
        return EnvelopePlace(
            vault: try bytes("vault"), record: try bytes("record"), field: field, version: try number("version"),
            epoch: try number("epoch"))
    }

    private func keys() throws -> VaultKeys { try VaultKeys(root: secret(try bytes("root"))) }

    private func lookup() throws -> LookupKey { try LookupKey(secret(try bytes("lookup"))) }

    private func checkEnvelope() throws {
        let opened = try keys().open(bytes, at: place())
        #expect(publicBytes(opened) == (try bytes("value")))
    }

    private func checkSlot() throws {
        let slot = try KeySlot(bytes, vault: bytes("vault"))
        let opened = try slot.open(with: secret(try bytes("secret")))
        #expect(opened.isSame(as: try keys()))
    }

    private func checkHead() throws {
        let head = try ManifestHead(bytes, keys: keys())
        #expect(head.sequence == (try number("sequence")))
        #expect(head.epoch == (try number("epoch")))
        #expect(head.credentials == (try number("credentials")))
        #expect(head.bytes(keys: try keys()) == bytes)
    }

    private func checkAnchor() throws {
        let anchor = try Anchor(bytes, key: lookup())
        #expect(try anchor == Anchor(vault: bytes("vault"), sequence: number("sequence"), head: bytes("head")))
        #expect(anchor.bytes(key: try lookup()) == bytes)
    }

    private func checkStream() throws {
        let source = StreamBytes(bytes)
        let header = try SealedStreamReader.header(of: source)
        let keys = try header.slots[0].open(with: secret(try bytes("secret")))
        var reader = try SealedStreamReader(header, from: source, keys: keys)
        var plain: [UInt8] = []
        while let frame = try reader.next() {
            plain += [frame.type] + bigEndianBytes(UInt32(frame.count))
            plain += try reader.bytes()
        }
        #expect(Forge.hash(plain) == (try bytes("plain")))
        #expect(header.sequence == (try number("sequence")))
    }

    /// The same frames, slots and facts under the same random parts.
    private func remadeStream() throws -> [UInt8] {
        let source = StreamBytes(bytes)
        let header = try SealedStreamReader.header(of: source)
        let keys = try keys()
        let facts = SealedStreamFacts(
            kind: header.kind, vault: header.vault, madeAt: header.madeAt, epoch: header.epoch,
            sequence: header.sequence)
        let sink = StreamBytes()
        var writer = try SealedStreamWriter(
            facts, slots: header.slots, keys: keys, to: sink, stream: header.stream, cipherHeader: bytes("cipher"))
        var reader = try SealedStreamReader(header, from: source, keys: keys)
        while let frame = try reader.next() {
            let content = try reader.bytes()
            try writer.append(type: frame.type, content.span)
        }
        try writer.finish()
        return sink.all
    }

    private func matches() throws -> Bool {
        switch kind {
        case "node":
            return try ManifestNode(bytes.isEmpty ? nil : bytes).digest(number: number("number")) == bytes("digest")
        case "bucket":
            let bucket = try #require(ManifestBucket(tag: bytes("prefix")))
            let leaves = stride(from: 0, to: bytes.count, by: 80).map { start in
                ManifestLeaf(
                    tag: Array(bytes[start..<start + 32]), record: Array(bytes[start + 32..<start + 48]),
                    mac: Array(bytes[start + 48..<start + 80]))
            }
            return try bucket.digest(of: leaves) == bytes("digest")
        case "values": return try ManifestValues.digest(of: pairs()) == bytes("digest")
        case "checkpoint":
            let statement = try CheckpointStatement(
                vault: bytes("vault"), sequence: number("sequence"), chain: bytes("chain"))
            return try SigningKey.isValid(bytes, of: statement.fields, by: bytes("public"))
        case "fingerprint":
            return try FingerprintKey(secret(bytes("key"))).fingerprint(of: secret(bytes)) == text("fingerprint")
        case "tag": return try lookup().tag(ofName: String(decoding: bytes, as: UTF8.self)) == bytes("tag")
        default: throw Vector.Problem.header(kind)
        }
    }

    private func pairs() throws -> [String: [UInt8]] {
        var reader = ByteReader(bytes)
        var pairs: [String: [UInt8]] = [:]
        while reader.remaining > 0 {
            let key = try reader.take(Int(reader.number(UInt32.self)))
            pairs[String(decoding: key, as: UTF8.self)] = try reader.take(Int(reader.number(UInt32.self)))
        }
        return pairs
    }

    /// What the encoder makes of the same parts and the same random bytes; nil for a kind or file that names none.
    func remade() throws -> [UInt8]? {
        switch kind {
        case "envelope" where has("nonce"):
            let (keys, place, nonce) = (try keys(), try place(), try bytes("nonce"))
            return try secret(try bytes("value")).withBytes { span throws(SealingError) in
                try keys.seal(span, at: place, nonce: nonce)
            }
        case "slot":
            let kind = try #require(SlotKind(rawValue: bytes[1]))
            let cost = DerivationCost(
                passes: bytes[36..<40].reduce(0) { $0 << 8 | UInt32($1) },
                memory: bytes[40..<48].reduce(0) { $0 << 8 | UInt64($1) })
            return try KeySlot.make(
                kind, id: Array(bytes[20..<36]), vault: bytes("vault"), keys: keys(), secret: secret(bytes("secret")),
                cost: cost, salt: bytes("salt"), nonce: bytes("nonce")
            ).bytes
        case "stream" where has("cipher"): return try remadeStream()
        case "recovery" where name.hasPrefix("ok-as-shown") || name.hasPrefix("ok-key"):
            return publicBytes(try RecoveryCode.text(of: secret(try bytes("key"))))
        default: return nil
        }
    }
}
