package import Lifecycle
internal import Synchronization

/// All providers at once: the tokens they issued, what each is answered, and how many asked.
package final class SimulatedProvider: Sendable {
    fileprivate struct Issued {
        let kind: String
        var fixture = "accepted"
    }
    private struct Book {
        var tokens: [String] = []
        var issued: [String: Issued] = [:]
        var fault = Fault.none
        var requests = 0
        var strays = 0
        /// The kind that was last shown a token at a path: who comes without one means the same.
        var lastKinds: [Substring: String] = [:]
    }
    private let policies: PolicyCatalogue
    private let book = Mutex(Book())

    package init(policies: PolicyCatalogue) { self.policies = policies }

    package var requests: Int { book.withLock(\.requests) }
    /// Requests that reached the other origin, to which only a followed redirect leads.
    package var strays: Int { book.withLock(\.strays) }

    package func fault(_ fault: Fault) { book.withLock { $0.fault = fault } }
    package func countStray() { book.withLock { $0.strays += 1 } }

    /// A new token that is answered `accepted`; nil for a kind without a policy.
    package func mint(_ kind: String) -> (number: Int, token: String)? {
        guard let format = policies[id: kind]?.formats.first else { return nil }
        var generator = SystemRandomNumberGenerator()
        let token = format.mint(using: &generator)
        return book.withLock { book in
            book.tokens.append(token)
            book.issued[token] = Issued(kind: kind)
            return (book.tokens.count, token)
        }
    }

    /// - Returns: false when there is no such token, or no such fixture of its kind.
    package func set(_ number: Int, to fixture: String) -> Bool {
        book.withLock { book in
            guard book.tokens.indices.contains(number - 1) else { return false }
            let token = book.tokens[number - 1]
            guard let kind = book.issued[token]?.kind, reply(fixture, of: kind) != nil else { return false }
            book.issued[token]?.fixture = fixture
            return true
        }
    }

    /// Counts the request and says what its server must do.
    package func receive(_ request: ReceivedRequest) -> (fault: Fault, reply: Reply) {
        let (fault, issued) = book.withLock { book in
            book.requests += 1
            return (book.fault, book.issued)
        }
        guard let policy = policy(for: request, issued) else { return (fault, .notFound) }
        let shown = fault == .mangled ? "" : request.credential(placedAs: policy)
        let fixture = shown.map { self.fixture(for: issued[$0] ?? issued[holding: $0], by: policy) } ?? "no_credential"
        return (fault, (reply(fixture, of: policy.id) ?? .notFound).served())
    }

    /// Several providers are asked at the same path: what a shown token was issued for decides.
    private func policy(for request: ReceivedRequest, _ issued: [String: Issued]) -> Policy? {
        let able = request.candidates(of: policies.policies)
        let owner = able.first { policy in
            guard let shown = request.credential(placedAs: policy) else { return false }
            return (issued[shown] ?? issued[holding: shown])?.kind == policy.id
        }
        return book.withLock { book in
            let last = book.lastKinds[request.path]
            let found =
                owner ?? able.first { $0.id == last && request.credential(placedAs: $0) == nil }
                ?? request.likeliest(of: able)
            if let owner { book.lastKinds[request.path] = owner.id }
            return found
        }
    }

    /// A token that was never issued, or for another kind, is a bad one.
    private func fixture(for issued: Issued?, by policy: Policy) -> String {
        guard let issued, issued.kind == policy.id else { return "bad_token" }
        return issued.fixture
    }

    private func reply(_ fixture: String, of kind: String) -> Reply? {
        policies[id: kind]?.fixtures.first { $0.name == fixture }?.reply
    }
}

extension [String: SimulatedProvider.Issued] {
    /// The token of several parts of which one was shown.
    fileprivate subscript(holding part: String) -> SimulatedProvider.Issued? {
        part.utf8.count < 16 ? nil : first { $0.key.split(separator: ":").contains(part[...]) }?.value
    }
}

extension SimulatedProvider {
    /// One line back for one line in; nil to end.
    package func answer(to line: String) -> String? {
        switch SimulatorOrder(line) {
        case .mint(let kind): mint(kind).map { "token \($0.number) \($0.token)" } ?? "error no such kind"
        case .set(let number, let fixture): set(number, to: fixture) ? "ok" : "error no such token or fixture"
        case .fault(let fault): obey(fault)
        case .count: "requests \(requests)"
        case .strays: "strays \(strays)"
        case .quit: nil
        case nil: "error no such order; see --help"
        }
    }

    private func obey(_ fault: Fault) -> String {
        self.fault(fault)
        return "ok"
    }
}
