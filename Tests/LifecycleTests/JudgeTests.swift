import Testing

@testable import Lifecycle

@Suite struct JudgeTests {
    /// 1994-11-06T08:49:37Z, the example of RFC 9110 section 5.6.7.
    static let now = Timestamp(seconds: 784_111_777)
    static let marks = ["content-type": "application/json", "request-id": "req_1"]

    static func policy(
        _ rules: [Judgement.Rule] = [], hysteresis: ConfirmationProfile = .flaky, lifetime: Lifetime = .hidden
    ) -> Policy {
        Policy(
            id: "test.kind", display: "Test",
            formats: [TokenFormat(prefixes: ["test-"], alphabet: .base64url, lengths: 20...20, priority: 1)],
            priority: 1, refreshPrefixes: [],
            probe: ProbeSpecification(
                mode: .active, cost: .free, request: ProbeRequest(method: "GET", path: "/", headers: []),
                hosts: ["example.com"], regions: [:], evidence: "K"),
            judgement: Judgement(
                evidence: .init(anyHeader: ["request-id"], anyPointer: ["/error/type"]), rules: rules,
                hysteresis: hysteresis),
            lifetime: lifetime, schedule: ProbeSchedule(interval: .hours(12), minimum: .hours(1)),
            replacement: Replacement(), fixtures: [], sources: [])
    }

    static func rule(
        _ status: Int, body: String? = nil, _ outcome: OutcomeClass, _ reason: String,
        strength: ConfirmationProfile? = nil, provesLive: Bool = false
    ) -> Judgement.Rule {
        Judgement.Rule(
            condition: Condition(status: [status...status], json: [], headers: [], bodyContains: body),
            outcome: outcome, reason: reason, strength: strength, provesLive: provesLive, evidence: "K")
    }

    static func reply(
        _ status: Int, _ headers: [String: String] = marks, _ json: Tree? = .map([:])
    ) -> Reply {
        Reply(status: status, headers: headers, body: json?.jsonText ?? "", json: json)
    }

    static func judged(_ reply: Reply, by policy: Policy = policy(), floor: Duration = .zero) -> Outcome {
        judge(reply, by: policy, now: now, retryFloor: floor)
    }

    struct Fallback: Sendable, CustomTestStringConvertible {
        let status: Int
        let outcome: OutcomeClass
        let reason: String
        var testDescription: String { "\(status)" }
    }

    static let fallbacks: [Fallback] =
        [200, 204, 400, 401, 403, 404, 418, 422].map {
            Fallback(status: $0, outcome: .unknown, reason: "unmatched_reply")
        } + [429].map { Fallback(status: $0, outcome: .rateLimited, reason: "rate_limited") }
        + [408, 500, 502, 503, 504, 529, 599].map {
            Fallback(status: $0, outcome: .providerDown, reason: "provider_error")
        }

    @Test(arguments: fallbacks) func withoutARuleTheStatusSpeaks(_ row: Fallback) {
        let outcome = Self.judged(Self.reply(row.status))
        #expect(outcome.kind == row.outcome)
        #expect(outcome.reason == row.reason)
        #expect(outcome.profile == .flaky)
        #expect(!outcome.showsLife)
    }

    @Test func theFirstRuleDecides() {
        let policy = Self.policy([
            Self.rule(401, body: "expired", .expired, "first", strength: .explicit),
            Self.rule(401, .invalid, "second"),
            Self.rule(403, .insufficientScope, "third", provesLive: true),
        ])
        let expired = Self.judged(Self.reply(401, Self.marks, .string("Token EXPIRED.")), by: policy)
        #expect((expired.kind, expired.reason, expired.profile) == (.expired, "first", .explicit))
        let other = Self.judged(Self.reply(401), by: policy)
        #expect((other.kind, other.reason, other.profile) == (.invalid, "second", .flaky))
        #expect(Self.judged(Self.reply(403), by: policy).provesLive)
    }

