package import Lifecycle
package import Wire

/// The person's keyring, as the vault reaches it: keeps sealed values outside the vault, each under a random id.
///
/// A call ends within its time, whatever the keyring does; nothing is remembered between calls, and nobody is asked anything.
package protocol ValueKeeper: Sendable {
    /// Keeps the bytes, in place of what was under the id; on return they were read back and are equal.
    func store(_ sealed: [UInt8], as id: RecordID, within time: Duration) async throws(KeyringCondition)
    /// - Throws: `.missing` when nothing is under the id.
    func fetch(_ id: RecordID, within time: Duration) async throws(KeyringCondition) -> [UInt8]
    /// - Throws: `.missing` when nothing was under the id.
    func delete(_ id: RecordID, within time: Duration) async throws(KeyringCondition)
    func state(within time: Duration) async -> KeyringCondition
    /// Whether somebody is there to ask, without asking.
    func isReachable() -> Bool
}

/// What one command may spend on the keyring, all its calls together: with the start of three processes and a quiet unlock by
/// another keyring item (1.65 s) a command stays below 5 s.
struct KeyringTime: Sendable {
    static let ofCommand = Duration.milliseconds(3_000)
    private let end = ContinuousClock.now + Self.ofCommand

    var left: Duration { max(.zero, end - .now) }
}
