internal import ArgumentParser
internal import Keyring

extension KeyringVerbs {
    struct State: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print whether the keyring is present, locked, absent or hung.",
            discussion: "Ends with 0, 75, 69 and 69.")

        @OptionGroup var prompt: PromptOption

        func run() throws {
            let state = SecretServiceKeeper(mayPrompt: prompt.mayPrompt).state()
            print(state.rawValue)
            switch state {
            case .present: return
            case .locked: throw KeyringError.locked
            case .absent: throw KeyringError.absent
            case .hung: throw KeyringError.hung
            }
        }
    }
}
