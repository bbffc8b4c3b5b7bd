/// What a program tells its caller: fixed, from sysexits(3) where one fits.
package enum ExitCode: Int32, Sendable, Codable, CaseIterable {
    case done = 0
    /// `status --check`: a person is needed.
    case personNeeded = 1
    /// `status --check`: an end is near.
    case nearDeadline = 2
    case usage = 64
    /// The value was refused.
    case refused = 65
    case noSuchCredential = 66
    /// The daemon, the keyring or the provider cannot be reached.
    case unreachable = 69
    /// Our own fault.
    case fault = 70
    case inputOutput = 74
    /// Locked or busy: try later.
    case notNow = 75
    case notPermitted = 77
    /// Configuration or policy is wrong.
    case configuration = 78
    /// The vault fails its own check.
    case damaged = 79
}

/// A failure that a person reads: what happened, and the command to run next.
package struct Fault: Error, Equatable, Sendable, Codable {
    package var code: ExitCode
    /// A stable word for programs, such as `locked`.
    package var id: String
    /// One lower-case line without a full stop and without any part of a secret.
    package var message: String
    /// Advice, or a command that can be pasted as it stands.
    package var hint: String?

    package init(_ code: ExitCode, _ id: String, _ message: String, hint: String? = nil) {
        self.code = code
        self.id = id
        self.message = message
        self.hint = hint
    }

    package static let locked = Fault(.notNow, "locked", "the vault is locked", hint: "secret unlock")
    package static let noVault = Fault(.configuration, "no_vault", "there is no vault yet", hint: "secret init")
}
