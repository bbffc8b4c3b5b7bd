import Foundation
import Testing

@testable import Lifecycle
@testable import Policies

@Suite struct BuiltInPoliciesTests {
    static let now = Timestamp(seconds: 1_767_225_600)

    @Test func allLoadWithTheMostSpecificFormatsFirst() throws {
        #expect(
            try PolicyFiles.policies().map(\.id) == [
                "anthropic.setup-token", "anthropic.admin-key", "anthropic.api-key", "openrouter.api-key",
                "openai.api-key",
            ])
    }

    @Test func everyFileOnDiskIsBuiltIn() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "../../Policies")
        let paths = try FileManager.default.subpathsOfDirectory(atPath: root.path)
            .filter { $0.hasSuffix(".yaml") }
        #expect(paths.sorted() == BuiltInPolicies.files.map(\.path).sorted())
        for file in BuiltInPolicies.files {
            #expect(try Data(contentsOf: root.appending(path: file.path)) == Data(file.bytes))
        }
    }

    @Test func fixturesAreJudgedAsTheyExpect() throws {
        for policy in try PolicyFiles.policies() {
            for fixture in policy.fixtures {
                let outcome = judge(fixture.reply, by: policy, now: Self.now, retryFloor: .zero)
                #expect(outcome.kind == fixture.expect, "\(policy.id) \(fixture.name)")
                #expect(fixture.reason ?? outcome.reason == outcome.reason, "\(policy.id) \(fixture.name)")
            }
        }
    }

    @Test func everyKindHasTheFixturesThatTheSimulatorServes() throws {
        for policy in try PolicyFiles.policies() {
            let names = Set(policy.fixtures.map(\.name))
            let needed: Set = [
                "accepted", "bad_token", "revoked", "no_credential", "rate_limited", "overloaded",
            ]
            #expect(needed.subtracting(names).isEmpty, "\(policy.id)")
        }
    }

    @Test func aMissingCredentialIsNeverADeathAndDiffersFromABadOne() throws {
        for policy in try PolicyFiles.policies() {
            let blank = try #require(policy.fixtures.first { $0.name == "no_credential" })
            let bad = try #require(policy.fixtures.first { $0.name == "bad_token" })
            #expect(!blank.expect.isDeath)
            #expect(!sameAnswer(blank.reply, bad.reply), "\(policy.id)")
            #expect(sameAnswer(blank.reply, blank.reply))
        }
    }

    /// Any one rule that says another class is caught by the fixtures alone, whatever else lint would say.
    @Test func flippingAnyRuleIsCaughtByAFixture() throws {
        var flips = 0
        for policy in try PolicyFiles.policies() {
            for rule in policy.judgement.rules.indices {
                for other in OutcomeClass.allCases where other != policy.judgement.rules[rule].outcome {
                    var flipped = policy
                    flipped.judgement.rules[rule].outcome = other
                    #expect(
                        Self.firstWrongFixture(of: flipped) != nil, "\(policy.id) rules[\(rule)] \(other)")
                    #expect(throws: FormatProblem.self) { try flipped.lint() }
                    flips += 1
                }
            }
        }
        #expect(flips == 66 * (OutcomeClass.allCases.count - 1))
    }

    private static func firstWrongFixture(of policy: Policy) -> String? {
        policy.fixtures.first {
            judge($0.reply, by: policy, now: now, retryFloor: .zero).kind != $0.expect
        }?.name
    }

    struct Disguise: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let reason: String
        let change: @Sendable (inout Reply) -> Void
    }

    static let disguises: [Disguise] = [
        Disguise(testDescription: "redirect", reason: "redirected") { $0.status = 302 },
        Disguise(testDescription: "not modified", reason: "redirected") { $0.status = 304 },
        Disguise(testDescription: "proxy", reason: "proxy") { $0.status = 407 },
        Disguise(testDescription: "captive portal", reason: "captive_portal") { $0.status = 511 },
        Disguise(testDescription: "HTML", reason: "not_from_provider") {
            $0.headers["content-type"] = "text/html"
        },
        Disguise(testDescription: "no JSON", reason: "not_from_provider") { $0.json = nil },
        Disguise(testDescription: "no mark", reason: "not_from_provider") {
            $0.headers = [:]
            $0.json = .map(["notice": .string("Invalid bearer token, User not found")])
        },
        Disguise(testDescription: "too large", reason: "too_large") {
            $0.body += String(repeating: " ", count: Judgement.largestBody)
        },
    ]

    @Test(arguments: disguises)
    func noReplyInDisguiseSaysAnythingAboutAToken(_ disguise: Disguise) throws {
        for policy in try PolicyFiles.policies() {
            for fixture in policy.fixtures where fixture.name != "edge_page" {
                var reply = fixture.reply
                disguise.change(&reply)
                let outcome = judge(reply, by: policy, now: Self.now, retryFloor: .zero)
                #expect(outcome.kind == .unknown, "\(policy.id) \(fixture.name)")
                #expect(outcome.reason == disguise.reason, "\(policy.id) \(fixture.name)")
                #expect(!outcome.showsLife)
            }
        }
    }

    @Test func theSetupTokenIsAsDesigned() throws {
        let policy = try PolicyFiles.policy("anthropic.setup-token")
        #expect(policy.probe.mode == .active)
        #expect(policy.probe.hosts == ["api.anthropic.com"])
        #expect(policy.probe.request?.path == "/v1/models?limit=1")
        #expect(policy.probe.request?.headers.filter(\.carriesToken).map(\.value) == ["Bearer {{token}}"])
        #expect(policy.schedule == ProbeSchedule(interval: .hours(12), minimum: .hours(1)))
        #expect(policy.lifetime == .fixed(.days(365)))
        #expect(policy.judgement.hysteresis == .flaky)
        #expect(policy.replacement.command == "claude setup-token")
        #expect(policy.probe.consent?.contains("terms") == true)
    }

    @Test func openRouterTellsItsExpiry() throws {
        let policy = try PolicyFiles.policy("openrouter.api-key")
        let fixture = try #require(policy.fixtures.first { $0.name == "expiring" })
        let outcome = judge(fixture.reply, by: policy, now: Self.now, retryFloor: .zero)
        #expect(outcome.observedExpiry == Timestamp(rfc3339: "2026-02-01T00:00:00Z"))
    }
}
