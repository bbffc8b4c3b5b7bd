internal import Lifecycle
internal import Sealing
internal import Storage
internal import Wire

/// The vault's own keys as they are stored, on their way into memory.
struct OwnKeys {
    let values: [String: [UInt8]]
    let vault: [UInt8]
    let root: VaultKeys
    /// Of the root key.
    let epoch: UInt32

    func opened(_ head: ManifestHead) throws(Fault) -> OpenVault {
        do throws(SealingError) {
            var keys = EpochKeys(epoch: epoch, current: root, journal: [:])
            for number in Self.epochs(values, prefix: Vault.Key.journalKeys) {
                keys.journal[number] = try VaultKeys(root: open(.journal(epoch: number)))
            }
            for number in Self.epochs(values, prefix: Vault.Key.earlierRoots) {
                keys.earlier[number] = try VaultKeys(root: open(.root(epoch: number)))
            }
            return OpenVault(
                id: vault, fingerprints: try FingerprintKey(open(.fingerprint)),
                lookup: try LookupKey(open(.lookup)), signing: try SigningKey(seed: open(.signing)), keys: keys,
                head: head)
        } catch {
            if case .lockedMemoryExhausted = error { throw Fault(error) }
            throw .damaged(.values)
        }
    }

    private func open(_ key: OwnKey) throws(SealingError) -> SecretBytes {
        guard let sealed = values[key.key] else { throw .malformed }
        return try root.open(sealed, at: key.place(vault: vault, epoch: epoch))
    }

    /// The epoch that the vault is in, when the manifest cannot tell: each has a journal key.
    static func newestEpoch(in values: [String: [UInt8]]) -> UInt32? {
        epochs(values, prefix: Vault.Key.journalKeys).max()
    }

    private static func epochs(_ values: [String: [UInt8]], prefix: String) -> [UInt32] {
        values.keys.filter { $0.hasPrefix(prefix) }.compactMap { UInt32($0.dropFirst(prefix.count)) }
    }
}
