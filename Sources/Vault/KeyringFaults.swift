internal import Lifecycle
internal import Wire

extension Fault {
    /// What the keyring's condition means to a person; nothing was changed, and nothing else is used instead.
    ///
    /// - Parameter name: the credential whose value is, or was to be, held there.
    static func keyring(_ condition: KeyringCondition, _ name: CredentialName) -> Fault {
        switch condition {
        case .present: Fault(.fault, "keyring_present", "the keyring is well", hint: "secret status \(name)")
        case .locked:
            Fault(
                .notNow, "keyring_locked", "the keyring, which holds the value of \(name), is locked",
                hint: "secret-session keyring state --prompt")
        case .prompting:
            Fault(
                .notNow, "keyring_prompting", "the keyring wants to ask you about \(name) first, and nobody answered",
                hint: "secret-session keyring state --prompt")
        case .absent:
            Fault(
                .unreachable, keyringAbsent,
                "no keyring can be reached for \(name): there is no Secret Service on the session bus",
                hint: "gnome-keyring-daemon --start --components=secrets")
        case .hung:
            Fault(
                .unreachable, "keyring_hung", "the keyring hangs: it did not answer in time about \(name)",
                hint: "systemctl --user restart gnome-keyring-daemon.service")
        case .refused:
            Fault(
                .unreachable, "keyring_refused", "the keyring answered with an error when it was asked about \(name)",
                hint: "secret-session keyring state")
        case .transient:
            Fault(
                .unreachable, "keyring_transient",
                "the keyring's default collection forgets everything when you log out, so \(name) was not put there",
                hint: "gdbus call --session --dest org.freedesktop.secrets --object-path /org/freedesktop/secrets "
                    + "--method org.freedesktop.Secret.Service.SetAlias default /org/freedesktop/secrets/collection/login"
            )
        case .missing:
            Fault(
                .unreachable, "keyring_missing", "the keyring no longer holds the value of \(name)",
                hint: "secret rotate \(name)")
        case .changed:
            Fault(
                .unreachable, "keyring_changed",
                "what the keyring holds for \(name) is not what was put there; it was not used",
                hint: "secret rotate \(name)")
        case .noSession:
            Fault(
                .unreachable, noSession, "secret-session, the way to the keyring that holds \(name), does not run",
                hint: "secret daemon start")
        case .sessionHung:
            Fault(
                .unreachable, sessionHung, "secret-session, the way to the keyring that holds \(name), does not answer",
                hint: "secret daemon stop")
        }
    }

    private static let sessionHung = "session_hung"

    /// Whether the keyring is to blame: it says nothing about a token.
    var isOfKeyring: Bool { id.hasPrefix("keyring_") || [Self.noSession, Self.sessionHung].contains(id) }
}
