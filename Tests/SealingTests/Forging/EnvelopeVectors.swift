import TestSupport

enum EnvelopeVectors {
    static var all: [Vector] { valid + misshapen + unknown + changed + elsewhere + forged }

    private static let base = ForgedEnvelope()

    /// - Parameter reader: root and place that the reader is told.
    private static func vector(
        _ name: String, _ verdict: String, _ bytes: [UInt8], reader: ForgedEnvelope = base, more: [Vector.Header] = []
    ) -> Vector {
        Vector(
            kind: "envelope", name: name, class: verdict,
            headers: [
                .init("root", reader.root), .init("vault", reader.vault), .init("record", reader.record),
                .init("field", reader.field), .init("version", reader.version), .init("epoch", reader.epoch),
            ] + more, bytes: bytes)
    }

    private static func valid(_ name: String, _ change: (inout ForgedEnvelope) -> Void) -> Vector {
        var envelope = base
        change(&envelope)
        let more = [Vector.Header("value", envelope.value), Vector.Header("nonce", envelope.nonce)]
        return vector(name, "ok", envelope.bytes(), reader: envelope, more: more)
    }

    private static var valid: [Vector] {
        let sizes = [0, 1, 15, 31, 47, 62, 63, 64, 65, 108, 127, 128, 300, 1000].map { size in
            valid("ok-size-\(size)") { $0.value = Forge.bytes(size, "value \(size)") }
        }
        let fields = (1...4 as ClosedRange<UInt8>).map { field in valid("ok-field-\(field)") { $0.field = field } }
        return sizes + fields + [
            valid("ok-own-key") {
                ($0.record, $0.field) = ([UInt8](repeating: 0, count: 16), 3)
                $0.value = Forge.bytes(32, "own key")
            },
            valid("ok-journal-key-of-epoch-2") {
                ($0.record, $0.field) = ([UInt8](repeating: 0, count: 16), 3)
                ($0.version, $0.epoch) = (1 << 32 + 2, 2)
            },
            valid("ok-largest-numbers") { ($0.version, $0.epoch) = (.max, .max) },
            valid("ok-smallest-numbers") { ($0.version, $0.epoch) = (0, 0) },
            valid("ok-value-ends-in-zeros") { $0.value = [7] + [UInt8](repeating: 0, count: 30) },
            valid("ok-value-ends-in-80") { $0.value = [7, 0x80] },
            vector(
                "ok-more-padding-than-needed", "ok", base.bytes(padded: ForgedEnvelope.padded(base.value, to: 128)),
                more: [.init("value", base.value)]),
        ]
    }

    private static var misshapen: [Vector] {
        let bytes = base.bytes()
        let lengths = [0, 1, 2, 25, 57, 58, 74, 137].map { length in
            vector("cut-to-\(length)", "malformed", Array(bytes.prefix(length)))
        }
        func padded(_ name: String, _ block: [UInt8]) -> Vector {
            vector("padding-" + name, "malformed", base.bytes(padded: block))
        }
        let zeros = [UInt8](repeating: 0, count: 64)
        return lengths + [
            vector("one-byte-more", "malformed", bytes + [0]),
            vector("one-block-more", "malformed", bytes + zeros + zeros),
            vector("ciphertext-96", "malformed", bytes + zeros.prefix(32)),
            vector(
                "ciphertext-262144", "malformed", Array(bytes.prefix(58)) + Array(repeating: 0, count: 262_144 + 16)),
            vector("twice", "malformed", bytes + bytes),
            vector(
                "hexadecimal", "malformed", Array(Vector.hex(bytes).utf8.prefix(200)).replacing(at: 0, with: [0, 1])),
            padded("all-zero", zeros), padded("ends-in-01", zeros.replacing(at: 63, with: [1])),
            padded("ends-in-81", zeros.replacing(at: 63, with: [0x81])),
            padded("mark-is-40", zeros.replacing(at: 41, with: [0x40])),
            padded("text-without-mark", Array(repeating: 0x61, count: 64)),
        ]
    }

    private static var unknown: [Vector] {
        let relabelled = [0, 2, 0x0100, 0xFFFF].map { suite in
            vector("suite-\(suite)", "unknown-suite", base.bytes().replacing(at: 0, with: Forge.number(suite, 2)))
        }
        var next = base
        next.suite = 2
        return relabelled + [vector("suite-2-made-in-earnest", "unknown-suite", next.bytes())]
    }

    private static let places = [
        ("nonce-first", 2), ("nonce-last", 25), ("commitment-first", 26), ("commitment-last", 57),
        ("ciphertext-first", 58), ("ciphertext-middle", 90), ("ciphertext-last", 121), ("tag-first", 122),
        ("tag-last", 137),
    ]

