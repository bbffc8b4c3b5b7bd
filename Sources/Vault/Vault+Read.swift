internal import Lifecycle
internal import Sealing
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
                let credential = try credential(name, vault)
                if let host = order.host { try require(host, of: credential) }
                let value = try await read(credential, to: consumer, vault, within: time)
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
        _ credential: Credential, to consumer: Consumer, _ vault: OpenVault, within time: KeyringTime
    ) async throws(Fault) -> SecretBox {
        guard let live = credential.row.versions.live else { throw .damaged }
        let value = try await token(credential, version: live.number, vault, within: time)
        noteReading(of: credential.id, version: live.number, by: consumer, vault)
        return value
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
