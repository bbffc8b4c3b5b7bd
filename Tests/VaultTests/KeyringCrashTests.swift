import Foundation
import Lifecycle
import Storage
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Vault

/// A process that ends at its Nth effect on the store or the keyring, before it or just after it: whatever it was doing, no value is
/// lost, none is left in the keyring unknown, and what was acknowledged holds.
@Suite struct KeyringCrashTests {
    enum Act: String, CaseIterable, Sendable {
        case add, rotate, rotateAgain, undo, moveToKeyring, moveToVault, remove, keptEnds
    }

    @Test func everyPointOfEveryAct() async throws {
        var points = 0
        for act in Act.allCases {
            for point in 1... {
                let ended = try await [false, true].asyncMap { try await survive(act, point, after: $0) }
                if ended == [false, false] { break }
                points += ended.count { $0 }
            }
        }
        print(
            "keyring: a process that ends at its Nth effect: \(points) points in \(Act.allCases.count) acts, nothing lost"
        )
        #expect(points > 60)
    }

    /// False when the act had fewer effects.
    private func survive(_ act: Act, _ point: Int, after: Bool) async throws -> Bool {
        let (store, end) = (MemoryStore(), LifeEnd())
        let bench = try await Bench.open(store: MortalStore(store, end))
        try await prepare(act, bench)
        end.comes(at: point, after: after)
        bench.keeper.watch(
            before: { _ throws(KeyringCondition) in if end.isBefore() { throw .hung } },
            after: { _ throws(KeyringCondition) in if end.isAfter() { throw .hung } })
        let isDone: Bool
        do {
            try await perform(act, bench)
            isDone = true
        } catch { isDone = false }
        let ended = end.hasCome
        end.never()
        bench.keeper.watch()

        let next = try bench.restarted(store: store)
        #expect(await next.unlockByMachine(), "\(act) \(point)")
        #expect(try await next.status(StatusQuery()).damaged == 0, "\(act) \(point)")
        try await expectWhole(act, next, isDone: isDone && !ended, bench, "\(act) \(point) \(after)")
        return ended
    }

    private func expectWhole(
        _ act: Act, _ vault: Vault, isDone: Bool, _ bench: Bench, _ comment: Comment
    ) async throws {
        let exists = try await !vault.status(StatusQuery()).credentials.isEmpty
        var items: [Int: RecordID] = [:]
        if exists {
            let value = Token.text(try await vault.read(Bench.name).value)
            let possible = [Token.setup(1), Token.setup(2), Token.setup(3)]
            #expect(possible.contains(value), comment)
            items = try await Bench.openItems(Bench.name, vault)
            if isDone { #expect(act != .remove, comment) }
        } else {
            #expect(act == .add && !isDone || act == .remove, comment)
        }
        try await vault.sweepItems()
        #expect(Set(bench.keeper.items.keys) == Set(items.values), comment)
        let known = try await vault.items(vault.opened())
        #expect(Set(known.keys) == Set(items.values) && known.values.allSatisfy { !$0.isDoomed }, comment)
    }

    private func prepare(_ act: Act, _ bench: Bench) async throws {
        switch act {
        case .add: break
        case .moveToKeyring:
            try await bench.add()
            try await bench.rotate()
        default:
            try await bench.add(as: Bench.keyringOrder())
            if act != .rotate { try await bench.rotate() }
        }
    }

    private func perform(_ act: Act, _ bench: Bench) async throws {
        switch act {
        case .add: try await bench.add(as: Bench.keyringOrder())
        case .rotate: try await bench.rotate()
        case .rotateAgain: try await bench.rotate(Token.setup(3))
        case .undo: _ = try await bench.vault.undo(Bench.name)
        case .moveToKeyring: _ = try await bench.vault.move(Bench.name, to: .keyring)
        case .moveToVault: _ = try await bench.vault.move(Bench.name, to: .vault)
        case .remove: try await bench.vault.remove(Bench.name)
        case .keptEnds:
            bench.clock.advance(.hours(25))
            try await bench.run(until: bench.clock.now + .minutes(2))
            try await bench.vault.sweepItems()
        }
    }
}

extension Array {
    fileprivate func asyncMap<Value>(_ body: (Element) async throws -> Value) async rethrows -> [Value] {
        var values: [Value] = []
        for element in self { values.append(try await body(element)) }
        return values
    }
}

/// When a process ends: at one of its effects, and from then on it has none.
final class LifeEnd: Sendable {
    private struct Plan {
        var left: Int?
        var after = false
        var isDead = false
    }
    private let plan = Mutex(Plan())

    func comes(at point: Int, after: Bool) { plan.withLock { $0 = Plan(left: point, after: after) } }
    func never() { plan.withLock { $0 = Plan() } }
    var hasCome: Bool { plan.withLock(\.isDead) }

    /// Counts an effect; true when it must not happen.
    func isBefore() -> Bool {
        plan.withLock { plan in
            guard !plan.isDead, let left = plan.left else { return plan.isDead }
            plan.left = left - 1
            if left == 1, !plan.after { plan.isDead = true }
            return plan.isDead
        }
    }

    /// True when nobody hears of the effect that just happened.
    func isAfter() -> Bool {
        plan.withLock { plan in
            if plan.left == 0, plan.after { plan.isDead = true }
            return plan.isDead
        }
    }
}