    private static var changed: [Vector] {
        let bytes = base.bytes()
        let flips = places.flatMap { name, place in
            [0, 7].map { bit in
                vector("bit-\(bit)-of-\(name)", "wrong-key-or-tampered", bytes.flipped(at: place, bit: bit))
            }
        }
        var other = base
        (other.version, other.nonce) = (2, Forge.bytes(24, "another nonce"))
        return flips + [
            vector("nonce-of-another", "wrong-key-or-tampered", bytes.replacing(at: 2, with: other.nonce)),
            vector(
                "commitment-of-another", "wrong-key-or-tampered",
                bytes.replacing(at: 26, with: Array(other.bytes()[26..<58]))),
            vector("version-of-another", "wrong-key-or-tampered", other.bytes()),
            vector(
                "tail-zeroed", "wrong-key-or-tampered",
                bytes.replacing(at: 58, with: [UInt8](repeating: 0, count: 80))),
            vector("cut-to-the-next-power", "wrong-key-or-tampered", cutToAPower),
        ]
    }

    /// 128 bytes of ciphertext cut to 64 with the last 16 as a tag: the size alone tells nothing.
    private static var cutToAPower: [UInt8] {
        var long = base
        long.value = Forge.bytes(100, "long")
        let bytes = long.bytes()
        return Array(bytes.prefix(58 + 64)) + Array(bytes.suffix(16))
    }

    private static var elsewhere: [Vector] {
        func read(_ name: String, _ change: (inout ForgedEnvelope) -> Void) -> Vector {
            var reader = base
            change(&reader)
            return vector("read-with-another-" + name, "wrong-key-or-tampered", base.bytes(), reader: reader)
        }
        return [
            read("root") { $0.root = Forge.bytes(32, "another root") }, read("root-by-a-bit") { $0.root[31] ^= 1 },
            read("vault") { $0.vault = Forge.bytes(16, "another vault") },
            read("record") { $0.record = Forge.bytes(16, "another record") },
            read("record-zero") { $0.record = [UInt8](repeating: 0, count: 16) },
            read("field-description") { $0.field = 1 }, read("field-key") { $0.field = 3 },
            read("field-journal") { $0.field = 4 }, read("version") { $0.version = 2 },
            read("version-high-half") { $0.version = 1 << 32 + 1 }, read("epoch") { $0.epoch = 2 },
            read("epoch-zero") { $0.epoch = 0 },
        ]
    }

    /// Made by one who holds the root key, or parts of what is derived of it, and does not follow the format.
    private static var forged: [Vector] {
        func forged(_ name: String, _ bytes: [UInt8]) -> Vector {
            vector("forged-" + name, "wrong-key-or-tampered", bytes)
        }
        let other = Forge.bytes(32, "another root")
        var littleEndian = base
        littleEndian.version = base.version.byteSwapped
        var nextEpoch = base
        nextEpoch.epoch = 2
        let run = [
            [UInt8]("tokenward envelope 1".utf8), [0, 1], base.vault, base.record, [2], Forge.number(1, 8),
            Forge.number(1, 4),
        ].flatMap(\.self)
        return [
            forged("commitment-fits-and-aead-does-not", base.bytes(sealingKey: other)),
            forged("commitment-under-the-sealing-key", base.bytes(committingKey: base.key("twRecord"))),
            forged("sealed-under-the-committing-key", base.bytes(sealingKey: base.key("twCommit"))),
            forged("sealed-under-the-root", base.bytes(sealingKey: base.root)),
            forged("sealed-under-twRecord-itself", base.bytes(sealingKey: Forge.subkey(base.root, "twRecord"))),
            forged("committed-under-twCommit-itself", base.bytes(committingKey: Forge.subkey(base.root, "twCommit"))),
            forged("sealed-under-the-next-epochs-key", base.bytes(sealingKey: nextEpoch.key("twRecord"))),
            forged("committed-under-the-next-epochs-key", base.bytes(committingKey: nextEpoch.key("twCommit"))),
            forged("commitment-without-key", base.bytes { Forge.hash(base.associated + base.nonce + $0) }),
            forged("commitment-zero", base.bytes { _ in [UInt8](repeating: 0, count: 32) }),
            forged(
                "commitment-without-associated-data",
                base.bytes { Forge.hash(base.nonce + $0, key: base.key("twCommit")) }),
            forged(
                "commitment-without-nonce",
                base.bytes { Forge.hash(base.associated + $0, key: base.key("twCommit")) }),
            forged(
                "commitment-without-ciphertext",
                base.bytes { _ in Forge.hash(base.associated + base.nonce, key: base.key("twCommit")) }),
            forged("numbers-little-endian", base.bytes(associated: littleEndian.associated)),
            forged("associated-data-without-lengths", base.bytes(associated: run)),
            forged("no-associated-data", base.bytes(associated: [])),
        ]
    }
}
