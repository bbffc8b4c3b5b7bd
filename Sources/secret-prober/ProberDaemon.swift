import Lifecycle
import Policies
import Probing
import Sealing
import Serving
import Wire

/// `secret-prober`: network and judging. It gets one token at a time, returns an outcome and keeps nothing.
@main
struct ProberDaemon {
    static func main() async {
        await DaemonStart.run("secret-prober") { () async throws(Fault) in try await serve() }
    }

    private static func serve() async throws(Fault) {
        let places = try DaemonStart.places()
        guard let lock = try DaemonStart.lock(places.proberLock, places) else {
            throw Fault(.notNow, "prober_runs", "another secret-prober runs here", hint: "secret daemon status")
        }
        let (prober, transport) = try make(places)
        let listener = try DaemonStart.listen(places.proberSocket, places)
        try await DaemonSocket("secret-prober", listener, ProbeDoor(prober: prober)).serve()
        await transport.close()
        withExtendedLifetime(lock) {}
    }

    private static func make(_ places: Places) throws(Fault) -> (Prober<ContinuousClock>, HTTPTransport) {
        do {
            let settings = try Settings.load(from: places.configurationFile)
            let transport = try HTTPTransport(timeout: settings.probe.timeout, trust: settings.probe.trust)
            let policies = try BuiltInPolicies.load(with: OwnPolicies(folder: places.policies)).catalogue
            let known = policies.policies.filter { $0.probe.mode == .active }.compactMap(\.probe.hosts.first)
            let prober = Prober(
                policies: policies, transport: transport,
                rate: HostRate(interval: settings.probe.hostRate, clock: ContinuousClock()),
                retryFloor: settings.retryAfterFloor, now: Timestamp.current,
                network: NetworkSense(check: ConnectionCheck(), hosts: known))
            return (prober, transport)
        } catch let problem as ConfigurationProblem {
            throw configuration("\(places.configurationFile): \(problem.message)")
        } catch let problem as ProbingError {
            throw configuration("\(places.configurationFile): \(problem.message)")
        } catch let problem as PolicyFileProblem {
            throw configuration(problem.message)
        } catch {
            throw Fault(.fault, "prober", "the prober cannot be set up")
        }
    }

    private static func configuration(_ message: String) -> Fault {
        Fault(.configuration, "configuration", message, hint: "correct the file, then run: secret daemon start")
    }
}

/// Answers orders one frame at a time; the token is wiped when the answer is made.
private struct ProbeDoor: Responder {
    let prober: Prober<ContinuousClock>

    func welcome() async -> Welcome { Welcome(vault: .none, prober: true, attention: nil) }

    func answer(_ order: ProbeOrder, secret: SecretBox?) async -> (ProbeReport, SecretBox?) {
        if let reported = order.reported { return (prober.judged(order, reported, body: secret), nil) }
        guard let secret else {
            return (ProbeReport(outcome: Outcome(.unknown, reason: "no_token"), requests: 0), nil)
        }
        return (await prober.probe(order, token: secret), nil)
    }
}
