import Lifecycle
import Probing
import Sealing
import secret_simulator

/// A simulator on loopback and a prober that asks it over real sockets.
struct Rig {
    let provider: SimulatedProvider
    let server: SimulatorServer
    let transport: HTTPTransport
    let samples: Samples
    private let scheme: String

    /// A limit that no healthy exchange on one machine comes near.
    static let patient = Duration.seconds(300)
    /// What a test of silence waits in full.
    static let short = Duration.milliseconds(200)

    init(timeout: Duration = patient, certificates: DrillCertificates? = nil, trust: [String] = []) throws {
        samples = try Samples()
        provider = SimulatedProvider(policies: samples.policies)
        server = try SimulatorServer(provider: provider, certificates: certificates)
        transport = try HTTPTransport(timeout: timeout, trust: trust)
        scheme = certificates == nil ? "http" : "https"
    }

    var address: String { "\(scheme)://127.0.0.1:\(server.port)" }

    /// Runs `body` and ends server and client after it, whatever it throws.
    func during<Result>(_ body: (Rig) async throws -> Result) async throws -> Result {
        let result: Result
        do { result = try await body(self) } catch {
            try await end()
            throw error
        }
        try await end()
        return result
    }

    func probe(_ token: SecretBox, kind: String = Samples.setupToken) async -> ProbeReport {
        let prober = Prober(
            policies: samples.policies, transport: transport,
            rate: HostRate(interval: .zero, clock: ContinuousClock()), retryFloor: .seconds(60),
            now: { Timestamp(rfc3339: "2026-11-22T22:16:00Z") ?? Timestamp(seconds: 0) })
        var order = ProbeOrder(kind: kind, baseURL: address)
        order.spends = true
        return await prober.probe(order, token: token)
    }

    /// A token that is answered with `fixture` from now on.
    func token(answered fixture: String, kind: String = Samples.setupToken) throws -> SecretBox {
        struct NotMinted: Error { let kind: String, fixture: String }
        guard let (number, token) = provider.mint(kind), provider.set(number, to: fixture) else {
            throw NotMinted(kind: kind, fixture: fixture)
        }
        return try SecretBox(token)
    }

    private func end() async throws {
        await transport.close()
        try await server.stopped()
    }
}
