/// How one kind of token is recognised, probed, judged, and replaced. Decoded from `Policies/**.yaml`.
package struct Policy: Equatable, Sendable {
    /// The kind without a policy: a secret that is kept byte for byte, and that nobody is asked about.
    package static let generic = "generic.secret"

    /// A stable key such as `anthropic.setup-token`, stored with each credential.
    package var id: String
    package var display: String
    package var format: TokenFormat
    package var probe: ProbeSpecification
    package var judgement: Judgement
    package var lifetime: Lifetime
    package var schedule: ProbeSchedule
    package var replacement: Replacement
    package var fixtures: [Fixture]
    package var sources: [String]
}

/// When the token ends, as far as its kind tells.
package enum Lifetime: Equatable, Sendable {
    /// A known span from minting; an expiry derived from it is `estimated`.
    case fixed(Duration)
    /// The reply carries the date, at a JSON Pointer.
    case inReply(pointer: String)
    /// The provider knows and does not say, or there is none.
    case hidden
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

/// Where and how a credential of this kind may be tried.
package struct ProbeSpecification: Equatable, Sendable {
    package enum Mode: String, CaseIterable, Equatable, Sendable { case active, passive, off }
    /// What happens when a person says nothing at `add`.
    package var mode: Mode
    package var request: ProbeRequest
    /// The only hosts that a token of this kind may be sent to, lower case; the first is asked.
    package var hosts: [String]
    /// Shown once before the first probe of this kind and answered by a person; nil when none is needed.
    package var consent: String?
    /// Letters: D documented by the provider, O observed in public, S from a scanner, I inferred, K general
    /// knowledge.
    package var evidence: String
}

package struct ProbeRequest: Equatable, Sendable {
    package var method: String
    /// With the leading slash and the query; it never holds the token.
    package var path: String
    /// `{{token}}` stands for the secret in exactly one header.
    package var headers: [Header]

    package struct Header: Equatable, Sendable {
        package var name: String
        package var value: String
        package init(name: String, value: String) {
            self.name = name
            self.value = value
        }
        package var carriesToken: Bool { value.contains("{{token}}") }
    }
}
