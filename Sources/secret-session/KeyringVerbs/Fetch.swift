internal import ArgumentParser
internal import Keyring

extension KeyringVerbs {
    struct Fetch: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Write the key under an id to a pipe, and behind it another item, which may be missing.")

        @OptionGroup var item: ItemOption
        @Option(name: .customLong("fd"), help: "The inherited pipe to write to.") var descriptor: Int32
        @Option(help: "Another id, 32 hexadecimal digits.", transform: ItemOption.parsed) var also: KeyringItemID?
        @OptionGroup var prompt: PromptOption

        func run() throws {
            let outlet = try KeyOutlet(descriptor: descriptor)
            let start = ContinuousClock.now
            let key = try prompt.keeper.fetch(item.id)
            try outlet.send(key)
            guard let also else { return }
            do { try outlet.send(prompt.keeper(startedAt: start).fetch(also)) } catch KeyringError.missing {}
        }
    }
}

/// The id that `create` wrote.
struct ItemOption: ParsableArguments {
    @Option(help: "The key's id, 32 hexadecimal digits.", transform: Self.parsed) var id: KeyringItemID

    static func parsed(_ text: String) throws -> KeyringItemID {
        guard let id = KeyringItemID(hex: text) else {
            throw ValidationError("an id is 32 hexadecimal digits")
        }
        return id
    }
}
