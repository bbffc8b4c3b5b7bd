package import Lifecycle
internal import Synchronization
internal import Vault
package import Wire

/// A keyring that stands as the test says; its calls can be watched and stopped.
package final class ScriptedKeeper: ValueKeeper {
    package enum Call: Equatable, Sendable { case store(RecordID), fetch(RecordID), delete(RecordID), state }

    package typealias Watch = @Sendable (Call) async throws(KeyringCondition) -> Void

    private struct Desk {
        var items: [RecordID: [UInt8]] = [:]
        var condition = KeyringCondition.present
        var calls: [Call] = []
        var times: [Duration] = []
        var before: Watch?
        var after: Watch?
    }
    private let desk = Mutex(Desk())

    package init() {}

    package var items: [RecordID: [UInt8]] {
        get { desk.withLock(\.items) }
        set { desk.withLock { $0.items = newValue } }
    }
    package var calls: [Call] { desk.withLock(\.calls) }
    /// What each call was given.
    package var times: [Duration] { desk.withLock(\.times) }
    package func stands(_ condition: KeyringCondition) { desk.withLock { $0.condition = condition } }
    /// Called before and after each call has its effect; what it throws is the call's answer.
    package func watch(before: Watch? = nil, after: Watch? = nil) {
        desk.withLock { desk in
            desk.before = before
            desk.after = after
        }
    }

    package func store(_ sealed: [UInt8], as id: RecordID, within time: Duration) async throws(KeyringCondition) {
        try await enter(.store(id), within: time)
        desk.withLock { $0.items[id] = sealed }
        try await leave(.store(id))
    }

    package func fetch(_ id: RecordID, within time: Duration) async throws(KeyringCondition) -> [UInt8] {
        try await enter(.fetch(id), within: time)
        guard let item = items[id] else { throw .missing }
        return item
    }

    package func delete(_ id: RecordID, within time: Duration) async throws(KeyringCondition) {
        try await enter(.delete(id), within: time)
        guard desk.withLock({ $0.items.removeValue(forKey: id) }) != nil else { throw .missing }
        try await leave(.delete(id))
    }

    package func state(within time: Duration) async -> KeyringCondition {
        do throws(KeyringCondition) { try await enter(.state, within: time) } catch { return error }
        return .present
    }

    package func isReachable() -> Bool { desk.withLock { $0.condition != .noSession } }

    private func leave(_ call: Call) async throws(KeyringCondition) {
        let after = desk.withLock(\.after)
        try await after?(call)
    }

    private func enter(_ call: Call, within time: Duration) async throws(KeyringCondition) {
        guard time > .zero else { throw .hung }
        let (condition, before) = desk.withLock { desk in
            desk.calls.append(call)
            desk.times.append(time)
            return (desk.condition, desk.before)
        }
        guard condition == .present else { throw condition }
        try await before?(call)
    }
}
