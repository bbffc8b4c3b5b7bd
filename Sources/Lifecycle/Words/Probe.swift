/// One question to a provider, without the token that it is asked with.
package struct ProbeOrder: Equatable, Sendable, Codable {
    /// The id of a policy.
    package var kind: String
    /// `https://host[:port]`, or http to a loopback address; nil for the policy's own host.
    package var baseURL: String?
    /// Of the file that says how to ask; nil for a policy that is built in.
    package var policyDigest: String?
    /// Whether a person agreed to a request that is billed.
    package var spends: Bool?
    /// What somebody else was answered, to be judged in place of an answer that is asked for: the body goes along where the token would.
    package var reported: ReportedReply?

    package init(kind: String, baseURL: String? = nil) {
        self.kind = kind
        self.baseURL = baseURL
    }
}

/// The head of a provider's answer that a gateway, or who reads its log, has seen.
package struct ReportedReply: Equatable, Sendable, Codable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]

    package init(status: Int, headers: [String: String] = [:]) {
        self.status = status
        self.headers = headers
    }
}

/// What became of one order.
package struct ProbeReport: Equatable, Sendable, Codable {
    package var outcome: Outcome
    /// Requests that left this machine for it, the blank control included.
    package var requests: Int
    /// Our clock minus the provider's, from the date of its reply; nil without one.
    package var skewMilliseconds: Int64?

    /// The reason code when nobody was there to ask: it says nothing about a provider.
    package static let unreachable = "prober_unreachable"

    package init(outcome: Outcome, requests: Int) {
        self.outcome = outcome
        self.requests = requests
    }
}
