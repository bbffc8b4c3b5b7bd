internal import FoundationEssentials
internal import Lifecycle
internal import Sealing
internal import Wire

/// The values that a command is to get.
struct ValueShelf {
    private(set) var values: [CredentialName: SecretBox] = [:]
    static let places = Places(environment: ProcessInfo.processInfo.environment)
    private let socket = ValueShelf.places.agentSocket

    /// In one call, or more where the values are many and large.
    ///
    /// - Throws: what the key holder says of the first that it does not give, as exit code 66 for a name that it does not know.
    mutating func fetch(_ names: [CredentialName]) throws(Fault) {
        var left = Set(names).subtracting(values.keys).sorted()[...]
        while !left.isEmpty {
            let (answer, joined) = try ask(Array(left))
            guard case .values(let reports) = answer, !reports.isEmpty, reports.count <= left.count else {
                throw Self.unexpected
            }
            var place = 0
            for report in reports {
                if let fault = report.fault { throw fault }
                let range = place..<place + report.size
                guard report.name == left.popFirst(), let joined, range.upperBound <= joined.bytes.count else {
                    throw Self.unexpected
                }
                do { values[report.name] = SecretBox(try joined.bytes.extracting(range)) } catch {
                    throw Fault.noLockedMemory
                }
                place = range.upperBound
            }
        }
    }

    private func ask(_ names: [CredentialName]) throws(Fault) -> (Answer, SecretBox?) {
        let result: (Answer, SecretBox?)
        do {
            let client = try Client(socket: socket, program: "secret-session run")
            result = try client.call(Request.read(ReadOrder(names, use: .run)), as: Answer.self)
        } catch {
            throw Fault(.unreachable, "no_daemon", "the daemon cannot be reached", hint: "secret daemon status")
        }
        if case .failure(let fault) = result.0 { throw fault }
        return result
    }

    private static let unexpected = Fault(
        .fault, "unexpected", "the daemon's answer is not the expected one", hint: "secret daemon stop")

    /// A value that was fetched.
    subscript(name: CredentialName) -> SecretBox {
        guard let value = values[name] else { preconditionFailure("every name is fetched first") }
        return value
    }
}
