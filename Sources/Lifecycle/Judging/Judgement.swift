/// How replies to a probe are read: evidence gates first, then ordered rules, first match wins.
package struct Judgement: Equatable, Sendable {
    package var evidence: Evidence
    package var rules: [Rule]
    /// The profile of rules without a strength of their own.
    package var hysteresis: ConfirmationProfile
    /// Where a reply of the class `rate_limited` says when to ask again, besides `Retry-After`.
    package var resets: [Sighted] = []
    /// What of a `valid` reply is shown to the credential's owner.
    package var extracts: [Extract] = []

    /// A public fact of a reply, such as a token's label at its provider.
    package struct Extract: Equatable, Sendable {
        package var name: String
        package var place: Sighted.Place
    }

    /// Marks of the provider's own application; one of them is enough.
    package struct Evidence: Equatable, Sendable {
        /// Header names, lower case.
        package var anyHeader: [String]
        /// JSON Pointers.
        package var anyPointer: [String]
    }

    package struct Rule: Equatable, Sendable {
        package var condition: Condition
        package var outcome: OutcomeClass
        package var reason: String
        package var strength: ConfirmationProfile?
        package var provesLive: Bool
        package var evidence: String
    }
}

/// All members hold, or the condition does not; a missing member asks nothing.
package struct Condition: Equatable, Sendable {
    /// Exact codes, or `4xx` as 400...499.
    package var status: [ClosedRange<Int>]
    package var json: [Test]
    package var headers: [Test]
    /// Case-insensitive text that the body contains.
    package var bodyContains: String?

    /// One scalar, found by JSON Pointer (`*` is any array element) or by header name, and what it must be.
    package struct Test: Equatable, Sendable {
        package var subject: String
        package var operation: Operation
    }

    package enum Operation: Equatable, Sendable {
        case equals(String)
        case isOne(of: [String])
        case present(Bool)
        case contains(String)
        case atMost(Double)
        case atLeast(Double)
        case beforeNow
    }
}

/// A reply as the rules see it: no transport, no secret.
package struct Reply: Equatable, Sendable {
    package var status: Int
    /// Names in lower case.
    package var headers: [String: String]
    /// At most 64 KiB, as text.
    package var body: String
    /// The body as JSON; nil when it is none.
    package var json: Tree?

    package init(status: Int, headers: [String: String], body: String, json: Tree?) {
        self.status = status
        self.headers = headers
        self.body = body
        self.json = json
    }
}

/// A reply in the provider's documented shape and the class it must be given.
package struct Fixture: Equatable, Sendable {
    package var name: String
    package var reply: Reply
    package var expect: OutcomeClass
    package var reason: String?
}
