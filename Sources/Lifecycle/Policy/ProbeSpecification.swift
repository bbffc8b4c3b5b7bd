/// Where and how a credential of this kind may be tried.
package struct ProbeSpecification: Equatable, Sendable {
    package enum Mode: String, CaseIterable, Equatable, Sendable { case active, passive, off }
    package enum Cost: String, CaseIterable, Equatable, Sendable {
        case free
        /// Billed: sent when a person asks for it with `--spend`, never on a timer.
        case metered
    }
    /// What happens when a person says nothing at `add`.
    package var mode: Mode
    package var cost: Cost
    /// Nil for a kind that nobody can ask about.
    package var request: ProbeRequest?
    /// The only hosts that a token of this kind may be sent to, lower case; the first is asked.
    package var hosts: [String]
    /// By name; each of them one of `hosts`. A token of one region is unknown in the others.
    package var regions: [String: String]
    /// Shown once before the first probe of this kind and answered by a person; nil when none is needed.
    package var consent: String?
    /// What asking changes at the provider; nil for nothing.
    package var sideEffects: String?
    /// Letters: D documented by the provider, O observed in public, S from a scanner, I inferred, K general
    /// knowledge.
    package var evidence: String

    /// Hosts where a token is tried that the first one does not know.
    package var siblings: [String] {
        guard let first = hosts.first, regions.values.contains(first) else { return [] }
        return hosts.filter { $0 != first && regions.values.contains($0) }
    }
}

package struct ProbeRequest: Equatable, Sendable {
    package var method: String
    /// With the leading slash and the query. It may hold the token, or a public part of it, once.
    package var path: String
    /// `{{token}}`, `{{basic}}` or a `{{part.NAME}}` stands for the secret in one header, unless the path has it.
    package var headers: [Header]
    /// Sent as it stands; nil for none.
    package var body: String?

    package init(method: String, path: String, headers: [Header], body: String? = nil) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
    }

    package struct Header: Equatable, Sendable {
        package var name: String
        package var value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
        package var carriesToken: Bool { Template(value).carriesSecret }
    }
}

/// A text of a request with places that are filled when it is sent.
package struct Template: Equatable, Sendable {
    package enum Piece: Equatable, Sendable {
        case literal(String)
        case token
        /// RFC 7617: base64 of the whole value.
        case basic
        case part(String)
        /// Our own address and version, in the form that a provider asks for.
        case agentURL, agentVersion
        /// In braces, and nothing that is known.
        case unknown
    }
    package let pieces: [Piece]

    package init(_ text: String) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstRange(of: "{{") {
            if open.lowerBound > rest.startIndex { pieces.append(.literal(String(rest[..<open.lowerBound]))) }
            rest = rest[open.upperBound...]
            guard let close = rest.firstRange(of: "}}") else {
                pieces.append(.unknown)
                rest = ""
                break
            }
            pieces.append(Self.piece(String(rest[..<close.lowerBound])))
            rest = rest[close.upperBound...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    private static func piece(_ name: String) -> Piece {
        switch name {
        case "token": .token
        case "basic": .basic
        case "agent_url": .agentURL
        case "agent_version": .agentVersion
        case _ where name.hasPrefix("part."): .part(String(name.dropFirst(5)))
        default: .unknown
        }
    }

    package var carriesSecret: Bool {
        pieces.contains {
            switch $0 {
            case .token, .basic, .part: true
            case .literal, .agentURL, .agentVersion, .unknown: false
            }
        }
    }
}
