import Foundation

/// One way to run `secret`: a verb, how it is to print, and what is wrong around it.
struct LeakCell: Sendable {
    /// What the home is like. The order is the one in which a desk goes through them.
    enum Condition: String, CaseIterable, Sendable {
        case well, refused, echo, redirect, storm, cut, killed, killedMeanwhile, locked, fullDisk, damaged
    }
    enum Format: String, CaseIterable, Sendable { case plain, json, quiet, noColor, terminal }

    struct Command: Sendable {
        /// After `secret`. `FILE` is a path that does not exist yet, `TEXT` a file with a secret in clear, `TEMPLATE` one with
        /// a reference, `SEALED` a backup.
        let words: [String]
        var input = Input.none
        /// What comes out is a value, because that is what was asked for; what is said about it is not.
        var givesValue = false

        /// What is pasted on a terminal is another test's: here it would be typed before somebody hides it.
        var isForTerminal: Bool { !givesValue && input == .none }
    }
    enum Input: Sendable {
        case none, newToken, sameToken, halfToken, twoTokens, foreign, generic, passphrase, request, gitRequest,
            gitStore
    }

    let condition: Condition
    let format: Format
    let command: Command

    static let all: [LeakCell] = Condition.allCases.flatMap { condition in
        Format.allCases.flatMap { format in
            commands.filter { format != .terminal || $0.isForTerminal }.map {
                LeakCell(condition: condition, format: format, command: $0)
            }
        }
    }

    private static func command(_ line: String, _ input: Input = .none, givesValue: Bool = false) -> Command {
        Command(words: line.split(separator: " ").map(String.init), input: input, givesValue: givesValue)
    }

    /// Every verb that meets a secret or tells of one, well and badly used.
    static let commands: [Command] = [
        command("status"), command("status anthropic/main"), command("status --check"), command("status no/such"),
        command("list"), command("history anthropic/main"), command("audit"), command("audit verify"),
        command("verify"),
        command("report-outcome anthropic/main --status 401 --body-file -", .sameToken),
        command("probe anthropic/main --yes"), command("pause anthropic/main"), command("resume anthropic/main"),
        command("rotate anthropic/main --stdin --yes", .newToken),
        command("rotate anthropic/main --stdin --yes", .sameToken),
        command("rotate anthropic/main --stdin --yes --now", .newToken), command("undo anthropic/main"),
        command("rotate anthropic/main --stdin --yes", .halfToken),
        command("rotate anthropic/main --stdin --yes", .twoTokens),
        command("rotate anthropic/main --stdin --yes", .foreign),
        command("add anthropic/main --stdin --yes", .newToken),
        command("add any/new --stdin --kind generic.secret", .generic), command("remove any/new --yes"),
        command("add any/odd --stdin --yes", .halfToken), command("add any/odd --stdin", .newToken),
        command("move anthropic/main --to keyring"), command("read anthropic/main", givesValue: true),
        command("read anthropic/main --output FILE"), command("read no/such"),
        command("run --env TOKEN=anthropic/main -- printenv TOKEN"),
        command("run --file TOKEN=anthropic/main -- sh -c cat<$TOKEN"),
        command("run --env TOKEN=anthropic/main -- sh -c printenv${IFS}TOKEN|base64"),
        command("run --env TOKEN=anthropic/main -- false"),
        command("run --env TOKEN=no/such -- true"), command("inject TEMPLATE --output FILE"),
        command("helper openclaw", .request, givesValue: true),
        command("helper git get", .gitRequest, givesValue: true),
        command("helper git store", .gitStore), command("helper git erase", .gitStore),
        command("helper claude anthropic/main", givesValue: true), command("helper claude no/such"),
        command("import TEXT --yes"), command("import TEXT --yes --dry-run"),
        command("import SEALED --yes --passphrase-fd 0", .passphrase),
        command("export FILE --passphrase-fd 0", .passphrase), command("backup FILE --passphrase-fd 0", .passphrase),
        command("restore SEALED --replace --yes --passphrase-fd 0", .passphrase), command("slot list"),
        command("slot add passphrase --passphrase-fd 0", .passphrase), command("unlock --passphrase-fd 0", .passphrase),
        command("unlock"),
        command("prompt anthropic/main"), command("notify test command"), command("notify status"),
        command("rekey --progress"), command("daemon status"), command("lock"), command("unlock --machine"),
        command("--help"),
        command("add --help"), command("status --nonsense"), command("statsu"),
    ]
}
