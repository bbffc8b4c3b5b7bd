internal import CSecret
package import Sealing

/// Keeps keys in the person's Secret Service (gnome-keyring, KeePassXC, KWallet), through libsecret.
///
/// Each call opens its own session with the service: nothing is remembered between calls, so a service that
/// was restarted or locked meanwhile is seen as it is.
package struct SecretServiceKeeper: KeyKeeper {
    private let patience: Patience
    private let mayPrompt: Bool

    /// - Parameters:
    ///   - mayPrompt: let the service ask the person to unlock; a call may then take `promptTime`.
    ///   - time: what one call may take; nil for `callTime` or `promptTime`.
    package init(mayPrompt: Bool = false, within time: Duration? = nil) {
        self.mayPrompt = mayPrompt
        patience = Patience(
            limit: time ?? (mayPrompt ? Self.promptTime : Self.callTime), grace: .milliseconds(250))
    }

    /// With `grace` and the start of two processes a command stays below 5 s.
    package static let callTime = Duration.milliseconds(3_600)
    /// How long a person may look at the prompt.
    package static let promptTime = Duration.seconds(120)

    package func store(_ secret: borrowing SecretBytes, as id: KeyringItemID) throws(KeyringError) {
        guard KeyringValue.sizes.contains(secret.count) else { throw .unfitSize(bytes: secret.count) }
        let box = SecretBox(try secret.copy())  // outlives this call when the worker is left behind
        try ask { session throws(KeyringError) in try session.storeReadingBack(box.bytes, as: id) }
    }

    package func fetch(_ id: KeyringItemID) throws(KeyringError) -> SecretBytes {
        try ask { session throws(KeyringError) in try session.get(id) }
    }

    package func delete(_ id: KeyringItemID) throws(KeyringError) {
        try ask { session throws(KeyringError) in try session.remove(id) }
    }

    /// Asks the service; with `mayPrompt` it also asks the person to unlock it.
    package func state() -> KeyringState {
        do throws(KeyringError) {
            try ask { session throws(KeyringError) in _ = try session.openDefaultCollection() }
            return .present
        } catch {
            return switch error {
            case .hung: .hung
            case .locked, .dismissed: .locked
            case .prompting: .prompting
            default: .absent
            }
        }
    }

    private func ask<Value: ~Copyable & Sendable>(
        _ work: @escaping @Sendable (borrowing ServiceSession) throws(KeyringError) -> Value
    ) throws(KeyringError) -> Value {
        let mayPrompt = mayPrompt
        return try patience.run { cancellation throws(KeyringError) in
            try work(try ServiceSession(cancellation: cancellation, mayPrompt: mayPrompt))
        }
    }
}
