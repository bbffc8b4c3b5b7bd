/// A slot on its way to bytes, with parts that can be made wrong one at a time.
struct ForgedSlot {
    var format: UInt8 = 1
    var kind: UInt8 = 4
    var suite: UInt16 = 1
    var vault = Forge.bytes(16, "vault")
    var id = Forge.bytes(16, "slot")
    var passes: UInt32 = 0
    var memory: UInt64 = 0
    var salt = Forge.bytes(16, "salt")
    var nonce = Forge.bytes(24, "nonce")
    var root = Forge.bytes(32, "root")
    var secret = Forge.bytes(32, "slot secret")

    static func passphrase(_ text: String, passes: UInt32 = 3, memory: UInt64 = 64 << 20) -> ForgedSlot {
        var slot = ForgedSlot()
        (slot.kind, slot.passes, slot.memory, slot.secret) = (1, passes, memory, Array(text.utf8))
        return slot
    }

    var header: [UInt8] {
        [format, kind] + Forge.number(UInt64(suite), 2) + vault + id + Forge.number(UInt64(passes), 4)
            + Forge.number(memory, 8) + salt
    }

    var stretched: [UInt8] {
        guard kind == 1 else { return Forge.hash(salt, key: secret) }
        return Forge.stretched(
            String(decoding: secret, as: UTF8.self), salt: salt, passes: UInt64(passes), memory: Int(memory))
    }

    func bytes(sealingKey: [UInt8]? = nil, committingKey: [UInt8]? = nil, stretched: [UInt8]? = nil) -> [UInt8] {
        let stretched = stretched ?? self.stretched
        let sealingKey = sealingKey ?? Forge.subkey(stretched, "twSlotKy")
        let committingKey = committingKey ?? Forge.subkey(stretched, "twSlotCm")
        let body = header + nonce + Forge.sealed(root, key: sealingKey, nonce: nonce, with: header)
        return body + Forge.hash(body, key: committingKey)
    }
}
