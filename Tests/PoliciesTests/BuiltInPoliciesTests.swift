import Foundation
import Testing

@testable import Lifecycle
@testable import Policies

@Suite struct BuiltInPoliciesTests {
    static let now = Timestamp(seconds: 1_767_225_600)

    /// DESIGN and issue 5: 42 kinds, those whose answers are documented asked by default.
    static let asked: Set = [
        "anthropic.setup-token", "anthropic.api-key", "anthropic.admin-key", "openai.api-key", "openrouter.api-key",
        "google.gemini-api-key", "github.token", "gitlab.pat", "slack.bot-token", "discord.bot-token",
        "telegram.bot-token", "huggingface.token", "cloudflare.api-token",
    ]
    /// Asked by default too: endpoint and death answers are documented (letter D).
    static let askedBesides: Set = [
        "mistral.api-key", "xai.api-key", "deepseek.api-key", "cohere.api-key", "moonshot.api-key",
        "deepgram.api-key", "tavily.api-key", "slack.app-token", "notion.token", "linear.api-key", "stripe.api-key",
        "twilio.credentials", "sendgrid.api-key", "digitalocean.token", "datadog.keys",
    ]
    static let unasked: Set = ["anthropic.oauth-pair", "openai.codex-oauth", "aws.access-key"]

    @Test func allLoadWithTheMostSpecificFormatsFirst() throws {
        let policies = try PolicyFiles.policies()
        #expect(policies.count == 42)
        #expect(policies.first?.id == "anthropic.setup-token")
        #expect(policies.map(\.priority) == policies.map(\.priority).sorted(by: >))
    }

    @Test func whatIsAskedByDefaultIsWhatIsDocumented() throws {
        let policies = try PolicyFiles.policies()
        let active = Set(policies.filter { $0.probe.mode == .active }.map(\.id))
        #expect(active == Self.asked.union(Self.askedBesides))
        for policy in policies where Self.askedBesides.contains(policy.id) {
            #expect(policy.probe.evidence.contains("D"), "\(policy.id)")
            let deaths = policy.judgement.rules.filter(\.outcome.isDeath)
            #expect(deaths.contains { $0.evidence.contains("D") }, "\(policy.id)")
        }
        #expect(Set(policies.filter { $0.probe.mode == .off }.map(\.id)) == Self.unasked)
        for policy in policies where policy.probe.mode == .passive {
            #expect(policy.probe.consent != nil, "\(policy.id) says what is not documented")
        }
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
        for policy in try PolicyFiles.policies() where policy.probe.request != nil {
            let names = Set(policy.fixtures.map(\.name))
            let needed: Set = [
                "accepted", "bad_token", "revoked", "no_credential", "rate_limited", "overloaded",
            ]
            #expect(needed.subtracting(names).isEmpty, "\(policy.id)")
        }
    }

    @Test func aMissingCredentialIsNeverADeathAndDiffersFromABadOne() throws {
        for policy in try PolicyFiles.policies() where policy.probe.request != nil {
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
        print("flipped rules: \(flips)")
        #expect(flips == 317 * (OutcomeClass.allCases.count - 1))
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
