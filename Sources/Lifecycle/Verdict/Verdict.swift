/// What the evidence so far says about a credential.
package enum Verdict: Equatable, Sendable {
    /// Never judged yet.
    case unverified
    /// The first real answer was no: this paste does not work. Never called "revoked".
    case refused
    case healthy
    /// Alive, but rate-limited or out of credit.
    case degraded
    /// Bad answers that are not confirmed yet.
    case suspect(Suspicion)
    /// Alive or not, it is refused for this use, or sent in the wrong place.
    case miswired
    case expired
    case revoked
    /// No conclusive answer for too long: please look.
    case unproven

    /// How many bad answers in a row, and since when.
    package struct Suspicion: Equatable, Sendable, Codable {
        package var count: Int
        package var since: Timestamp
        package init(count: Int, since: Timestamp) {
            self.count = count
            self.since = since
        }
    }

    /// The word for people and JSON.
    package var name: String {
        switch self {
        case .unverified: "unverified"
        case .refused: "refused"
        case .healthy: "healthy"
        case .degraded: "degraded"
        case .suspect: "suspect"
        case .miswired: "miswired"
        case .expired: "expired"
        case .revoked: "revoked"
        case .unproven: "unproven"
        }
    }

    /// Whether nothing but a person can make it well again.
    package var needsPerson: Bool {
        switch self {
        case .refused, .miswired, .expired, .revoked, .unproven: true
        case .unverified, .healthy, .degraded, .suspect: false
        }
    }

    package var isDead: Bool { self == .expired || self == .revoked }
}

extension Verdict: Codable {
    private enum Key: String, CodingKey { case name, suspicion }

    package init(from decoder: any Decoder) throws {
        let members = try decoder.container(keyedBy: Key.self)
        switch try members.decode(String.self, forKey: .name) {
        case "unverified": self = .unverified
        case "refused": self = .refused
        case "healthy": self = .healthy
        case "degraded": self = .degraded
        case "suspect": self = .suspect(try members.decode(Suspicion.self, forKey: .suspicion))
        case "miswired": self = .miswired
        case "expired": self = .expired
        case "revoked": self = .revoked
        case "unproven": self = .unproven
        case let other:
            throw DecodingError.dataCorruptedError(
                forKey: .name, in: members, debugDescription: "no verdict is called \(other)")
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(name, forKey: .name)
        if case .suspect(let suspicion) = self { try members.encode(suspicion, forKey: .suspicion) }
    }
}
