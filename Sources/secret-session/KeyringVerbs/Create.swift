internal import ArgumentParser
internal import Keyring
internal import Sealing

extension KeyringVerbs {
    struct Create: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a key, keep it, and write its id and the key to a pipe.",
            discussion: "Writes 16 bytes of id and 32 bytes of key to the descriptor.")

        @Option(name: .customLong("fd"), help: "The inherited pipe to write to.") var descriptor: Int32
        @OptionGroup var prompt: PromptOption

        func run() throws {
            let outlet = try KeyOutlet(descriptor: descriptor)
            let keeper = prompt.keeper
            let key = try SecretBytes.random(count: 32)  // XChaCha20-Poly1305's key size
            let id = KeyringItemID.random()
            try keeper.store(key, as: id)
            do { try outlet.send(key, after: id.bytes) } catch {
                try? keeper.delete(id)  // nobody will know its id; the failed hand-over is what matters
                throw error
            }
        }
    }
}
