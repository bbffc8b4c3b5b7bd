internal import ArgumentParser
internal import Keyring

extension KeyringVerbs {
    struct State: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print whether the keyring is present, locked, absent, hung or prompting.",
            discussion: "Ends with 0, 75, 69, 69 and 75.")

        @OptionGroup var prompt: PromptOption

        func run() throws {
            let state = prompt.keeper.state()
            print(state.rawValue)
            switch state {
            case .present: return
            case .locked: throw KeyringError.locked
            case .absent: throw KeyringError.absent
            case .hung: throw KeyringError.hung
            case .prompting: throw KeyringError.prompting
            }
        }
    }
}
