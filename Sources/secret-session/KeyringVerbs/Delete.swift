internal import ArgumentParser
internal import Keyring

extension KeyringVerbs {
    struct Delete: ParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Remove the key under an id.")

        @OptionGroup var item: ItemOption
        @OptionGroup var prompt: PromptOption

        func run() throws {
            try prompt.keeper.delete(item.id)
        }
    }
}
