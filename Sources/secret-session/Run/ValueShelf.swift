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
            (answer, value) = try client.call(Request.read(ReadOrder([name], use: .run)), as: Answer.self)
        } catch {
            throw Fault(.unreachable, "no_daemon", "the daemon cannot be reached", hint: "secret daemon status")
        }
        if case .failure(let fault) = answer { throw fault }
        guard case .values(let reports) = answer, let report = reports.first else { throw Self.unexpected }
        if let fault = report.fault { throw fault }
        guard let value, value.bytes.count == report.size else { throw Self.unexpected }
        values[name] = value
    }

    private static let unexpected = Fault(
        .fault, "unexpected", "the daemon's answer is not the expected one", hint: "secret daemon stop")

    /// A value that was fetched.
    subscript(name: CredentialName) -> SecretBox {
        guard let value = values[name] else { preconditionFailure("every name is fetched first") }
        return value
    }
}
