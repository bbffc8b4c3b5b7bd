import Lifecycle
import Vault
import Wire

/// Nobody is there: an exerciser has no session.
struct NoKeyring: ValueKeeper {
    func store(_ sealed: [UInt8], as id: RecordID, within time: Duration) async throws(KeyringCondition) {
        throw .noSession
    }
    func fetch(_ id: RecordID, within time: Duration) async throws(KeyringCondition) -> [UInt8] { throw .noSession }
    func delete(_ id: RecordID, within time: Duration) async throws(KeyringCondition) { throw .noSession }
    func state(within time: Duration) async -> KeyringCondition { .noSession }
    func isReachable() -> Bool { false }
}
