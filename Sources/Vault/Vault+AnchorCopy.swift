internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

/// The anchor's copy in the keyring: who rolls back the vault and the anchor's file has not rolled back the keyring.
extension Vault {
    /// A copy is at most so often renewed.
    private static let copyInterval = Duration.minutes(1)

    /// The keyring slots beside which a newer anchor belongs; none while the vault is locked, or when a copy is less than a minute old.
    func anchorSlots() throws(Fault) -> [RecordID] {
        guard case .open(let vault) = lock else { return [] }
        let now = surroundings.now()
        let copied = vault.state.withLock(\.copied)
        if let copied {
            guard vault.head.sequence > copied.sequence, now - copied.at >= Self.copyInterval || now < copied.at
            else { return [] }
        }
        let slots = try slotReports().filter { $0.kind == SlotKind.keyring.name }.map(\.id)
        if slots.isEmpty { vault.state.withLock { $0.copied = (now, $0.head.sequence) } }
        return slots
    }

    /// The anchor as it would be written now; it counts as kept, so that a keyring that is away is not tried at every command.
    func anchorForCopy() throws(Fault) -> [UInt8] {
        let bytes = try anchor()
        let now = surroundings.now()
        try opened().state.withLock { $0.copied = (now, $0.head.sequence) }
        return bytes
    }
}
