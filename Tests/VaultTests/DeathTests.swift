import Lifecycle
import Testing
import Wire
import secret_simulator

@testable import Vault

/// Issue 5, "Must show" 3: every answer that says that a token is dead, of every kind that is asked, is believed within its profile's time
/// and named by its cause.
@Suite(.timeLimit(.minutes(10))) struct DeathTests {
    private struct Finding {
        var isFound = false
        var isInTime = false
        var isNamed = false
    }

    @Test func everyTrueDeathIsFoundInTimeAndNamed() async throws {
        var findings: [String: Finding] = [:]
        var kinds: Set<String> = []
        for policy in try Bench.catalogue.get().policies where policy.probe.request != nil && policy.probe.cost == .free
        {
            for fixture in policy.fixtures where fixture.expect.isDeath {
                kinds.insert(policy.id)
                findings["\(policy.id) \(fixture.name)"] = try await finding(of: fixture, policy)
            }
        }
        for (name, finding) in findings where !(finding.isFound && finding.isInTime) {
            Issue.record("\(name): found \(finding.isFound), in time \(finding.isInTime)")
        }
        let named = findings.values.count(where: \.isNamed)
        print("true deaths: \(findings.count) answers of \(kinds.count) kinds, all found; cause right in \(named)")
        #expect(kinds.count >= 35 && findings.count >= 80)
        #expect(named * 100 >= findings.count * 98)
    }

    /// From the first bad answer to the verdict; what each profile needs, with the waits between its questions.
    private static let longest: [ConfirmationProfile: Duration] = [
        .explicit: .minutes(12), .generic: .minutes(105), .flaky: .hours(8),
    ]

    private func finding(of fixture: Fixture, _ policy: Policy) async throws -> Finding {
        var finding = Finding()
        try await FaultDay.during { day in
            let number = try await day.add(policy.id)
            guard day.provider.set(number, to: fixture.name) else { return }
            try await day.bench.run(until: Bench.start + policy.schedule.interval * 2 + .hours(10))
            let report = try await day.bench.report()
            finding.isFound = report.verdict == (fixture.expect == .expired ? "expired" : "revoked")
            finding.isNamed = report.reason == fixture.reason
            let verdicts = try await day.bench.vault.history(Bench.name, limit: 1000).reversed().filter {
                $0.event == "verdict"
            }
            guard let first = verdicts.first(where: { $0.detail.hasPrefix("healthy -> suspect") }),
                let last = verdicts.last, let from = Timestamp(rfc3339: first.at), let to = Timestamp(rfc3339: last.at)
            else { return }
            let outcome = judge(fixture.reply, by: policy, now: Bench.start, retryFloor: .zero)
            finding.isInTime = to - from <= Self.longest[outcome.profile] ?? .zero
        }
        return finding
    }
}
