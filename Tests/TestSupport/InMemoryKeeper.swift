package import Keyring
package import Sealing
internal import Synchronization

/// A keyring that is a dictionary; it is always open.
package final class InMemoryKeeper: KeyKeeper {
    private let items = Mutex<[KeyringItemID: SecretBox]>([:])

    package init() {}

    package func store(_ secret: borrowing SecretBytes, as id: KeyringItemID) throws(KeyringError) {
        guard KeyringValue.sizes.contains(secret.count) else { throw .unfitSize(bytes: secret.count) }
        let box = SecretBox(try copied(secret))
        items.withLock { $0[id] = box }
    }

    package func fetch(_ id: KeyringItemID) throws(KeyringError) -> SecretBytes {
        guard let box = items.withLock({ $0[id] }) else { throw .missing(id) }
        return try copied(box.bytes)
    }

    package func delete(_ id: KeyringItemID) throws(KeyringError) {
        guard items.withLock({ $0.removeValue(forKey: id) }) != nil else { throw .missing(id) }
    }

    private func copied(_ secret: borrowing SecretBytes) throws(KeyringError) -> SecretBytes {
        do throws(SealingError) {
            return try secret.withBytes { bytes throws(SealingError) in try SecretBytes(copying: bytes) }
        } catch { throw .lockedMemoryExhausted(bytes: secret.count) }
    }
}
