import Lifecycle
import Sealing
import Vault
import Wire

/// The prober behind its socket, a connection for each probe.
struct SocketProber: ProbeClient {
    let path: String
    /// Above a probe's own deadline, two requests and the wait for the host's turn.
    private static let timeoutSeconds = 120

    func probe(_ order: ProbeOrder, token: SecretBox) async -> ProbeReport {
        await blocking {
            do throws(WireError) {
                let client = try Client(socket: path, program: "secretd", timeoutSeconds: Self.timeoutSeconds)
                return try client.call(order, secret: token.bytes, as: ProbeReport.self).0
            } catch {
                return ProbeReport(outcome: Outcome(.unknown, reason: ProbeReport.unreachable), requests: 0)
            }
        }
    }

    func isReachable() -> Bool { (try? Client.process(at: path)) != nil }
}