    struct Gated: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reply: Reply
        let gate: Gate?
    }

    static let gated: [Gated] =
        (300...308).map { Gated(testDescription: "\($0)", reply: reply($0), gate: .redirected) } + [
            Gated(testDescription: "proxy", reply: reply(407), gate: .proxy),
            Gated(testDescription: "portal", reply: reply(511), gate: .captivePortal),
            Gated(
                testDescription: "body one byte too long",
                reply: reply(401, marks, .string(String(repeating: "a", count: 65_535))), gate: .tooLarge),
            Gated(
                testDescription: "largest body",
                reply: reply(401, marks, .string(String(repeating: "a", count: 65_534))), gate: nil),
            Gated(testDescription: "no JSON", reply: reply(401, marks, nil), gate: .notFromProvider),
            Gated(
                testDescription: "HTML", reply: reply(401, ["content-type": "text/html", "request-id": "1"]),
                gate: .notFromProvider),
            Gated(
                testDescription: "problem JSON",
                reply: reply(
                    401, ["content-type": "Application/Problem+JSON; charset=utf-8", "request-id": "1"]),
                gate: nil),
            Gated(testDescription: "no content type", reply: reply(401, ["request-id": "1"]), gate: nil),
            Gated(
                testDescription: "mark in the body only",
                reply: reply(401, [:], .map(["error": .map(["type": .string("a")])])), gate: nil),
            Gated(
                testDescription: "mark is null",
                reply: reply(401, [:], .map(["error": .map(["type": .null])])), gate: .notFromProvider),
            Gated(
                testDescription: "marks of an edge only",
                reply: reply(401, ["content-type": "application/json", "cf-ray": "1", "via": "1"]),
                gate: .notFromProvider),
        ]

    @Test(arguments: gated) func gatesComeBeforeRules(_ row: Gated) {
        let anything = Condition(status: [100...599], json: [], headers: [])
        let deadly = Judgement.Rule(
            condition: anything, outcome: .invalid, reason: "dead", provesLive: false, evidence: "K")
        let outcome = Self.judged(row.reply, by: Self.policy([deadly]))
        #expect(outcome.reason == row.gate?.rawValue ?? "dead")
        #expect(outcome.kind == (row.gate == nil ? .invalid : .unknown))
        if row.gate != nil {
            #expect(outcome.requestID == nil)
            #expect(outcome.retryAfterMilliseconds == nil)
        }
    }

    static let requestIDs: [(String, String?)] = [
        ("req_011", "req_011"), ("a b\u{7}c\u{1b}[31m", "abc[31m"), ("é", nil), ("", nil),
        (String(repeating: "r", count: 300), String(repeating: "r", count: 128)),
    ]

    @Test(arguments: requestIDs)
    func requestIDsArePlain(_ sent: String, _ kept: String?) {
        let fromHeader = Self.reply(401, ["request-id": sent, "x-request-id": "other"])
        #expect(Self.judged(fromHeader).requestID == kept)
        let fromBody = Self.reply(
            401, [:], .map(["request_id": .string(sent), "error": .map(["type": .string("a")])]))
        #expect(Self.judged(fromBody).requestID == kept)
    }

    struct Wait: Sendable, CustomTestStringConvertible {
        let header: String?
        let floor: Duration
        let wait: Duration?
        var testDescription: String { "\(header ?? "none"), floor \(floor.shortText)" }
    }

    static let waits: [Wait] = [
        Wait(header: nil, floor: .seconds(60), wait: nil),
        Wait(header: "120", floor: .seconds(60), wait: .seconds(120)),
        Wait(header: "0", floor: .seconds(60), wait: .seconds(60)),
        Wait(header: "1", floor: .zero, wait: .seconds(1)),
        Wait(header: "86400", floor: .seconds(60), wait: .hours(24)),
        Wait(header: "86401", floor: .seconds(60), wait: .hours(24)),
        Wait(header: "99999999999999999999999", floor: .seconds(60), wait: .hours(24)),
        Wait(header: "-5", floor: .seconds(60), wait: .seconds(60)),
        Wait(header: "soon", floor: .seconds(60), wait: .seconds(60)),
        Wait(header: "", floor: .seconds(60), wait: .seconds(60)),
        Wait(header: "Sun, 06 Nov 1994 08:54:37 GMT", floor: .seconds(60), wait: .minutes(5)),
        Wait(header: "Sun, 06 Nov 1994 08:49:37 GMT", floor: .seconds(60), wait: .seconds(60)),
        Wait(header: "Sat, 05 Nov 1994 08:49:37 GMT", floor: .seconds(60), wait: .seconds(60)),
        Wait(header: "Fri, 31 Dec 9999 23:59:59 GMT", floor: .seconds(60), wait: .hours(24)),
        Wait(header: "Sun, 06 Nov 1994 08:54:37 CET", floor: .seconds(60), wait: .seconds(60)),
        Wait(header: "Sun, 31 Feb 1994 08:54:37 GMT", floor: .seconds(60), wait: .seconds(60)),
    ]

    @Test(arguments: waits) func waitsAsAskedWithinBounds(_ row: Wait) {
        var headers = Self.marks
        headers["retry-after"] = row.header
        let outcome = Self.judged(Self.reply(429, headers), floor: row.floor)
        #expect(outcome.retryAfterMilliseconds == row.wait?.milliseconds)
    }

    @Test func anAcceptedTokenNeedsNoWait() {
        let reply = Self.reply(200, ["request-id": "1", "retry-after": "120"])
        #expect(Self.judged(reply).retryAfterMilliseconds == nil)
    }

    static let expiries: [(Tree, String?)] = [
        (.string("2026-02-01T00:00:00Z"), "2026-02-01T00:00:00Z"),
        (.string("2026-02-01T01:30:00+01:30"), "2026-02-01T00:00:00Z"),
        (.string("2026-02-01"), "2026-02-01T00:00:00Z"), (.null, nil), (.string("never"), nil),
        (.number("1767225600"), nil), (.map([:]), nil),
    ]

    @Test(arguments: expiries)
    func expiryIsReadWhereThePolicySays(_ value: Tree, _ expiry: String?) {
        let reply = Self.reply(200, Self.marks, .map(["data": .map(["expires_at": value])]))
        let policy = Self.policy(lifetime: .inReply(Sighted(place: .pointer("/data/expires_at"), form: .rfc3339)))
        #expect(Self.judged(reply, by: policy).observedExpiry?.rfc3339 == expiry)
        #expect(Self.judged(reply).observedExpiry == nil)
    }
}
