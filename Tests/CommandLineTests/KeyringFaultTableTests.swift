import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// Issue 3: whatever befalls the keyring, no command hangs, none loses a token, and none falls back to the vault without a word.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct KeyringFaultTableTests {
    @Test(arguments: KeyringTrouble.allCases) func isNamedInTime(_ trouble: KeyringTrouble) throws {
        var stage = try KeyringStage(trouble)
        var figures: [String] = []
        var worst = Duration.zero
        try stage.befall(trouble)
        for verb in KeyringVerb.allCases {
            let result = try stage.run(verb, trouble)
            figures.append("\(verb.rawValue) \(result.code) \(result.duration.milliseconds)")
            worst = max(worst, result.duration)
            if let told = trouble.told(verb) {
                #expect(told.codes.contains(result.code), "\(verb): \(result.code) \(result.talk)")
                let errors = result.talk.split(separator: "\n").filter { $0.hasPrefix("secret: error: ") }
                #expect(errors.contains { $0.contains(told.part) }, "\(verb): \(result.talk)")
                #expect(result.talk.contains("secret: hint: ") && !result.talk.contains("<"), "\(verb)")
                #expect(result.output.isEmpty, "\(verb)")
            } else {
                #expect(result.code == 0, "\(verb): \(result.talk)")
            }
            #expect(result.duration < .seconds(5), "\(verb): \(result.duration)")
            try renew(&stage, trouble, after: verb)
        }
        print(
            "keyring \(trouble.rawValue), exit code and ms: \(figures.joined(separator: ", ")); worst \(worst.milliseconds)"
        )
        try stage.mend(trouble)
        try expectNothingLost(stage, trouble)
    }

    /// What is over with one command is brought about again for the next.
    private func renew(_ stage: inout KeyringStage, _ trouble: KeyringTrouble, after verb: KeyringVerb) throws {
        switch trouble {
        case .killedInTheMiddle, .sessionKilledInTheMiddle:
            try stage.keyring.restart()
            try stage.befall(trouble)
        case .holderKilledInTheMiddle where verb != KeyringVerb.allCases.last: try stage.befall(trouble)
        case .sessionKilled where verb != KeyringVerb.allCases.last: try stage.befall(trouble)
        default: break
        }
    }

    private func expectNothingLost(_ stage: borrowing KeyringStage, _ trouble: KeyringTrouble) throws {
        for (name, possible) in stage.values {
            let read = try stage.desk.secret("read", name)
            #expect(read.code == 0 && possible.contains(read.text), "\(name): \(read.talk)")
        }
        // A new credential exists where it was acknowledged, and nowhere else.
        let added = try stage.desk.secret("status", "anthropic/new")
        #expect((added.code == 0) == (trouble.told(.add) == nil), "\(added.talk)")
        // Where the move was refused, the value is where it was.
        let other = try stage.desk.credential(KeyringStage.other)
        #expect(other.store == (trouble.told(.moveIn) == nil ? "keyring" : "vault"))
        #expect(try stage.desk.secret("verify").code == 0)
        if trouble.told(.add) != nil { try expectNoStrayItem(stage, held: trouble.told(.moveOut) == nil ? 0 : 1) }
    }

    /// What was put there for a command that failed is gone soon after the keyring answers again: the vault's key and its copy of the
    /// anchor are left, and the held value.
    private func expectNoStrayItem(_ stage: borrowing KeyringStage, held: Int) throws {
        let deadline = ContinuousClock.now + .seconds(20)
        var count = 0
        repeat {
            _ = try stage.desk.secret("read", Desk.name)
            count = try stage.keyring.itemIDs().count
        } while count != 2 + held && ContinuousClock.now < deadline
        #expect(count == 2 + held)
    }
}
