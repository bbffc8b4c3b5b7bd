internal import ArgumentParser
internal import Sealing

/// What runs in the person's session and needs its libraries; `secret` starts it, one call a process.
@main
struct SecretSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret-session",
        abstract: "The part of Tokenward that runs in your session.",
        subcommands: [KeyringVerbs.self])

    static func main() {
        ProcessHardening.apply()
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Complaint.end(of: error)
        }
    }
}

/// `keyring`: one key at a time into the Secret Service and back.
struct KeyringVerbs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keyring",
        abstract: "Keep keys in the Secret Service.",
        subcommands: [State.self, Create.self, Fetch.self, Delete.self])
}

/// Asking the person is never the default: a scheduler may be the caller.
struct PromptOption: ParsableArguments {
    @Flag(name: .customLong("prompt"), help: "Let the keyring ask you to unlock it; waits up to two minutes.")
    var mayPrompt = false
}
