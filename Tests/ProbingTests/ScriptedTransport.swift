import Lifecycle
import Probing
import Sealing
import Synchronization

/// Gives the next line of its script to every request, and remembers where each went.
final class ScriptedTransport: ProbeTransport {
    struct Sent: Sendable, Equatable {
        let url: String
        /// Lower case, sorted.
        let headerNames: [String]
    }
    private let script: Mutex<[Result<Reply, TransportFailure>]>
    private let seen = Mutex<[Sent]>([])

    init(_ script: [Result<Reply, TransportFailure>]) { self.script = Mutex(script) }

    var sent: [Sent] { seen.withLock(\.self) }

    func send(
        _ request: ProbeRequest, to base: BaseURL, token: SecretBox?, parts: TokenParts?
    ) async throws(TransportFailure) -> Reply {
        let spelled = try SpelledRequest(request, to: base, token: token, parts: parts)
        let sent = Sent(url: spelled.url, headerNames: spelled.headers.map { $0.name.lowercased() }.sorted())
        seen.withLock { $0.append(sent) }
        return try script.withLock { $0.isEmpty ? .failure(.unreachable) : $0.removeFirst() }.get()
    }
}
