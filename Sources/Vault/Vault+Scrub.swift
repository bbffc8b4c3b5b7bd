internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

/// Checks a part of the vault at a time, behind everything else.
struct Scrub: Sendable {
    /// The next of 256 nodes.
    var node: UInt8 = 0
    var due: Timestamp?
    /// What was found, by node; cleared when the same node is found well again.
    var findings: [UInt8: Fault] = [:]
    /// A whole round takes 256 of these, less than a day.
    static let interval = Duration.minutes(5)
}

extension Vault {
    /// Checks one node's credentials when it is time to.
    func scrub() {
        guard case .open(let vault) = lock else { return }
        let now = surroundings.now()
        let number = vault.state.withLock { state -> UInt8? in
            guard let due = state.scrub.due else {
                state.scrub.due = now + Scrub.interval
                return nil
            }
            guard due <= now else { return nil }
            defer { state.scrub.node &+= 1 }
            state.scrub.due = now + Scrub.interval
            return state.scrub.node
        }
        guard let number else { return }
        let found: Fault?
        do throws(Fault) {
            try scrub(number, vault)
            found = nil
        } catch { found = error }
        let isNew = vault.state.withLock { state in
            defer { state.scrub.findings[number] = found }
            return found != nil && state.scrub.findings[number] != found
        }
        if let found, isNew { surroundings.failed(found) }
    }

    private func scrub(_ number: UInt8, _ vault: OpenVault) throws(Fault) {
        let rows = try storing { () throws(StorageError) in try store.rows(tagPrefix: [number]) }
        let node = try vault.node(number, store)
        for place in UInt8.min...UInt8.max {
            let bucket = ManifestBucket(node: number, place: place)
            let members = rows.filter { $0.tag.count > 1 && $0.tag[1] == place }
            guard node[place] == bucket.digest(of: members.map(\.leaf)) else {
                throw .damaged(members.isEmpty ? .missing : .replayed)
            }
            for row in members { _ = try verify(row, vault) }
        }
    }
}
