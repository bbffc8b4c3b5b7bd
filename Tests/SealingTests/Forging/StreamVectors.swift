import TestSupport

enum StreamVectors {
    static var all: [Vector] { valid + headers + changedHeaders + chunks + frames }

    private static let base = ForgedStream()
    private static let plain =
        ForgedStream.frame(1, Array("one".utf8)) + ForgedStream.frame(9, []) + ForgedStream.frame(1, [7])
    private static let right = base.bytes(ForgedStream.chunks(plain))

    private static func vector(
        _ name: String, _ verdict: String, _ bytes: [UInt8], more: [Vector.Header] = []
    ) -> Vector {
        Vector(
            kind: "stream", name: name, class: verdict, headers: [.init("secret", ForgedSlot().secret)] + more,
            bytes: bytes)
    }

    private static func valid(_ name: String, _ stream: ForgedStream, _ plain: [UInt8]) -> Vector {
        vector(
            "ok-" + name, "ok", stream.bytes(ForgedStream.chunks(plain)),
            more: [
                .init("root", stream.root), .init("cipher", stream.cipher), .init("sequence", stream.sequence),
                .init("plain", Forge.hash(plain)),
            ])
    }

    private static func changed(_ change: (inout ForgedStream) -> Void) -> ForgedStream {
        var stream = base
        change(&stream)
        return stream
    }

    private static func forged(_ name: String, _ verdict: String, _ change: (inout ForgedStream) -> Void) -> Vector {
        vector(name, verdict, changed(change).bytes(ForgedStream.chunks(plain)))
    }

    private static var valid: [Vector] {
        var second = ForgedSlot()
        (second.kind, second.id) = (3, Forge.bytes(16, "second slot"))
        let large = ForgedStream.frame(2, [UInt8](repeating: 0x61, count: 66_000))
        return [
            valid("three-frames", base, plain), valid("no-frame", base, []),
            valid("export", changed { ($0.kind, $0.epoch, $0.sequence) = (2, 0, 0) }, plain),
            valid("before-1970", changed { $0.madeAt = -1 }, plain),
            valid("largest-numbers", changed { ($0.epoch, $0.sequence, $0.madeAt) = (.max, .max, .max) }, plain),
            valid("two-slots", changed { $0.slots.append(second.bytes()) }, plain),
            valid("16-slots", changed { $0.slots = Array(repeating: $0.slots[0], count: 16) }, plain),
            valid("two-chunks", base, large),
        ]
    }

    private static var headers: [Vector] {
        let slot = ForgedSlot()
        var elsewhere = slot
        elsewhere.vault = Forge.bytes(16, "another vault")
        let cheap = ForgedSlot.passphrase("p", passes: 1).bytes(stretched: Forge.bytes(32, "never computed"))
        let cuts = [0, 4, 61, 62, 100, 229, 230, 254, 285].map { length in
            vector("cut-to-\(length)", "stream-ends-early", Array(right.prefix(length)))
        }
        return cuts + [
            forged("magic-of-a-head", "malformed") { $0.magic = "TWMH" },
            forged("format-0", "malformed") { $0.format = 0 }, forged("format-2", "malformed") { $0.format = 2 },
            forged("kind-0", "malformed") { $0.kind = 0 }, forged("kind-3", "malformed") { $0.kind = 3 },
            forged("suite-0", "unknown-suite") { $0.suite = 0 }, forged("suite-2", "unknown-suite") { $0.suite = 2 },
            forged("no-slots", "malformed") { $0.slots = [] },
            forged("17-slots", "malformed") { $0.slots = Array(repeating: $0.slots[0], count: 17) },
            forged("255-slots", "malformed") { $0.slotCount = 255 },
            forged("slot-of-another-vault", "malformed") { $0.slots = [elsewhere.bytes()] },
            forged("slot-of-format-2", "malformed") { $0.slots[0][0] = 2 },
            forged("slot-of-suite-2", "unknown-suite") { $0.slots[0][3] = 2 },
            forged("slot-too-cheap", "kdf-out-of-bounds") { $0.slots = [cheap] },
            forged("bit-of-the-slot", "wrong-key-or-tampered") { $0.slots[0][150] ^= 1 },
        ]
    }

