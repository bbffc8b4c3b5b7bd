import Foundation
import Lifecycle
import Policies
import Probing
import Sealing
import Synchronization
import TestSupport
import Wire
import secret_simulator

@testable import Vault

/// A vault whose prober asks a simulated provider over real sockets, with the provider's address in place of a public one, so that
/// all that holds for public hosts holds here.
struct FaultDay {
    let bench: Bench
    let provider: SimulatedProvider
    private let server: SimulatorServer
    private let transport: HTTPTransport
    let road: Road

    /// A limit that no healthy exchange on one machine comes near, and that a test of silence waits in full.
    private static let timeout = Duration.milliseconds(400)
    /// Not of this machine.
    static let address = "https://provider.example"

    init() throws {
        let catalogue = try Bench.catalogue.get()
        provider = SimulatedProvider(policies: catalogue)
        server = try SimulatorServer(provider: provider)
        transport = try HTTPTransport(timeout: Self.timeout)
        let clock = ManualClock()
        road = Road(transport, to: try BaseURL("http://127.0.0.1:\(server.port)"), clock: clock)
        let prober = Prober(
            policies: catalogue, transport: road, rate: HostRate(interval: .zero, clock: InstantClock()),
            retryFloor: .seconds(60), now: { clock.now },
            network: NetworkSense(check: road, hosts: ["one.example.com", "two.example.org", "three.example.net"]))
        bench = try Bench(prober: RoadProber(prober: prober), clock: clock)
    }

    /// Runs `body` on an open vault and ends server and client after it, whatever it throws.
    static func during(_ body: (FaultDay) async throws -> Void) async throws {
        let day = try FaultDay()
        _ = try await day.bench.vault.initialize(.machine, secret: nil)
        do { try await body(day) } catch {
            try await day.end()
            throw error
        }
        try await day.end()
    }

    private func end() async throws {
        await transport.close()
        try await server.stopped()
    }

    /// A token of the kind that the provider accepts, in the vault.
    func add(_ kind: String, as name: CredentialName = Bench.name) async throws -> Int {
        guard let (number, token) = provider.mint(kind) else { throw Unexpected(answer: nil) }
        let report = try await bench.add(
            token,
            as: Bench.order(name) {
                $0.kind = kind
                $0.baseURL = Self.address
                $0.probing = .active
            })
        guard report.credential.verdict == "healthy" else { throw Unexpected(answer: .stored(report)) }
        return number
    }
}

/// The way to the provider: it leads to the simulator, carries the true time of day, and can be closed.
final class Road: ProbeTransport, NetworkCheck {
    private struct State {
        var failure: TransportFailure?
        var isNetworkGone = false
        /// Our clock minus the true time.
        var skew = Duration.zero
        var sent = 0
    }
    private let transport: HTTPTransport
    private let target: BaseURL
    private let clock: ManualClock
    private let state = Mutex(State())

    init(_ transport: HTTPTransport, to target: BaseURL, clock: ManualClock) {
        self.transport = transport
        self.target = target
        self.clock = clock
    }

    /// Every request fails so; nil opens the road again.
    func close(with failure: TransportFailure?, network isGone: Bool = false) {
        state.withLock { ($0.failure, $0.isNetworkGone) = (failure, isGone) }
    }

    func set(skew: Duration) { state.withLock { $0.skew = skew } }
    var sent: Int { state.withLock(\.sent) }

    func send(
        _ request: ProbeRequest, to base: BaseURL, token: SecretBox?, parts: TokenParts?
    ) async throws(TransportFailure) -> Reply {
        let (failure, skew) = state.withLock { state in
            state.sent += 1
            return (state.failure, state.skew)
        }
        if let failure { throw failure }
        var reply = try await transport.send(request, to: target, token: token, parts: parts)
        reply.headers["date"] = Self.httpDate(clock.now - skew)
        return reply
    }

    func reaches(_ host: String) async -> Bool { state.withLock { !$0.isNetworkGone } }

    private static func httpDate(_ time: Timestamp) -> String {
        let format = DateFormatter()
        format.locale = Locale(identifier: "en_US_POSIX")
        format.timeZone = TimeZone(identifier: "GMT")
        format.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return format.string(from: Date(timeIntervalSince1970: Double(time.milliseconds) / 1000))
    }
}

/// The real prober in the place of the scripted one.
struct RoadProber: ProbeClient {
    let prober: Prober<InstantClock>

    func isReachable() -> Bool { true }

    func probe(_ order: ProbeOrder, token: SecretBox) async -> ProbeReport {
        if let reported = order.reported { return prober.judged(order, reported, body: token) }
        return await prober.probe(order, token: token)
    }
}
