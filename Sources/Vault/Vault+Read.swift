internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// Live values for a consumer, each with what is to be known of it; what fails for one name fails for no other.
    ///
    /// - Throws: `.locked`, `asked_too_often`.
    func read(_ order: ReadOrder, from peer: Peer) async throws(Fault) -> (Answer, SecretBox?) {
        let vault = try opened()
        let consumer = Consumer(program: peer.program, title: peer.title, user: peer.user, use: order.use)
        try admit(consumer, connection: peer.connection, vault)
        let time = KeyringTime()
        var reports: [ReadReport] = []
        var values: [SecretBox] = []
        var room = Connection.largestSecret
        for name in order.names {
            do throws(Fault) {
                let (credential, sealed) = try lately(name, vault)
                if let host = order.host { try require(host, of: credential) }
                let value = try await read(credential, sealed, to: consumer, vault, within: time)
                room -= value.bytes.count
                guard room >= 0 else { break }
                values.append(value)
                let description = credential.description
                reports.append(
                    ReadReport(
                        name: name, size: value.bytes.count, fingerprint: description.fingerprint,
                        account: description.account))
            } catch { reports.append(ReadReport(name: name, error)) }
        }
        return (.values(reports), try Self.joined(values))
    }

    /// The live value; the reading is written down with the next group of entries.
    private func read(
        _ credential: Credential, _ sealed: StoredVersion, to consumer: Consumer, _ vault: OpenVault,
        within time: KeyringTime
    ) async throws(Fault) -> SecretBox {
        guard let live = credential.row.versions.live else { throw .damaged }
        let value = try await token(credential, version: live.number, vault, within: time, sealed: sealed)
        noteReading(of: credential.id, version: live.number, by: consumer, vault)
        return value
    }

    /// A credential and its live version, read and checked anew as soon as anything was written.
    private func lately(_ name: CredentialName, _ vault: OpenVault) throws(Fault) -> (Credential, StoredVersion) {
        let mark = try storing { () throws(StorageError) in try store.changeMark() }
        if let known = vault.state.withLock({ $0.lately.entry(name, mark) }) { return (known.credential, known.sealed) }
        let credential = try credential(name, vault)
        guard let live = credential.row.versions.live else { throw .damaged }
        let sealed = try version(live.number, of: credential.id)
        vault.state.withLock { $0.lately.remember(.init(credential: credential, sealed: sealed), name, mark) }
        return (credential, sealed)
    }

    private static func joined(_ values: [SecretBox]) throws(Fault) -> SecretBox? {
        if values.count < 2 { return values.first }
        let size = values.reduce(0) { $0 + $1.bytes.count }
        return SecretBox(
            try sealing { () throws(SealingError) in
                try SecretBytes(capacity: size) { output in
                    for value in values {
                        value.bytes.withBytes { bytes in for place in bytes.indices { output.append(bytes[place]) } }
                    }
                }
            })
    }
}
