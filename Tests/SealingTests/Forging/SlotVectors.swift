import TestSupport

enum SlotVectors {
    static var all: [Vector] { valid + misshapen + outOfBounds + changed + forged }

    private static let base = ForgedSlot()
    private static let passphrase = ForgedSlot.passphrase("open sesame")

    private static func vector(
        _ name: String, _ verdict: String, _ bytes: [UInt8], secret: [UInt8] = base.secret, vault: [UInt8] = base.vault,
        more: [Vector.Header] = []
    ) -> Vector {
        Vector(
            kind: "slot", name: name, class: verdict,
            headers: [.init("vault", vault), .init("secret", secret)] + more, bytes: bytes)
    }

    private static func valid(_ name: String, _ slot: ForgedSlot) -> Vector {
        vector(
            "ok-" + name, "ok", slot.bytes(), secret: slot.secret,
            more: [.init("root", slot.root), .init("salt", slot.salt), .init("nonce", slot.nonce)])
    }

    private static func kind(_ kind: UInt8) -> ForgedSlot {
        var slot = base
        slot.kind = kind
        return slot
    }

    private static var valid: [Vector] {
        [
            valid("keyring", kind(2)), valid("recovery", kind(3)), valid("machine", kind(4)),
            valid("passphrase", passphrase), valid("passphrase-utf8", .passphrase("čtyři slova pod zámkem")),
            valid("passphrase-4-passes", .passphrase("open sesame", passes: 4)),
            valid("passphrase-memory-not-whole-KiB", .passphrase("open sesame", memory: 64 << 20 + 1023)),
        ]
    }

    private static var misshapen: [Vector] {
        let bytes = base.bytes()
        func relabelled(_ name: String, _ place: Int, _ value: [UInt8], _ verdict: String = "malformed") -> Vector {
            vector(name, verdict, bytes.replacing(at: place, with: value))
        }
        let lengths = [0, 1, 63, 64, 167].map { vector("cut-to-\($0)", "malformed", Array(bytes.prefix($0))) }
        return lengths + [
            vector("one-byte-more", "malformed", bytes + [0]), relabelled("format-0", 0, [0]),
            relabelled("format-2", 0, [2]), relabelled("kind-0", 1, [0]), relabelled("kind-5", 1, [5]),
            relabelled("kind-255", 1, [255]), relabelled("vault-of-another", 4, Forge.bytes(16, "another vault")),
            vector("read-for-another-vault", "malformed", bytes, vault: Forge.bytes(16, "another vault")),
            relabelled("suite-0", 2, [0, 0], "unknown-suite"), relabelled("suite-2", 2, [0, 2], "unknown-suite"),
            relabelled("suite-256", 2, [1, 0], "unknown-suite"),
        ]
    }

    /// Refused before any work: some of these would take hours or all memory.
    private static var outOfBounds: [Vector] {
        let bytes = passphrase.bytes(stretched: Forge.bytes(32, "never computed"))
        func cost(_ name: String, _ passes: UInt64, _ memory: UInt64) -> Vector {
            let asked = bytes.replacing(at: 36, with: Forge.number(passes, 4) + Forge.number(memory, 8))
            return vector("cost-" + name, "kdf-out-of-bounds", asked, secret: passphrase.secret)
        }
        var dearKeyring = kind(2)
        (dearKeyring.passes, dearKeyring.memory) = (3, 64 << 20)
        var dearMachine = base
        dearMachine.memory = 1
        var dearRecovery = kind(3)
        dearRecovery.passes = 1
        return [
            cost("passes-0", 0, 64 << 20), cost("passes-1", 1, 64 << 20), cost("passes-2", 2, 64 << 20),
            cost("passes-11", 11, 64 << 20), cost("passes-most", UInt64(UInt32.max), 64 << 20),
            cost("memory-0", 3, 0), cost("memory-8-KiB", 3, 8192), cost("memory-floor-less-1", 3, 64 << 20 - 1),
            cost("memory-ceiling-and-1", 3, 2 << 30 + 1), cost("memory-most", 3, .max),
            cost("zero", 0, 0),
            vector("cost-of-a-keyring-slot", "kdf-out-of-bounds", dearKeyring.bytes()),
            vector("cost-of-a-machine-slot", "kdf-out-of-bounds", dearMachine.bytes()),
            vector("cost-of-a-recovery-slot", "kdf-out-of-bounds", dearRecovery.bytes()),
        ]
    }

    private static let places = [
        ("id-first", 20), ("id-last", 35), ("salt-first", 48), ("salt-last", 63), ("nonce-first", 64),
        ("nonce-last", 87), ("root-first", 88), ("root-last", 119), ("tag-first", 120), ("tag-last", 135),
        ("commitment-first", 136), ("commitment-last", 167),
    ]

    private static var changed: [Vector] {
        let bytes = base.bytes()
        func read(_ name: String, _ secret: [UInt8]) -> Vector {
            vector("secret-" + name, "wrong-key-or-tampered", bytes, secret: secret)
        }
        let flips = places.map { vector("bit-of-" + $0, "wrong-key-or-tampered", bytes.flipped(at: $1, bit: 3)) }
        return flips + [
            read("of-another", Forge.bytes(32, "another secret")), read("empty", []),
            read("31-bytes", Array(base.secret.dropLast())), read("33-bytes", base.secret + [0]),
            read("64-bytes", base.secret + base.secret), read("65-bytes", base.secret + base.secret + [0]),
            vector("kind-of-another", "wrong-key-or-tampered", bytes.replacing(at: 1, with: [2])),
            vector("passphrase-wrong", "wrong-key-or-tampered", passphrase.bytes(), secret: Array("open sesamE".utf8)),
            vector("passphrase-empty", "wrong-key-or-tampered", passphrase.bytes(), secret: []),
            vector(
                "passphrase-with-newline", "wrong-key-or-tampered", passphrase.bytes(),
                secret: Array("open sesame\n".utf8)),
            vector(
                "passphrase-passes-raised", "wrong-key-or-tampered", passphrase.bytes().replacing(at: 39, with: [4]),
                secret: passphrase.secret),
        ]
    }

    private static var forged: [Vector] {
        let other = Forge.bytes(32, "another key")
        func forged(_ name: String, _ bytes: [UInt8]) -> Vector {
            vector("forged-" + name, "wrong-key-or-tampered", bytes)
        }
        let stretched = base.stretched
        return [
            forged("commitment-fits-and-aead-does-not", base.bytes(sealingKey: other)),
            forged("aead-fits-and-commitment-does-not", base.bytes(committingKey: other)),
            forged("one-key-for-both", base.bytes(committingKey: Forge.subkey(stretched, "twSlotKy"))),
            forged("keys-exchanged", exchanged(stretched)),
            forged("secret-without-salt", base.bytes(stretched: base.secret)),
            forged("no-subkeys", base.bytes(sealingKey: stretched, committingKey: stretched)),
        ]
    }

    private static func exchanged(_ stretched: [UInt8]) -> [UInt8] {
        base.bytes(
            sealingKey: Forge.subkey(stretched, "twSlotCm"), committingKey: Forge.subkey(stretched, "twSlotKy"))
    }
}
