import Lifecycle
import Probing
import Testing
import secret_simulator

/// What becomes of answers and faults over real sockets on loopback.
@Suite struct FaultMatrixTests {
    struct Row: Sendable, CustomTestStringConvertible {
        var fault = Fault.none
        let fixture: String, kind: OutcomeClass, reason: String, requests: Int
        var testDescription: String { "\(fault) \(fixture)" }
    }
    static let rows = [
        Row(fixture: "accepted", kind: .valid, reason: "accepted", requests: 1),
        Row(fixture: "expired", kind: .expired, reason: "token_expired", requests: 2),
        Row(fixture: "revoked", kind: .invalid, reason: "revoked", requests: 2),
        Row(fixture: "bad_token", kind: .invalid, reason: "bad_token", requests: 2),
        Row(fixture: "wrong_header", kind: .wrongKind, reason: "sent_as_api_key", requests: 2),
        Row(fixture: "quota", kind: .quotaOrBilling, reason: "credit_too_low", requests: 1),
        Row(fixture: "overloaded", kind: .providerDown, reason: "overloaded", requests: 1),
        Row(fixture: "closed_to_oauth", kind: .unknown, reason: "endpoint_closed_to_oauth", requests: 1),
        Row(
            fault: .mangled, fixture: "expired", kind: .unknown, reason: "credential_not_received",
            requests: 2),
        Row(fault: .redirect, fixture: "accepted", kind: .unknown, reason: "redirected", requests: 1),
        Row(fault: .portal, fixture: "accepted", kind: .unknown, reason: "not_from_provider", requests: 1),
        Row(fault: .storm, fixture: "revoked", kind: .unknown, reason: "not_from_provider", requests: 1),
        Row(fault: .cut, fixture: "revoked", kind: .providerDown, reason: "cut_off", requests: 1),
        Row(fault: .huge, fixture: "revoked", kind: .unknown, reason: "too_large", requests: 1),
        Row(fault: .noise, fixture: "revoked", kind: .unknown, reason: "malformed_reply", requests: 1),
    ]

    @Test(arguments: rows) func judges(_ row: Row) async throws {
        try await Rig().during { rig in
            let token = try rig.token(answered: row.fixture)
            rig.provider.fault(row.fault)
            let report = await rig.probe(token)
            #expect(report.outcome.kind == row.kind)
            #expect(report.outcome.reason == row.reason)
            #expect(report.requests == row.requests)
            #expect(rig.provider.requests == row.requests, "the provider counts the same")
            #expect(rig.provider.strays == 0, "no redirect is followed")
        }
    }

    @Test(arguments: [Fault.slow, .stall]) func silenceEndsAtTheTimeout(_ fault: Fault) async throws {
        try await Rig(timeout: Rig.short).during { rig in
            let token = try rig.token(answered: "revoked")
            rig.provider.fault(fault)
            let report = await rig.probe(token)
            #expect(report.outcome == Outcome(.providerDown, reason: "timed_out"))
            #expect(report.requests == 1)
        }
    }

    /// Every answer of every kind under every fault that hides the answer: none may look like a death.
    @Test func noFaultLooksLikeADeath() async throws {
        let faults: [Fault] = [.redirect, .portal, .storm, .cut, .huge, .noise, .mangled]
        var points = 0
        try await Rig().during { rig in
            for policy in rig.samples.policies.policies {
                for fixture in policy.fixtures {
                    let token = try rig.token(answered: fixture.name, kind: policy.id)
                    for fault in faults {
                        rig.provider.fault(fault)
                        let outcome = await rig.probe(token, kind: policy.id).outcome
                        #expect(!outcome.kind.isDeath, "\(policy.id) \(fixture.name) under \(fault)")
                        #expect(!outcome.showsLife, "\(policy.id) \(fixture.name) under \(fault)")
                        points += 1
                    }
                }
            }
            #expect(rig.provider.strays == 0)
        }
        print("fault matrix: \(points) points")
        #expect(points > 500)
    }

    @Test func anUnknownTokenIsBad() async throws {
        try await Rig().during { rig in
            let report = await rig.probe(try rig.samples.token())
            #expect(report.outcome.kind == .invalid)
            #expect(report.requests == 2)
        }
    }

    /// What the policies expect of their fixtures also holds after the way through both programs.
    @Test func everyFixtureIsServedAsItIsJudged() async throws {
        try await Rig().during { rig in
            for policy in rig.samples.policies.policies where policy.probe.request != nil {
                for fixture in policy.fixtures where fixture.name != "no_credential" {
                    let token = try rig.token(answered: fixture.name, kind: policy.id)
                    let outcome = await rig.probe(token, kind: policy.id).outcome
                    #expect(outcome.kind == fixture.expect, "\(policy.id) \(fixture.name)")
                }
            }
        }
    }
}
