import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

@testable import Vault

/// A keyring that cannot be used: each condition is named, nothing changes, and nothing else is used instead.
@Suite struct KeyringConditionTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let condition: KeyringCondition
        let verb: String
        var testDescription: String { "\(verb) when \(condition.rawValue)" }
        static let all = KeyringCondition.allCases.filter { $0 != .present }.flatMap { condition in
            ["read", "add", "rotate", "move to the keyring", "move to the vault", "probe", "undo"].map {
                Row(condition: condition, verb: $0)
            }
        }
    }

    static let told: [KeyringCondition: (id: String, code: ExitCode)] = [
        .locked: ("keyring_locked", .notNow), .prompting: ("keyring_prompting", .notNow),
        .absent: ("keyring_absent", .unreachable), .hung: ("keyring_hung", .unreachable),
        .refused: ("keyring_refused", .unreachable), .transient: ("keyring_transient", .unreachable),
        .missing: ("keyring_missing", .unreachable), .changed: ("keyring_changed", .unreachable),
        .noSession: ("no_session", .unreachable), .sessionHung: ("session_hung", .unreachable),
    ]

    private static let other = Bench.named("anthropic/other")

    @Test(arguments: Row.all) func isNamed(_ row: Row) async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        try await bench.add(Token.setup(9), as: Bench.order(Self.other))
        bench.keeper.stands(row.condition)
        let asked = bench.prober.count
        let before = try await bench.vault.status(StatusQuery())
        let found = await fault { try await Self.run(row.verb, bench) }
        let told = try #require(Self.told[row.condition])
        #expect(found?.id == told.id && found?.code == told.code, "\(String(describing: found))")
        #expect(found?.hint != nil && found?.message.contains("anthropic/") == true)
        #expect(try await bench.vault.status(StatusQuery()) == before)
        #expect(bench.prober.count == asked)
        bench.keeper.stands(.present)
        try await bench.vault.sweepItems()
        #expect(bench.keeper.items.count == 2)
        #expect(try await bench.value() == Token.setup(2))
        #expect(try await bench.value(Self.other) == Token.setup(9))
    }

    private static func run(_ verb: String, _ bench: Bench) async throws {
        switch verb {
        case "read": _ = try await bench.vault.read(Bench.name)
        case "add": try await bench.add(Token.setup(3), as: Bench.keyringOrder(Bench.named("anthropic/third")))
        case "rotate": try await bench.rotate(Token.setup(3))
        case "move to the keyring": _ = try await bench.vault.move(other, to: .keyring)
        case "move to the vault": _ = try await bench.vault.move(Bench.name, to: .vault)
        case "probe": _ = try await bench.vault.probe(Bench.name, accepted: true)
        default: _ = try await bench.vault.undo(Bench.name)
        }
    }

    @Test(arguments: told.keys.sorted { $0.rawValue < $1.rawValue })
    func theTimerWaitsAndBlamesNoToken(_ condition: KeyringCondition) async throws {
        let bench = try await Bench.openWithHeldToken()
        let before = try await bench.report()
        bench.keeper.stands(condition)
        try await bench.run(until: bench.clock.now + .hours(20))
        #expect(bench.prober.count == 1, "asked once, when it was added")
        let report = try await bench.report()
        #expect(report.reason == Self.told[condition]?.id)
        #expect(report.state == before.state && report.verdict == before.verdict && report.provenAt == before.provenAt)
        #expect(bench.faults.all.isEmpty)
        bench.keeper.stands(.present)
        try await bench.run(until: bench.clock.now + .minutes(6))
        #expect(bench.prober.count == 2)
        #expect(try await bench.report().reason == before.reason)
    }

    @Test func allCallsOfACommandShareItsTime() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        bench.prober.answers(.noAnswer)
        try await bench.rotate(Token.setup(3))
        _ = try await bench.vault.move(Bench.name, to: .keyring)
        _ = try await bench.vault.move(Bench.name, to: .vault)
        let times = bench.keeper.times
        #expect(times.count == 9, "three are put, then three are got and deleted")
        for command in [times[..<3], times[3...]] {
            #expect(command.allSatisfy { $0 <= KeyringTime.ofCommand })
            #expect(zip(command, command.dropFirst()).allSatisfy { $0 > $1 })
        }
    }
}
