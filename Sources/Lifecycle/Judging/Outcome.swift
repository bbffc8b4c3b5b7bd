/// The answer's class: a closed set, computed in the prober from a reply that never leaves it.
package enum OutcomeClass: String, CaseIterable, Sendable, Codable {
    case valid
    case expired
    case invalid
    case wrongKind = "wrong_kind"
    case insufficientScope = "insufficient_scope"
    case rateLimited = "rate_limited"
    case quotaOrBilling = "quota_or_billing"
    case providerDown = "provider_down"
    case unknown

    /// Whether it says "this token is dead" if it is believed.
    package var isDeath: Bool { self == .expired || self == .invalid }
}

/// How much evidence a death needs before it is believed; the numbers are in `Settings.confirm`.
package enum ConfirmationProfile: String, CaseIterable, Sendable, Codable {
    case explicit, generic, flaky
}

/// What one probe found out.
package struct Outcome: Equatable, Sendable, Codable {
    package var kind: OutcomeClass
    /// A stable code such as `revoked` or `not_from_provider`; never the provider's text.
    package var reason: String
    /// Whether the reply could only come from an authenticated request.
    package var provesLive: Bool
    /// The profile that a death of this kind must satisfy.
    package var profile: ConfirmationProfile
    /// The provider's id of the request, at most 128 printable ASCII characters.
    package var requestID: String?
    /// What the provider asked to wait; already floored and capped.
    package var retryAfterMilliseconds: Int64?
    /// An expiry date that the reply carried.
    package var observedExpiry: Timestamp?
    /// What the kind's policy takes from a good reply, by name: printable text of at most 64 characters; nil for nothing.
    package var facts: [String: String]?

    package init(
        _ kind: OutcomeClass, reason: String, provesLive: Bool = false,
        profile: ConfirmationProfile = .generic, requestID: String? = nil,
        retryAfterMilliseconds: Int64? = nil, observedExpiry: Timestamp? = nil
    ) {
        self.kind = kind
        self.reason = reason
        self.provesLive = provesLive
        self.profile = profile
        self.requestID = requestID
        self.retryAfterMilliseconds = retryAfterMilliseconds
        self.observedExpiry = observedExpiry
    }

    /// Alive as a whole: the token was accepted, or refused in a way that only a live token is.
    package var showsLife: Bool {
        switch kind {
        case .valid, .insufficientScope, .quotaOrBilling: true
        default: provesLive
        }
    }
}
