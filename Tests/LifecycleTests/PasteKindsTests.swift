import Policies
import TestSupport
import Testing
import secret_simulator

@testable import Lifecycle

/// Issue 5, "Must show" 5: mangled pastes of every kind are repaired or named, and none becomes another token.
@Suite struct PasteKindsTests {
    @Test func mangledPastesOfEveryKind() throws {
        let catalogue = try BuiltInPolicies.load()
        let kinds = catalogue.pasteKinds
        var random = SplitMix(state: 500)
        var generator = SystemRandomNumberGenerator()
        var (repaired, others) = (0, 0)
        var longest = Duration.zero
        let clock = ContinuousClock()
        let total = 504
        for round in 0..<total {
            let policy = catalogue.policies[round % catalogue.policies.count]
            let form = policy.formats[round / catalogue.policies.count % policy.formats.count]
            let token = form.mint(using: &generator)
            var mangler = Mangler(random: random, token: token)
            let paste = Array(mangler.mangled(times: 1 + round % 2).utf8)
            random = mangler.random
            let wanted = form.isNamedOnly || round.isMultiple(of: 2) ? policy.id : nil
            let start = clock.now
            let reading = Paste.read(
                paste.span, kinds: kinds, refreshing: catalogue.refreshPrefixes, wanted: wanted, asIs: false)
            longest = max(longest, clock.now - start)
            guard case .token(let cleaned, let guess) = reading else { continue }
            let found = String(decoding: cleaned.ranges.flatMap { paste[$0] }, as: UTF8.self)
            if found == token, guess.kind.id == policy.id {
                repaired += 1
            } else {
                others += 1
                Issue.record(
                    "\(policy.id) after \(mangler.steps) became another token of \(guess.kind.id), \(found.count) of \(token.count)"
                )
            }
        }
        print(
            "pastes: \(repaired) of \(total) repaired, the others refused by name, \(others) turned into another; the longest took \(longest)"
        )
        #expect(repaired * 100 >= total * 80)
    }
}
