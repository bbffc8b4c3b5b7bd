/// How one kind of token is recognised, probed, judged, and replaced. Decoded from `Policies/**.yaml`.
package struct Policy: Equatable, Sendable {
    /// The kind without a policy: a secret that is kept byte for byte, and that nobody is asked about.
    package static let generic = "generic.secret"

    /// A stable key such as `anthropic.setup-token`, stored with each credential.
    package var id: String
    package var display: String
    /// What its tokens look like: at least one form.
    package var formats: [TokenFormat]
    /// Kinds with a higher number are recognised first.
    package var priority: Int
    /// What begins so renews other tokens and is used up by use: it is never stored.
    package var refreshPrefixes: [String]
    /// The values that a token of this kind is made of; nil when it is one.
    package var parts: TokenParts?
    package var probe: ProbeSpecification
    package var judgement: Judgement
    package var lifetime: Lifetime
    package var schedule: ProbeSchedule
    package var replacement: Replacement
    package var fixtures: [Fixture]
    package var sources: [String]
    package var origin = PolicyOrigin.builtIn
    /// What a person must agree to before a token is sent; of what is built in nothing but its own question.
    package var toConfirm: [String] = []
}

/// Several values that are kept as one, such as an account's id and its secret.
package struct TokenParts: Equatable, Sendable {
    package var separator: UInt8
    /// In the order in which they are pasted; those at the end may be missing.
    package var names: [String]
    /// Names of those that are no secret and may stand in an address.
    package var publicNames: [String]

    /// Where a part lies in a token; nil when it is not there.
    ///
    /// A separator in the last part belongs to it.
    package func range(of name: String, in token: Span<UInt8>) -> Range<Int>? {
        guard let wanted = names.firstIndex(of: name) else { return nil }
        var start = 0
        for part in 0..<names.count {
            var end = start
            while end < token.count, part == names.count - 1 || token[end] != separator { end += 1 }
            if part == wanted { return start < end ? start..<end : nil }
            guard end < token.count else { return nil }
            start = end + 1
        }
        return nil
    }
}

/// When the token ends, as far as its kind tells.
package enum Lifetime: Equatable, Sendable {
    /// A known span from minting; an expiry derived from it is `estimated`.
    case fixed(Duration)
    /// The reply carries the date.
    case inReply(Sighted)
    /// The token carries it: the `exp` claim of a JSON Web Token (RFC 7519 section 4.1.4).
    case inToken
    /// The provider knows and does not say: a person may declare it.
    case hidden
    /// Nothing published: such tokens are not known to end by themselves.
    case none
}

/// A time in a reply: where it stands and how it is written.
package struct Sighted: Equatable, Sendable {
    package var place: Place
    package var form: Form

    package enum Place: Equatable, Sendable {
        /// A JSON Pointer.
        case pointer(String)
        /// In lower case.
        case header(String)
    }

    package enum Form: String, CaseIterable, Equatable, Sendable {
        /// A date alone is midnight in UTC.
        case rfc3339
        case epochSeconds = "epoch_s"
        case epochMilliseconds = "epoch_ms"
        /// From now on.
        case seconds
        /// From now on, such as `6m0s` (pkg.go.dev/time#ParseDuration).
        case goDuration = "go_duration"
        /// `2026-11-22 10:00:00 UTC` or `2026-11-22 10:00:00 +0200` (google/go-github#2649).
        case githubDatetime = "github_datetime"
    }
}

package struct ProbeSchedule: Equatable, Sendable {
    package var interval: Duration
    /// No configuration and no command but `secret probe` asks more often.
    package var minimum: Duration
}

/// What a person does to get a new token, and what to do when one leaked.
package struct Replacement: Equatable, Sendable {
    /// The kind's own command, such as `claude setup-token`; nil when there is only a page.
    package var command: String?
    /// Where a person makes a new one, such as `platform.claude.com`.
    package var page: String?
    package var advice: String?
    package var leak: String?
}
