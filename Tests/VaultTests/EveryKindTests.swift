import Lifecycle
import Testing
import Wire
import secret_simulator

@testable import Vault

/// A token of each form of each kind is taken for what it is.
@Suite struct EveryKindTests {
    @Test func everyFormIsRecognised() throws {
        let catalogue = try Bench.catalogue.get()
        var generator = SystemRandomNumberGenerator()
        var count = 0
        for policy in catalogue.policies {
            for form in policy.formats {
                for round in 0..<5 {
                    let token = form.mint(using: &generator)
                    let wanted = form.isNamedOnly ? policy.id : round.isMultiple(of: 2) ? policy.id : nil
                    let reading = Paste.read(
                        Array(token.utf8).span, kinds: catalogue.pasteKinds, refreshing: catalogue.refreshPrefixes,
                        wanted: wanted, asIs: false)
                    guard case .token(let cleaned, let guess) = reading else {
                        Issue.record("\(policy.id) \(form.prefixes) \(wanted ?? "unnamed") is refused: \(reading)")
                        break
                    }
                    #expect(cleaned.count == token.utf8.count, "\(policy.id) \(form.prefixes)")
                    #expect(guess.kind.id == policy.id, "\(policy.id) \(form.prefixes) unnamed: \(guess.kind.id)")
                    count += 1
                }
            }
        }
        print("forms: \(count) tokens of \(catalogue.policies.count) kinds are taken for what they are")
    }
}
