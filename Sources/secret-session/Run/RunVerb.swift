internal import ArgumentParser
internal import Glibc
internal import Lifecycle
internal import Policies
internal import Redaction
internal import Sealing
internal import Wire

/// `run`: starts a command that gets values, and hides them in what it prints; `secret run` becomes it.
struct RunVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "run", abstract: "Start a command that gets values, and hide them in what it prints.")

    @Flag(help: "Say nothing on stderr but errors.") var quiet = false
    @Flag(help: "Print what the command prints, values too.") var noMask = false
    @Option(help: "VAR=NAME: a variable that gets a value.") var env: [String] = []
    @Option(help: "VAR=NAME: a variable that gets the path of a file with a value.") var file: [String] = []
    @Option(help: "A file of variables, in which secret://NAME stands for a value.") var envFile: [String] = []
    @Argument(parsing: .postTerminator, help: "The command and its arguments.") var command: [String] = []

    func run() throws {
        let end = try start()
        end.follow()
    }

    private func start() throws(Complaint) -> CommandEnd {
        let plan: Plan
        do throws(Fault) { plan = try self.plan() } catch { throw Complaint(error) }
        let launch = Launch(words: command, files: plan.files.map(\.descriptor))
        return try CommandRun(launch, environment: plan.environment, plan.secrets).follow()
    }

    /// All that a command is to get.
    private struct Plan {
        let environment: SecretBox
        let files: [SealedFile]
        let secrets: [MaskedSecret]
    }

    private func plan() throws(Fault) -> Plan {
        guard !command.isEmpty else {
            throw Fault(.usage, "no_command", "there is no command; it stands behind --", hint: "secret run --help")
        }
        var shelf = ValueShelf()
        let files = try EnvironmentFiles(envFile)
        let bindings = (try Self.bindings(env), try Self.bindings(file))
        try shelf.fetch(bindings.0.map(\.name) + bindings.1.map(\.name) + files.names)
        var block = EnvironmentBlock()
        try files.add(to: &block, shelf)
        for binding in bindings.0 { try block.set(binding.variable, to: shelf[binding.name], named: binding.name) }
        var passed: [SealedFile] = []
        for binding in bindings.1 {
            let file = try SealedFile(shelf[binding.name])
            block.set(binding.variable, to: file.path)
            passed.append(file)
        }
        let secrets = noMask ? [] : try maskedSecrets(shelf)
        return Plan(environment: try block.sealed(), files: passed, secrets: secrets)
    }

    /// - Throws: exit code 64; `secret` has looked before.
    private static func bindings(_ texts: [String]) throws(Fault) -> [VariableBinding] {
        var bindings: [VariableBinding] = []
        for text in texts {
            do { bindings.append(try VariableBinding(text)) } catch {
                throw Fault(.usage, "bad_variable", error.message, hint: "secret run --help")
            }
        }
        return bindings
    }

    private func maskedSecrets(_ shelf: ValueShelf) throws(Fault) -> [MaskedSecret] {
        let catalogue: PolicyCatalogue
        let own = OwnPolicies(folder: ValueShelf.places.policies)
        do { catalogue = try BuiltInPolicies.load(with: own).catalogue } catch {
            throw Fault(.configuration, "policy", error.message, hint: "secret --version")
        }
        return shelf.values.sorted { $0.key < $1.key }.compactMap { name, value in
            let known = value.bytes.withBytes(catalogue.publicCount)
            let secret = MaskedSecret(label: name.description, value: value, publicCount: known)
            if !secret.canBeMasked, !quiet {
                Complaint.note(
                    "\(name) has fewer than \(MaskedSecret.least) characters and is not hidden in what is printed")
            }
            return secret.canBeMasked ? secret : nil
        }
    }
}

/// How a command ended.
enum CommandEnd: Codable, Equatable {
    case code(Int32)
    case signal(Int32)

    /// Ends this process in the same way.
    func follow() -> Never {
        switch self {
        case .code(let code): exit(code)
        case .signal(let number):
            _ = Glibc.signal(number, SIG_DFL)
            kill(getpid(), number)
            exit(128 + number)
        }
    }
}
