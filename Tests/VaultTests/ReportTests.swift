import Lifecycle
import Testing
import Wire

@testable import Vault

/// What a gateway saw weighs like the answer to one probe, and nothing is sent for it.
@Suite struct ReportTests {
    private static let body = #"{"type":"error","error":{"message":"made up"}}"#

    private func report(
        _ bench: Bench, fingerprint: String? = nil, body: String? = body
    ) async throws -> ProbeResult {
        let order = ReportOrder(
            name: Bench.name, reply: ReportedReply(status: 401, headers: ["request-id": "req_7"]),
            fingerprint: fingerprint)
        let answer = try await bench.vault.answer(
            .report(order), secret: body.map { try Token.box($0) }, file: nil, from: Bench.peer)
        if case .failure(let fault) = answer.0 { throw fault }
        guard case .probed(let result) = answer.0 else { throw Unexpected(answer: answer.0) }
        return result
    }

    @Test func aReportedDeathIsOneConfirmation() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.revoked)
        #expect(try await report(bench).state == .suspect)
        let order = try #require(bench.prober.orders.last)
        #expect(order.reported == ReportedReply(status: 401, headers: ["request-id": "req_7"]))
        #expect(bench.prober.tokens.last == Self.body, "the body goes where a token would; no token goes along")
        #expect(bench.prober.count == 2)

        bench.clock.advance(.minutes(10))
        #expect(try await report(bench).state == .revoked)
        #expect(try await bench.report().reason == "revoked")
        let details = try await bench.vault.history(Bench.name, limit: 100).map(\.detail)
        #expect(details.count { $0 == "reported: invalid (revoked)" } == 2)
    }

    @Test func aReportOfLifeClearsTheSuspicion() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.revoked)
        _ = try await report(bench)
        bench.prober.answers(.accepted)
        #expect(try await report(bench, body: nil).state == .healthy)
        #expect(bench.prober.tokens.last == "")
    }

    /// Nobody asks by a timer here: this is the only way to learn of a death.
    @Test func aPassiveCredentialLearnsByReports() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.probing = .passive })
        bench.prober.answers(.accepted)
        #expect(try await report(bench).state == .healthy)
        bench.prober.answers(.expired)
        _ = try await report(bench)
        bench.clock.advance(.minutes(10))
        #expect(try await report(bench).state == .expired)
        #expect(try await bench.report().probing == .passive)
    }

    @Test func aReportAboutAnotherValueChangesNothing() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let fingerprint = try await bench.report().fingerprint
        bench.prober.answers(.revoked)
        let other = try await report(bench, fingerprint: "0000-0000-0000")
        #expect(other.state == .healthy && other.outcome == nil)
        #expect(other.skipped == "this is not the fingerprint of the live value")
        #expect(bench.prober.count == 1)
        #expect(try await report(bench, fingerprint: fingerprint).state == .suspect)
    }

    @Test func whatNoPolicyJudgesChangesNothing() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.kind = Policy.generic })
        let result = try await report(bench)
        #expect(result.outcome == nil && result.skipped == "its kind has no policy to judge by")
        #expect(bench.prober.count == 0)
    }

    /// The candidate waits for an answer to a question of our own.
    @Test func aReportIsAboutTheLiveValue() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.noAnswer)
        try await bench.rotate()
        bench.prober.answers(.accepted)
        _ = try await report(bench)
        #expect(try await bench.report().version == 1)
    }

    @Test func withoutProberNothingChanges() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.goAway()
        let fault = await fault { try await report(bench) }
        #expect(fault?.code == .unreachable && fault?.hint == "secret daemon start")
        #expect(try await bench.report().state == .healthy)
    }
}
