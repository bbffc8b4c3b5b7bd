/// Why the keyring did not do what was asked. Payloads are ids, sizes and codes, never bytes of a key.
package enum KeyringError: Error, Equatable {
    /// No session bus, or nobody on it who is a Secret Service.
    case absent
    /// A prompt would be needed, and the caller did not allow one.
    case locked
    /// The service took the call and did not answer before the deadline.
    case hung
    /// A prompt is open and nobody answered it, or would be opened and the caller did not allow that.
    case prompting
    /// The person closed the prompt, or there was nowhere to show it.
    case dismissed
    /// The default collection is the session's own, which forgets everything at its end.
    case transient
    case missing(KeyringItemID)
    /// The value is outside `KeyringValue.sizes`.
    case unfitSize(bytes: Int)
    /// The keyring answered with other bytes than it was given; what it stored was deleted again.
    case changedInKeeping
    /// The service answered with an error of its own: GLib's error domain and code.
    case refused(domain: String, code: Int32)
    case lockedMemoryExhausted(bytes: Int)
}

extension KeyringError {
    /// One lower-case line, no full stop: printed after `secret: error: `.
    package var message: String {
        switch self {
        case .absent: "no keyring can be reached: there is no Secret Service on the session bus"
        case .locked: "the keyring is locked"
        case .hung: "the keyring service hangs: it did not answer in time"
        case .prompting: "the keyring wants to ask you first, and nobody answered"
        case .dismissed: "the keyring stays locked: its prompt was dismissed or could not be shown"
        case .transient: "the keyring's default collection forgets everything when you log out"
        case .missing(let id): "the keyring holds no item \(id)"
        case .unfitSize(let bytes):
            "the keyring takes values of \(KeyringValue.sizes.lowerBound) to "
                + "\(KeyringValue.sizes.upperBound) bytes, this one has \(bytes)"
        case .changedInKeeping:
            "the keyring gave back other bytes than it was given; the item was deleted again"
        case .refused(let domain, let code): "the keyring service refused the call (\(domain), code \(code))"
        case .lockedMemoryExhausted(let bytes): "cannot lock \(bytes) bytes of memory"
        }
    }

    /// What to do next, printed after `secret: hint: `, with a command that can be pasted as it stands.
    package var hint: String {
        switch self {
        case .absent: "start one with `gnome-keyring-daemon --start --components=secrets`, then try again"
        case .prompting: "answer its window, or let it ask again: `secret-session keyring state --prompt`"
        case .locked, .dismissed:
            "unlock it on the desktop with `secret-session keyring state --prompt`, then try again"
        case .hung: "restart it with `systemctl --user restart gnome-keyring-daemon.service`, then try again"
        case .transient:
            "make another one the default: `gdbus call --session --dest org.freedesktop.secrets --object-path "
                + "/org/freedesktop/secrets --method org.freedesktop.Secret.Service.SetAlias default "
                + "/org/freedesktop/secrets/collection/login`"
        case .missing: "open the vault by its recovery code: `secret unlock --recovery`"
        case .unfitSize: "a key of 32 bytes is made by: `secret init --keyring`"
        case .changedInKeeping, .refused: "see what the keyring says of itself: `secret-session keyring state`"
        case .lockedMemoryExhausted:
            "see the limit with `ulimit -l`, and raise it with LimitMEMLOCK= in the unit"
        }
    }
}
