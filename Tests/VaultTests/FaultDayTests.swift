import Lifecycle
import Probing
import Testing
import Wire
import secret_simulator

@testable import Vault

/// Issue 5, "Must show" 2: whatever network and provider do for a day, no token is called dead, the provider is asked no more than its
/// policy allows, and all is well again after it.
@Suite(.timeLimit(.minutes(20))) struct FaultDayTests {
    enum Trouble: Sendable, CustomTestStringConvertible {
        case simulated(secret_simulator.Fault)
        case fixture(String)
        case road(TransportFailure)
        case noNetwork
        /// Our clock is off by this much.
        case clock(Duration)
        /// The machine sleeps, and wakes behind a portal.
        case sleep(Duration)

        var testDescription: String {
            switch self {
            case .simulated(let fault): fault.rawValue
            case .fixture(let name): "answer \(name)"
            case .road(let failure): "no reply: \(failure.rawValue)"
            case .noNetwork: "no network"
            case .clock(let skew): "clock off by \(skew.spoken)"
            case .sleep(let span): "sleep of \(span.spoken)"
            }
        }
    }

    static let kinds = [
        "anthropic.setup-token", "openai.api-key", "github.token", "slack.bot-token", "openrouter.api-key",
    ]
    static let troubles: [Trouble] =
        secret_simulator.Fault.allCases.filter { ![.none, .echo].contains($0) }.map { .simulated($0) }
        + ["overloaded", "rate_limited"].map { .fixture($0) }
        // A name server that is silent, a host that refuses, a certificate that is wrong, expired or self-signed.
        + [.timedOut, .unreachable, .tls, .cut, .malformed].map { .road($0) }
        + [.noNetwork, .clock(.days(365)), .clock(.days(-365)), .clock(.minutes(10)), .sleep(.hours(9))]

    @Test func noTroubleKillsAToken() async throws {
        #expect(Self.troubles.count >= 30)
        var runs = 0
        var most = 0
        for trouble in Self.troubles {
            for kind in Self.kinds {
                most = max(most, try await day(of: trouble, kind))
                runs += 1
            }
        }
        print(
            "fault days: \(runs) runs of \(Self.troubles.count) faults x \(Self.kinds.count) kinds, at most \(most) requests in 24 h"
        )
    }

    /// Returns the requests of the 24 hours.
    private func day(of trouble: Trouble, _ kind: String) async throws -> Int {
        var requests = 0
        try await FaultDay.during { day in
            let number = try await day.add(kind)
            try await day.bench.run(until: Bench.start + .hours(1))
            let before = (day.road.sent, day.provider.requests)
            let start = day.bench.clock.now
            begin(trouble, day, number)
            try await passADay(day, from: day.bench.clock.now, "\(trouble.testDescription), \(kind)")
            // Without network nothing leaves this machine, however often somebody tries.
            let isGone = if case .noNetwork = trouble { true } else { false }
            requests = isGone ? day.provider.requests - before.1 : day.road.sent - before.0
            end(trouble, day, number, start)
            let minimum = try Bench.catalogue.get()[id: kind]?.schedule.minimum ?? .hours(1)
            let budget = Int(Duration.hours(24).milliseconds / minimum.milliseconds)
            #expect(requests <= budget, "\(trouble.testDescription), \(kind)")

            try await day.bench.run(until: day.bench.clock.now + .hours(14))
            let after = try await day.bench.report()
            #expect(
                after.state == .healthy && after.probing == .on,
                "\(trouble.testDescription), \(kind): \(after.state) \(after.reason ?? "")")
            let events = try await day.bench.events()
            #expect(!events.contains("deadline"), "\(trouble.testDescription), \(kind)")
        }
        return requests
    }

    /// An hour at a time, and at each hour what a person sees.
    private func passADay(_ day: FaultDay, from start: Timestamp, _ what: String) async throws {
        for hour in 1...24 {
            try await day.bench.run(until: start + .hours(Int64(hour)))
            let state = try await day.bench.report().state
            #expect(![.expired, .revoked, .refused, .miswired].contains(state), "\(what), hour \(hour): \(state)")
        }
    }

    private func begin(_ trouble: Trouble, _ day: FaultDay, _ number: Int) {
        switch trouble {
        case .simulated(let fault): day.provider.fault(fault)
        case .fixture(let name): _ = day.provider.set(number, to: name)
        case .road(let failure): day.road.close(with: failure)
        case .noNetwork: day.road.close(with: .unreachable, network: true)
        case .clock(let skew):
            day.road.set(skew: skew)
            day.bench.clock.set(day.bench.clock.now + skew)
        case .sleep(let span):
            day.provider.fault(.portal)
            day.bench.clock.advance(span)
        }
    }

    private func end(_ trouble: Trouble, _ day: FaultDay, _ number: Int, _ start: Timestamp) {
        day.provider.fault(.none)
        day.road.close(with: nil)
        _ = day.provider.set(number, to: "accepted")
        if case .clock(let skew) = trouble {
            day.road.set(skew: .zero)
            day.bench.clock.set(day.bench.clock.now - skew)
        }
    }

    /// A wrong certificate over real TLS is in `ProbingTests/TLSTests`; here is the pair that a person must be able to tell apart.
    @Test func withoutNetworkTheProbesRest() async throws {
        try await FaultDay.during { day in
            _ = try await day.add("github.token")
            day.road.close(with: .unreachable, network: true)
            try await day.bench.run(until: Bench.start + .hours(12))
            let report = try await day.bench.report()
            #expect(report.probing == .offline && report.reason == "offline" && report.state == .healthy)
            day.road.close(with: .unreachable)
            try await day.bench.run(until: Bench.start + .hours(14))
            #expect(try await day.bench.report().probing == .on)
        }
    }
}
