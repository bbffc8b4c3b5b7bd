/// An envelope on its way to bytes, with parts that can be made wrong one at a time.
struct ForgedEnvelope {
    var root = Forge.bytes(32, "root")
    var vault = Forge.bytes(16, "vault")
    var record = Forge.bytes(16, "record")
    var field: UInt8 = 2
    var version: UInt64 = 1
    var epoch: UInt32 = 1
    var nonce = Forge.bytes(24, "nonce")
    var value = Forge.bytes(41, "value")
    var suite: UInt16 = 1

    var associated: [UInt8] {
        Forge.fields(
            "tokenward envelope 1",
            [
                Forge.number(UInt64(suite), 2), vault, record, [field], Forge.number(version, 8),
                Forge.number(UInt64(epoch), 4),
            ])
    }

    var padded: [UInt8] {
        var size = 64
        while size < value.count + 1 { size *= 2 }
        return Self.padded(value, to: size)
    }

    static func padded(_ value: [UInt8], to size: Int) -> [UInt8] {
        value + [0x80] + [UInt8](repeating: 0, count: size - value.count - 1)
    }

    func key(_ context: String) -> [UInt8] {
        Forge.hash(record + Forge.number(UInt64(epoch), 4), key: Forge.subkey(root, context))
    }

    /// Each part may be given in place of the right one.
    func bytes(
        padded: [UInt8]? = nil, sealingKey: [UInt8]? = nil, committingKey: [UInt8]? = nil, associated: [UInt8]? = nil,
        committed: (([UInt8]) -> [UInt8])? = nil
    ) -> [UInt8] {
        let associated = associated ?? self.associated
        let cipher = Forge.sealed(
            padded ?? self.padded, key: sealingKey ?? key("twRecord"), nonce: nonce, with: associated)
        let commitment =
            committed?(cipher)
            ?? Forge.hash(associated + nonce + cipher, key: committingKey ?? key("twCommit"))
        return Forge.number(UInt64(suite), 2) + nonce + commitment + cipher
    }
}
