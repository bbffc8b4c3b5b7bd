import Lifecycle
import Probing
import Sealing
import TestSupport
import Testing

/// The prober's own decisions, without a network.
@Suite struct ProberTests {
    let samples: Samples
    let clock = InstantClock()

    init() throws { samples = try Samples() }

    private func probe(
        _ script: [Result<Reply, TransportFailure>], kind: String = Samples.setupToken, baseURL: String? = nil
    ) async throws -> (report: ProbeReport, sent: [ScriptedTransport.Sent]) {
        let transport = ScriptedTransport(script)
        let prober = Prober(
            policies: samples.policies, transport: transport,
            rate: HostRate(interval: .seconds(2), clock: clock), retryFloor: .seconds(60),
            now: { Timestamp(seconds: 1_795_000_000) })
        let report = await prober.probe(ProbeOrder(kind: kind, baseURL: baseURL), token: try samples.token())
        return (report, transport.sent)
    }

    @Test func anUnknownKindIsNotAsked() async throws {
        let (report, sent) = try await probe([], kind: "nobody.token")
        #expect(report == ProbeReport(outcome: Outcome(.unknown, reason: "unknown_kind"), requests: 0))
        #expect(sent.isEmpty)
    }

    @Test(arguments: [
        "http://api.anthropic.com", "http://192.168.1.1", "https://u@api.anthropic.com", "nonsense",
    ])
    func plainTextAndOddAddressesAreNotAsked(_ baseURL: String) async throws {
        let (report, sent) = try await probe([], baseURL: baseURL)
        #expect(report == ProbeReport(outcome: Outcome(.unknown, reason: "base_url_refused"), requests: 0))
        #expect(sent.isEmpty)
    }

    @Test func asksThePolicysHostUnlessAnotherWasSealed() async throws {
        let accepted = try samples.reply("accepted")
        #expect(
            try await probe([.success(accepted)]).sent.map(\.url) == [
                "https://api.anthropic.com/v1/models?limit=1"
            ])
        #expect(
            try await probe([.success(accepted)], baseURL: "https://gw.example.com/a").sent.map(\.url)
                == ["https://gw.example.com/a/v1/models?limit=1"])
    }

    @Test func aDeathIsAskedAgainWithoutTheTokenInTheHostsTurn() async throws {
        let (report, sent) = try await probe([
            .success(try samples.reply("revoked")), .success(try samples.reply("no_credential")),
        ])
        #expect(report.outcome.kind == .invalid)
        #expect(report.requests == 2)
        #expect(sent.map { $0.headerNames.contains("authorization") } == [true, false])
        #expect(Set(sent.map(\.url)).count == 1)
        #expect(clock.now.offset == .seconds(2), "the control waits for its turn too")
    }

    struct Control: Sendable, CustomTestStringConvertible {
        let name: String, answer: Result<Reply, TransportFailure>, reason: String
        var testDescription: String { name }
    }
    static func page(_ status: Int) -> Result<Reply, TransportFailure> {
        .success(Reply(status: status, headers: ["content-type": "text/html"], body: "<html>", json: nil))
    }
    static let controls = [
        Control(name: "no answer", answer: .failure(.timedOut), reason: "control_inconclusive"),
        Control(name: "wrong certificate", answer: .failure(.tls), reason: "control_inconclusive"),
        Control(name: "page", answer: page(401), reason: "control_inconclusive"),
        Control(name: "redirect", answer: page(302), reason: "control_inconclusive"),
        Control(name: "proxy", answer: page(407), reason: "control_inconclusive"),
    ]

    @Test(arguments: controls) func aDoubtfulControlTakesTheDeathBack(_ control: Control) async throws {
        let (report, _) = try await probe([.success(try samples.reply("revoked")), control.answer])
        #expect(report.outcome == Outcome(.unknown, reason: control.reason))
        #expect(report.requests == (control.name == "wrong certificate" ? 1 : 2))
    }

    @Test(arguments: [
        ("revoked", "credential_not_received"), ("overloaded", "control_inconclusive"),
        ("rate_limited", "control_inconclusive"), ("provider_error", "control_inconclusive"),
    ])
    func aControlFromTheProviderCanTakeItBackToo(_ fixture: String, _ reason: String) async throws {
        let (report, _) = try await probe([
            .success(try samples.reply("revoked")), .success(try samples.reply(fixture)),
        ])
        #expect(report.outcome == Outcome(.unknown, reason: reason))
    }

    @Test(arguments: [
        "accepted", "claude_code_only", "closed_to_oauth", "rate_limited", "overloaded", "quota",
    ])
    func otherAnswersNeedNoControl(_ fixture: String) async throws {
        let (report, _) = try await probe([.success(try samples.reply(fixture))])
        #expect(report.requests == 1)
    }

    @Test func aRequestIDThatEchoesTheTokenIsDropped() async throws {
        var reply = try samples.reply("accepted")
        reply.headers["request-id"] = "req_0123456789"
        #expect(try await probe([.success(reply)]).report.outcome.requestID == "req_0123456789")
        reply.headers["request-id"] = "id-" + String(repeating: "x", count: 20)
        #expect(try await probe([.success(reply)]).report.outcome.requestID == nil)
    }

    struct Reported: Sendable, CustomTestStringConvertible {
        let testDescription: String, status: Int, headers: [String: String], body: String?
        let kind: OutcomeClass, reason: String
    }
    private static let revoked = #"{"type":"error","error":{"message":"OAuth token has been revoked."}}"#
    static let reported = [
        Reported(
            testDescription: "the provider's own words", status: 403, headers: [:], body: revoked, kind: .invalid,
            reason: "revoked"),
        Reported(
            testDescription: "a page", status: 403, headers: ["content-type": "text/html"], body: "<html>no</html>",
            kind: .unknown, reason: "not_from_provider"),
        Reported(
            testDescription: "a proxy", status: 407, headers: [:], body: revoked, kind: .unknown,
            reason: "proxy"),
        Reported(
            testDescription: "a status alone", status: 401, headers: [:], body: nil, kind: .unknown,
            reason: "not_from_provider"),
        Reported(
            testDescription: "half a body", status: 403, headers: [:], body: String(revoked.dropLast(4)),
            kind: .unknown, reason: "not_from_provider"),
        Reported(
            testDescription: "overload", status: 529, headers: ["request-id": "req_1"],
            body: #"{"type":"error","error":{"type":"overloaded_error"}}"#, kind: .providerDown, reason: "overloaded"),
    ]

    /// What somebody else was answered passes the same gates and rules, and nobody is asked.
    @Test(arguments: reported) func judgesWhatWasReported(_ row: Reported) throws {
        let prober = Prober(
            policies: samples.policies, transport: ScriptedTransport([]),
            rate: HostRate(interval: .seconds(2), clock: clock), retryFloor: .seconds(60),
            now: { Timestamp(seconds: 1_795_000_000) })
        let report = prober.judged(
            ProbeOrder(kind: Samples.setupToken), ReportedReply(status: row.status, headers: row.headers),
            body: try row.body.map { try SecretBox($0) })
        #expect(report.outcome.kind == row.kind)
        #expect(report.outcome.reason == row.reason)
        #expect(report.outcome.requestID == nil && report.requests == 0)
    }
}
