import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Synchronization
import Wire

/// `secret`: reads the line, runs one verb, tells what a person must know, and exits.
@main
struct Entrance {
    static func main() {
        ProcessHardening.apply()
        signal(SIGPIPE, SIG_IGN)
        let arguments = Array(CommandLine.arguments.dropFirst())
        // What stands behind `--` is another command's.
        let own = arguments.prefix { $0 != "--" }
        let json = own.contains("--json")
        do throws(Fault) {
            try ArgumentGuard(arguments).check(
                verbs: Secret.configuration.subcommands.compactMap { $0.configuration.commandName })
            exit(try run(arguments).rawValue)
        } catch {
            Voice.tell(error, json: json)
            if error.code != .usage, !own.contains("--quiet") { Attentive.tell() }
            exit(error.code.rawValue)
        }
    }

    private static func run(_ arguments: [String]) throws(Fault) -> ExitCode {
        switch Result(catching: { try Secret.parseAsRoot(arguments) }) {
        case .failure(let error):
            guard Secret.exitCode(for: error) == .success else {
                throw ArgumentGuard(arguments).fault(parserSaid: Secret.message(for: error))
            }
            print(HelpText.plain(Secret.fullMessage(for: error)))
            return .done
        case .success(let command):
            guard let verb = command as? any Verb else { return try help(command) }
            return try run(verb)
        }
    }

    /// `secret`, `secret help add` and `secret daemon` do nothing but explain.
    private static func help(_ command: any ParsableCommand) throws(Fault) -> ExitCode {
        var command = command
        do { try command.run() } catch {
            guard Secret.exitCode(for: error) == .success else {
                throw Fault(.usage, "usage", "there is no help for that", hint: "secret --help")
            }
            print(HelpText.plain(Secret.fullMessage(for: error)))
        }
        return .done
    }

    private static func run(_ verb: some Verb) throws(Fault) -> ExitCode {
        let code = try verb.perform()
        guard verb.isForPerson else { return code }
        if verb.changesNothing, let heard = Agent.heard.withLock(\.self), heard.anchorSlots.isEmpty {
            if !verb.common.quiet { Attentive.tell(heard.attention) }
            return code
        }
        Attentive.tell(renewing: AnchorCopy(common: verb.common), isQuiet: verb.common.quiet)
        return code
    }
}

/// The line at the end of every command when a credential needs a person.
enum Attentive {
    static func tell(renewing copy: AnchorCopy? = nil, isQuiet: Bool = false) {
        guard let client = try? Client(socket: Agent.places.agentSocket, program: "secret", timeoutSeconds: 5) else {
            return
        }
        copy?.renew(client)
        if !isQuiet { tell(client.welcome.attention) }
    }

    static func tell(_ attention: Attention?) {
        guard let attention else { return }
        let others = attention.others > 0 ? " (and \(attention.others) more: secret status)" : ""
        Voice.note("\(attention.name) is \(attention.state.rawValue); run: \(attention.action)\(others)")
    }
}

/// The parser's help without angle brackets, which a shell takes for redirections: `<name>` becomes `NAME`.
enum HelpText {
    static func plain(_ text: String) -> String {
        text.replacing(/<([a-z][a-z-]*)>/) { $0.output.1.uppercased() }
    }
}
