import ArgumentParser
import Lifecycle
import Sealing
import Wire

struct Run: Verb {
    static let configuration = CommandConfiguration(
        commandName: "run",
        abstract: "Start a command that gets values in its environment, and hide them in what it prints.",
        usage: "secret run [--env VAR=NAME] [--file VAR=NAME] [--env-file FILE] -- COMMAND [ARGUMENTS]",
        discussion: """
            The command keeps its terminal, its colours, its signals and its exit code. In what it prints, each value is shown as [NAME], \
            however it is cut, wrapped or encoded. 127: there is no such command; 126: it cannot be executed.
            """)
    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("Put a credential's value into this variable.", valueName: "var=name")) var env:
        [String] = []
    @Option(
        help: ArgumentHelp("Put the path of a file that holds the value into this variable.", valueName: "var=name"))
    var file: [String] = []
    @Option(
        help: ArgumentHelp("Read variables from this file, and values where it has secret://NAME.", valueName: "file"))
    var envFile: [String] = []
    @Flag(help: "Print what the command prints, values too.") var noMask = false
    @Argument(parsing: .postTerminator, help: ArgumentHelp("The command and its arguments.", valueName: "command"))
    var command: [String] = []

    func perform() throws(Fault) -> ExitCode {
        if common.json {
            throw Fault(
                .usage, "no_json", "what is printed is the command's own, not JSON", hint: "secret run --help")
        }
        guard !command.isEmpty, command.first != "" else {
            throw Fault(
                .usage, "no_command", "there is no command; it stands behind --",
                hint: "secret run --env API_KEY=anthropic/main -- env")
        }
        try checkVariables()
        let client = try Agent(common: common).connect()
        if client.welcome.vault == .locked { try KeyringSlot(agent: Agent(common: common)).openQuietly() }
        let vault = try Agent(common: common).connect().welcome.vault
        guard vault == .open else { throw vault == .none ? Fault.noVault : Fault.locked }
        return try Program.become("secret-session", ["run"] + words + ["--"] + command)
    }

    /// - Throws: exit code 64 for what is no VAR=NAME and for a variable that is given twice.
    private func checkVariables() throws(Fault) {
        var seen: Set<String> = []
        for text in env + file {
            let binding: VariableBinding
            do { binding = try VariableBinding(text) } catch {
                throw Fault(
                    .usage, "bad_variable", error.message, hint: "secret run --env API_KEY=anthropic/main -- env")
            }
            guard seen.insert(binding.variable).inserted else {
                throw Fault(
                    .usage, "variable_twice", "the variable \(binding.variable) is given twice",
                    hint: "secret run --help")
            }
        }
    }

    private var words: [String] {
        (common.quiet ? ["--quiet"] : []) + (noMask ? ["--no-mask"] : []) + env.flatMap { ["--env", $0] }
            + file.flatMap { ["--file", $0] } + envFile.flatMap { ["--env-file=" + $0] }
    }
}
