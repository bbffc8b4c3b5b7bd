internal import Lifecycle
package import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Makes the vault with one slot and a recovery slot, and opens it.
    ///
    /// - Parameter secret: the passphrase or the keyring's key; nil for the machine's, which is made here.
    /// - Returns: the text of the recovery code, to be shown once.
    /// - Throws: `exists`, `passphrase_empty`, and what storing and sealing throw.
    package func initialize(_ slot: Request.Slot, secret: SecretBox?) throws(Fault) -> SecretBox {
        guard try condition() == .none else {
            throw Fault(.usage, "vault_exists", "there is a vault already; it was left as it is", hint: "secret status")
        }
        let id = randomBytes(RecordID.size)
        let keys = try sealing { () throws(SealingError) in try VaultKeys.fresh() }
        let code = try sealing { () throws(SealingError) in try RecoveryCode.fresh() }
        let first = try makeSlot(slot, secret: secret, vault: id, keys: keys)
        let recovery = try sealing { () throws(SealingError) in
            try KeySlot.make(.recovery, id: randomBytes(RecordID.size), vault: id, keys: keys, secret: code)
        }
        let fingerprints = try sealing { () throws(SealingError) in
            try FingerprintKey(SecretBytes.random(count: VaultKeys.size))
        }
        let sealedKey = try sealing { () throws(SealingError) in
            try fingerprints.withBytes { span throws(SealingError) in
                try keys.seal(span, at: OpenVault.fingerprintPlace(vault: id))
            }
        }
        try commit([
            .setValue(Key.id, id), .setValue(Key.fingerprintKey, sealedKey),
            .setValue(Key.slots + hexadecimal(first.id), first.bytes),
            .setValue(Key.slots + hexadecimal(recovery.id), recovery.bytes),
        ])
        lock = .open(OpenVault(id: id, keys: keys, fingerprints: fingerprints))
        return SecretBox(try sealing { () throws(SealingError) in try RecoveryCode.text(of: code) })
    }

    /// One more way to open the vault; the others stay.
    func addSlot(_ slot: Request.Slot, secret: SecretBox?) throws(Fault) {
        let vault = try opened()
        let made = try makeSlot(slot, secret: secret, vault: vault.id, keys: vault.keys)
        try commit([.setValue(Key.slots + hexadecimal(made.id), made.bytes)])
    }

    private func makeSlot(
        _ slot: Request.Slot, secret: SecretBox?, vault: [UInt8], keys: VaultKeys
    ) throws(Fault) -> KeySlot {
        switch slot {
        case .passphrase:
            guard let secret, secret.bytes.count > 0 else {
                throw Fault(.usage, "passphrase_empty", "the passphrase is empty", hint: "secret init")
            }
            return try sealing { () throws(SealingError) in
                try KeySlot.make(.passphrase, id: randomBytes(16), vault: vault, keys: keys, secret: secret.bytes)
            }
        case .keyring(let item):
            guard let secret, secret.bytes.count == VaultKeys.size else {
                throw Fault(.fault, "keyring_key", "the keyring gave no key", hint: "secret init --passphrase-fd 3")
            }
            return try sealing { () throws(SealingError) in
                try KeySlot.make(.keyring, id: item.bytes, vault: vault, keys: keys, secret: secret.bytes)
            }
        case .machine:
            let key = try machineKey()
            return try sealing { () throws(SealingError) in
                try KeySlot.make(.machine, id: randomBytes(16), vault: vault, keys: keys, secret: key.bytes)
            }
        case .recovery:
            throw Fault(.usage, "recovery_only", "a vault needs a slot besides the recovery code", hint: "secret init")
        }
    }

    /// The key of this machine; an earlier one is used again, so that a key file is never lost to a second try.
    private func machineKey() throws(Fault) -> SecretBox {
        if let key = try surroundings.machineKey.read() { return key }
        let fresh = SecretBox(try sealing { () throws(SealingError) in try SecretBytes.random(count: VaultKeys.size) })
        try surroundings.machineKey.create(fresh.bytes)
        return fresh
    }
}

func hexadecimal(_ bytes: [UInt8]) -> String { RecordID(bytes: bytes)?.description ?? "" }
