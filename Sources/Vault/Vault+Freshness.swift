internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// Compares the vault with the newest anchor: equal, or ahead of an anchor that a crash left behind.
    ///
    /// - Throws: `rolled_back` when a later state was seen, exit code 79 when no anchor is this vault's or one is forked from it.
    func measure(_ head: ManifestHead, _ mac: [UInt8], _ vault: OpenVault, _ terms: UnlockTerms) throws(Fault) {
        let found = try anchors(terms)
        guard !found.isEmpty else {
            // A crash behind the very first commit leaves none.
            vault.state.withLock { $0.freshness = head.sequence <= 1 ? .anchored : .unknown }
            return
        }
        guard let newest = newest(found, vault) else { throw .damaged(.anchor) }
        guard newest.sequence <= head.sequence else {
            throw .rolledBack(found: head.sequence, seen: newest.sequence)
        }
        if newest.sequence == head.sequence, newest.head != mac { throw .damaged(.replayed) }
    }

    /// An anchor that a crash left behind is written anew; that there was none is journalled before there is one again.
    func rememberOpening(_ vault: OpenVault, _ stored: [UInt8]) throws(Fault) {
        guard vault.state.withLock(\.freshness) == .unknown else { return moveAnchor(to: vault.head, stored, vault) }
        let detail = "there was no anchor: whether this is the newest state is not known"
        try note(Event(event: .noAnchor, version: nil, detail: detail), of: nil)
        // A full disk keeps nobody out; the entry waits.
        do throws(Fault) { try commit([]) } catch { surroundings.failed(error) }
    }

    /// There is no vault, but an anchor tells of one.
    func isGone() throws(Fault) -> Bool {
        guard try condition() == .none else { return false }
        return try surroundings.anchor.read().contains { Anchor.vault(of: $0) != nil }
    }

    /// Why there is no vault to work with.
    func absence() throws(Fault) -> Fault { try isGone() ? .vaultGone : .noVault }

    /// The highest sequence number that any authentic anchor names; 0 without one.
    func highestSeen(_ vault: OpenVault, _ terms: UnlockTerms) throws(Fault) -> UInt64 {
        newest(try anchors(terms), vault)?.sequence ?? 0
    }

    private func anchors(_ terms: UnlockTerms) throws(Fault) -> [[UInt8]] {
        try surroundings.anchor.read() + (terms.anchor.map { [$0] } ?? [])
    }

    private func newest(_ found: [[UInt8]], _ vault: OpenVault) -> Anchor? {
        found.compactMap { try? Anchor($0, key: vault.lookup) }.filter { $0.vault == vault.id }
            .max { $0.sequence < $1.sequence }
    }

    /// The anchor as it would be written now, to be kept in other places too.
    func anchor() throws(Fault) -> [UInt8] {
        let vault = try opened()
        let head = vault.head
        let mac = Array(head.bytes(keys: vault.keys).suffix(32))
        return Anchor(vault: vault.id, sequence: head.sequence, head: mac).bytes(key: vault.lookup)
    }
}
