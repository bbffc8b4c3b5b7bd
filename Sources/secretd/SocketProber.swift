import Lifecycle
import Sealing
import Vault
import Wire

/// The prober behind its socket, a connection for each probe.
struct SocketProber: ProbeClient {
    let path: String
    /// Above a probe's own deadline, two requests and the wait for the host's turn.
    private static let timeoutSeconds = 120

    /// A daemon that stops does not wait for a provider: the call is cut, and the probe counts as never asked.
    func probe(_ order: ProbeOrder, token: SecretBox) async -> ProbeReport {
        let interruption = Interruption()
        return await withTaskCancellationHandler {
            await blocking { ask(order, token, interruption) }
        } onCancel: {
            interruption.cut()
        }
    }

    private func ask(_ order: ProbeOrder, _ token: SecretBox, _ interruption: Interruption) -> ProbeReport {
        do throws(WireError) {
            let client = try Client(
                socket: path, program: "secretd", timeoutSeconds: Self.timeoutSeconds, interruption: interruption)
            return try client.call(order, secret: token.bytes, as: ProbeReport.self).0
        } catch {
            return ProbeReport(outcome: Outcome(.unknown, reason: ProbeReport.unreachable), requests: 0)
        }
    }

    func isReachable() -> Bool { (try? Client.process(at: path)) != nil }
}