    private static let places = [
        ("kind", 8), ("stream-id", 25), ("time", 48), ("epoch", 52), ("sequence", 60), ("cipher-header", 230),
        ("commitment-first", 254), ("commitment-last", 285),
    ]

    private static var changedHeaders: [Vector] {
        let flips = places.map { name, place in
            // The kind's lowest bits are 01 and 10: both turned is the other kind.
            let bytes = name == "kind" ? right.replacing(at: 8, with: [2]) : right.flipped(at: place)
            return vector("changed-" + name, "stream-header", bytes)
        }
        let one = ForgedStream.chunks(plain)
        return flips + [
            vector("forged-commitment-under-the-root", "stream-header", base.bytes(one, committingKey: base.root)),
            vector(
                "forged-commitment-under-the-streams-key", "stream-header",
                base.bytes(one, committingKey: Forge.subkey(base.root, "twStream"))),
            forged("forged-root-of-another", "stream-header") { $0.root = Forge.bytes(32, "another root") },
        ]
    }

    private static var chunks: [Vector] {
        typealias Chunk = ForgedStream.Chunk
        func sealed(_ name: String, _ verdict: String, _ chunks: [Chunk], key: [UInt8]? = nil) -> Vector {
            vector(name, verdict, base.bytes(chunks, key: key))
        }
        let last = Chunk(plain: plain, tag: 3)
        let full = Chunk(plain: [UInt8](repeating: 0, count: 65_536), tag: 0)
        let wide = base.bytes([full, last])
        return [
            vector("chunks-gone", "stream-ends-early", Array(right.prefix(286))),
            vector("cut-in-a-size", "stream-ends-early", Array(right.prefix(288))),
            vector("cut-in-a-chunk", "stream-ends-early", Array(right.dropLast())),
            vector("cut-behind-a-chunk", "stream-ends-early", Array(wide.prefix(286 + 4 + 65_553))),
            vector("one-byte-more", "stream-goes-on", right + [0]),
            vector("a-chunk-twice", "stream-goes-on", right + right[286...]),
            vector("bit-of-the-tag", "stream-chunk-0", right.flipped(at: 290)),
            vector("bit-of-the-content", "stream-chunk-0", right.flipped(at: 300)),
            vector("bit-of-the-mac", "stream-chunk-0", right.flipped(at: right.count - 1)),
            vector("size-16", "stream-chunk-0", right.replacing(at: 286, with: [0, 0, 0, 16])),
            vector("size-0", "stream-chunk-0", right.replacing(at: 286, with: [0, 0, 0, 0])),
            vector("size-65554", "stream-chunk-0", right.replacing(at: 286, with: Forge.number(65_554, 4))),
            vector("size-most", "stream-chunk-0", right.replacing(at: 286, with: [255, 255, 255, 255])),
            sealed("forged-first-chunk-not-bound", "stream-chunk-0", [Chunk(plain: plain, tag: 3, associated: [])]),
            sealed("forged-not-last-and-short", "stream-chunk-0", [Chunk(plain: plain, tag: 0), last]),
            sealed("forged-tag-push", "stream-chunk-0", [Chunk(plain: plain, tag: 1)]),
            sealed("forged-tag-rekey", "stream-chunk-0", [Chunk(plain: plain, tag: 2), last]),
            sealed("forged-under-the-root", "stream-chunk-0", [last], key: base.root),
            sealed("forged-under-twStream-itself", "stream-chunk-0", [last], key: Forge.subkey(base.root, "twStream")),
        ]
    }

    private static var frames: [Vector] {
        func framed(_ name: String, _ plain: [UInt8]) -> Vector {
            vector("forged-frame-" + name, "stream-frame", base.bytes(ForgedStream.chunks(plain)))
        }
        return [
            framed("head-cut", [1, 0, 0]), framed("one-byte", [1]),
            framed("content-cut", ForgedStream.frame(1, [7], count: 2)),
            framed("content-gone", ForgedStream.frame(1, [], count: 1)),
            framed("too-large", ForgedStream.frame(1, [7], count: 1 << 20 + 1)),
            framed("largest-number", ForgedStream.frame(1, [7], count: 0xFFFF_FFFF)),
            framed("second-cut", ForgedStream.frame(1, [7]) + [1, 0]),
        ]
    }
}
