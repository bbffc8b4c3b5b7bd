import Foundation
import Lifecycle
import Storage
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
        try await bench.run(until: bench.clock.now + .hours(23))
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

    enum Way: String, CaseIterable, Sendable { case add, rotate, moveToKeyring, moveToVault }

    /// New keys while a value is on its way: nothing that is sealed under keys that are gone is committed.
    @Test(arguments: Way.allCases) func aRekeyMeanwhileLosesNothing(_ way: Way) async throws {
        let bench = way == .moveToVault ? try await Bench.openWithHeldToken() : try await Bench.open()
        if way == .moveToKeyring { try await bench.add() }
        if way == .rotate || way == .moveToVault { try await bench.add(Token.setup(9), as: Bench.order(Self.other)) }
        if way == .rotate { try await bench.add(as: Bench.keyringOrder()) }
        if way == .moveToVault { try await bench.rotate() }
        let items = bench.keeper.items
        let vault = bench.vault
        let fetches = Ledger<Int>()
        bench.keeper.watch(before: { call throws(KeyringCondition) in
            switch call {
            case .store: break
            case .fetch:
                fetches.append(1)
                guard fetches.all.count == 2 else { return }
            default: return
            }
            do {
                _ = try await vault.rekey(.begin, secret: nil)
                _ = try await vault.rekey(.finish, secret: nil)
                while try await vault.moveToNewKeys() {}
            } catch { throw .refused }
        })
        let told = await fault {
            switch way {
            case .add: try await bench.add(as: Bench.keyringOrder())
            case .rotate: try await bench.rotate(Token.setup(2))
            case .moveToKeyring: _ = try await vault.move(Bench.name, to: .keyring)
            case .moveToVault: _ = try await vault.move(Bench.name, to: .vault)
            }
        }
        bench.keeper.watch()
        #expect(told?.id == "changed_meanwhile" && told?.code == .notNow)
        #expect(try await vault.verify().findings.isEmpty)
        if way != .add { #expect(try await bench.value() == Token.setup(way == .moveToVault ? 2 : 1)) }
        try await vault.sweepItems()
        #expect(bench.keeper.items == items)
    }

    /// A file that lacks a row may be mended from a copy; what the keyring deletes is gone.
    @Test func aRowThatIsMissingCostsNoItem() async throws {
        let bench = try await Bench.openWithHeldToken()
        let (row, items) = (try bench.row(), bench.keeper.items)
        let version = try #require(try bench.store.version(1, of: row.id))
        try bench.store.apply([.removeRow(row.id)])
        let vault = try bench.restarted()
        try await vault.unlock(.machine, secret: nil)
        try await vault.sweepItems()
        #expect(bench.keeper.items == items)
        try bench.store.apply([.insertRow(row), .insertVersion(version, number: 1, of: row.id)])
        #expect(Token.text(try await vault.read(Bench.name).value) == Token.setup(1))
    }

    /// Rows whose tags were exchanged: removing one takes nothing of the other out of the keyring.
    @Test func aRemovalTakesItemsOfNobodyElse() async throws {
        let bench = try await Bench.openWithHeldToken()
        var held = try bench.row()
        try await bench.add(Token.setup(9), as: Bench.order(Self.other))
        var other = try #require(try bench.store.rows(after: nil, limit: 9).first { $0.id != held.id })
        let items = bench.keeper.items
        let tags = (held.tag, other.tag)
        held.tag = [UInt8](repeating: 1, count: 32)
        try bench.store.apply([.updateRow(held)])
        (held.tag, other.tag) = (tags.1, tags.0)
        try bench.store.apply([.updateRow(other), .updateRow(held)])
        try await bench.vault.remove(Self.other)
        try await bench.vault.sweepItems()
        let next = try bench.restarted()
        try await next.unlock(.machine, secret: nil)
        try await next.sweepItems()
        #expect(bench.keeper.items == items)
    }

    /// Whoever has the state accepted cannot have living values deleted by it.
    @Test func anAcceptedStateDeletesNothingThatIsInUse() async throws {
        let bench = try await Bench.openWithHeldToken()
        let item = try #require(bench.keeper.items.keys.first)
        let entry = KeyringEntry(credential: try bench.row().id, version: 1, isDoomed: true)
        try bench.store.apply([.setValue("keyring-item/\(item)", encoded(entry))])
        let vault = try bench.restarted()
        #expect(await fault { try await vault.unlock(.machine, secret: nil) }?.code == .damaged)
        try await vault.unlock(.machine, secret: nil, terms: UnlockTerms(acceptsState: true))
        try await vault.sweepItems()
        #expect(Token.text(try await vault.read(Bench.name).value) == Token.setup(1))
    }
}
