import ArgumentParser
import FoundationEssentials
import Glibc
import Lifecycle
import Sealing
import Wire

/// `secret helper PROGRAM`: speaks that program's protocol on stdin and stdout; it never asks anything.
struct HelperVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "helper", abstract: "Give values to another program in its own protocol; never asks anything.",
        subcommands: [OpenClawHelper.self, GitHelper.self, ClaudeHelper.self])
}

extension CommonOptions {
    /// As a program asks: nobody is there to answer, and nobody reads notes.
    static var ofHelper: CommonOptions {
        var options = CommonOptions()
        (options.quiet, options.noInput) = (true, true)
        return options
    }
}

/// The exec provider of OpenClaw: facts/openclaw.md §2.3.
struct OpenClawHelper: Verb {
    static let configuration = CommandConfiguration(
        commandName: "openclaw", abstract: "Resolve secret references of OpenClaw: one JSON request on stdin.")
    @OptionGroup var common: CommonOptions
    var isForPerson: Bool { false }

    func perform() throws(Fault) -> ExitCode {
        let input = try SecretInput.readToEnd(STDIN_FILENO)
        guard let request = OpenClawRequest(input.bytes) else {
            throw Fault(
                .usage, "openclaw_request", "stdin does not hold a request of OpenClaw's exec protocol, version 1",
                hint:
                    "printf '%s' '{\"protocolVersion\":1,\"provider\":\"vault\",\"ids\":[\"anthropic/main\"]}' | secret helper openclaw"
            )
        }
        let agent = Agent(common: .ofHelper)
        let reply = try OpenClawReply(to: request) { (order) throws(Fault) in try agent.read(order) }.bytes()
        guard reply.bytes.write(to: STDOUT_FILENO) else {
            throw Fault(.inputOutput, "stdout", "stdout cannot be written (errno \(errno))")
        }
        return .done
    }
}

/// The credential helper of git: gitcredentials(7), git-credential(1).
struct GitHelper: Verb {
    static let configuration = CommandConfiguration(
        commandName: "git", abstract: "Give git the token that is sealed with a host, and take new ones from it.",
        discussion: "git config --global credential.helper \"$(command -v secret) helper git\"")
    @OptionGroup var common: CommonOptions
    var isForPerson: Bool { false }
    @Argument(help: ArgumentHelp("get, store or erase.", valueName: "operation")) var operation: String

    func perform() throws(Fault) -> ExitCode {
        // git's words: an operation that a helper does not know is left alone.
        guard let task = GitTask(rawValue: operation) else { return .done }
        let input = try SecretInput.readToEnd(STDIN_FILENO)
        return try GitConversation(task, input).perform()
    }
}

/// The apiKeyHelper of Claude Code: prints the key.
struct ClaudeHelper: Verb {
    static let configuration = CommandConfiguration(
        commandName: "claude", abstract: "Print a key for Claude Code's apiKeyHelper.")
    @OptionGroup var common: CommonOptions
    var isForPerson: Bool { false }
    @OptionGroup var target: NameArgument

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        guard isatty(STDOUT_FILENO) == 0 else {
            throw Fault(
                .usage, "terminal", "the value would stay in the terminal's scrollback; it was not read",
                hint: "secret helper claude \(name) | wc -c")
        }
        let host = try ClaudeHost.asked(environment: ProcessInfo.processInfo.environment)
        let value = try Agent(common: .ofHelper).read(name, use: .claude, host: host)
        guard value.bytes.isOneLine else { throw Fault.notOneLine(name) }
        guard value.bytes.write(to: STDOUT_FILENO) else {
            throw Fault(.inputOutput, "stdout", "stdout cannot be written (errno \(errno))")
        }
        return .done
    }
}
