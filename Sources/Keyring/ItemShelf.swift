internal import Sealing

/// The three steps a store is made of; a seam, so that the read-back is tested against a shelf that lies.
protocol ItemShelf: ~Copyable {
    /// Puts a copy of `secret` in place of what is under `id`.
    borrowing func put(_ secret: borrowing SecretBytes, as id: KeyringItemID) throws(KeyringError)
    borrowing func get(_ id: KeyringItemID) throws(KeyringError) -> SecretBytes
    borrowing func remove(_ id: KeyringItemID) throws(KeyringError)
}

extension ItemShelf where Self: ~Copyable {
    /// - Throws: `.changedInKeeping` when what comes back is not what was put, or does not come back at
    ///   all; the item is removed before.
    borrowing func storeReadingBack(_ secret: borrowing SecretBytes, as id: KeyringItemID)
        throws(KeyringError)
    {
        try put(secret, as: id)
        guard try comesBack(secret, as: id) else {
            do throws(KeyringError) { try remove(id) } catch .missing {}
            throw .changedInKeeping
        }
    }

    private borrowing func comesBack(
        _ secret: borrowing SecretBytes, as id: KeyringItemID
    ) throws(KeyringError) -> Bool {
        do throws(KeyringError) {
            let kept = try get(id)
            return kept.matches(secret)
        } catch {
            switch error {
            case .missing, .unfitSize: return false
            default: throw error
            }
        }
    }
}
