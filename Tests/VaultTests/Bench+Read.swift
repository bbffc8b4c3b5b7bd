import Lifecycle
import Sealing
import Wire

@testable import Vault

extension Vault {
    /// One value, as `secret read` gets it.
    func read(_ name: CredentialName, from peer: Peer = Bench.peer) async throws(Fault) -> (
        value: SecretBox, fingerprint: String
    ) {
        guard case (.values(let reports), let value) = try await read(ReadOrder([name], use: .read), from: peer),
            let report = reports.first
        else { throw .damaged }
        if let fault = report.fault { throw fault }
        guard let value, let fingerprint = report.fingerprint else { throw .damaged }
        return (value, fingerprint)
    }
}
