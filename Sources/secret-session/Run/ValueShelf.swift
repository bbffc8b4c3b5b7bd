internal import FoundationEssentials
internal import Lifecycle
internal import Sealing
internal import Wire

/// The values that a command is to get, each asked for once.
struct ValueShelf {
    private(set) var values: [CredentialName: SecretBox] = [:]
    private let socket = Places(environment: ProcessInfo.processInfo.environment).agentSocket

    /// - Throws: what the key holder says, as exit code 66 for a name that it does not know.
    mutating func fetch(_ name: CredentialName) throws(Fault) {
        guard values[name] == nil else { return }
        let (answer, value): (Answer, SecretBox?)
        do {
            let client = try Client(socket: socket, program: "secret-session run")
            (answer, value) = try client.call(Request.read(name), as: Answer.self)
        } catch {
            throw Fault(.unreachable, "no_daemon", "the daemon cannot be reached", hint: "secret daemon status")
        }
        if case .failure(let fault) = answer { throw fault }
        guard let value else {
            throw Fault(.fault, "unexpected", "the daemon's answer is not the expected one", hint: "secret daemon stop")
        }
        values[name] = value
    }

    /// A value that was fetched.
    subscript(name: CredentialName) -> SecretBox {
        guard let value = values[name] else { preconditionFailure("every name is fetched first") }
        return value
    }
}
