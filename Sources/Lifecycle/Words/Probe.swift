/// One question to a provider, without the token that it is asked with.
package struct ProbeOrder: Equatable, Sendable, Codable {
    /// The id of a policy.
    package var kind: String
    /// `https://host[:port]`, or http to a loopback address; nil for the policy's own host.
    package var baseURL: String?

    package init(kind: String, baseURL: String? = nil) {
        self.kind = kind
        self.baseURL = baseURL
    }
}

/// What became of one order.
package struct ProbeReport: Equatable, Sendable, Codable {
    package var outcome: Outcome
    /// Requests that left this machine for it, the blank control included.
    package var requests: Int

    /// The reason code when nobody was there to ask: it says nothing about a provider.
    package static let unreachable = "prober_unreachable"

    package init(outcome: Outcome, requests: Int) {
        self.outcome = outcome
        self.requests = requests
    }
}
