internal import ArgumentParser
internal import Keyring
internal import Sealing

/// What runs in the person's session and needs its libraries; `secret` starts it, for one call or to serve the key holder.
@main
struct SecretSession: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret-session",
        abstract: "The part of Tokenward that runs in your session.",
        subcommands: [Serve.self, RunVerb.self, KeyringVerbs.self, PolicyVerbs.self, PromptVerb.self, NotifyVerbs.self])

    static func main() async {
        ProcessHardening.apply()
        let verb = CommandLine.arguments.dropFirst().first
        if verb == Serve.configuration.commandName { await SessionDaemon.main() }
        if verb == Supervisor.word { Supervisor.main() }
        do {
            var command = try parseAsRoot()
            try command.run()
        } catch {
            Complaint.end(of: error)
        }
    }
}

/// `serve`: the daemon, entered before the line is parsed; here so that help knows it.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Keep sealed values in the Secret Service for the key holder.")
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
    @Option(
        name: .customLong("within"), help: "How many milliseconds the keyring may take.",
        transform: { (text: String) throws -> Int in
            guard let time = Int(text), (1...600_000).contains(time) else {
                throw ValidationError("a time is 1 to 600000 milliseconds")
            }
            return time
        })
    var milliseconds: Int?

    var keeper: SecretServiceKeeper { keeper(startedAt: .now) }

    /// For a further call of the same command, which shares its time.
    func keeper(startedAt start: ContinuousClock.Instant) -> SecretServiceKeeper {
        let whole = milliseconds.map { Duration.milliseconds($0) }
        let spent = start.duration(to: .now)
        let limit = whole ?? (mayPrompt ? SecretServiceKeeper.promptTime : SecretServiceKeeper.callTime)
        return SecretServiceKeeper(mayPrompt: mayPrompt, within: max(.milliseconds(1), limit - spent))
    }
}
