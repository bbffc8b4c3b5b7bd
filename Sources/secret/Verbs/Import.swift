import ArgumentParser
import Lifecycle
import Sealing
import Wire

struct Import: Verb {
    static let configuration = CommandConfiguration(
        commandName: "import", abstract: "Take all tokens of a file into the vault, or nothing of it.",
        discussion: """
            Known are OpenClaw's auth-profiles.json (until 2026.5), Claude Code's .credentials.json, .env files, and JSON \
            lines with \
            name, value and, as needed, kind, minted, expires, probe, base_url, store; and what `secret export` made. Files of the first three forms may have \
            4 MiB, JSON lines any size and 256 KiB a line; 512 KiB may come through a pipe. The vault answers nobody \
            else meanwhile.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The file, or - for standard input.", valueName: "file")) var file: String
    @Flag(help: "Say what would be imported and store nothing.") var dryRun = false
    @Option(
        help: ArgumentHelp("The kind of lines that name none; the only kind taken from other files.", valueName: "kind")
    )
    var kind: String?
    @Option(help: ArgumentHelp("Put all names below this one.", valueName: "name")) var prefix: String?
    @Option(help: ArgumentHelp("Where to probe instead: https, or http to this machine.", valueName: "url"))
    var baseUrl: String?
    @Option(help: ArgumentHelp("active, passive or off, for what the file says nothing about.", valueName: "how"))
    var probe: String?
    @Flag(help: "Leave names that are stored already as they are.") var skipExisting = false
    @Flag(help: "Take access tokens too that die within hours.") var withShortLived = false
    @Option(help: ArgumentHelp("Read the passphrase of an exported file from this descriptor.", valueName: "n"))
    var passphraseFd: Int32?

    func perform() throws(Fault) -> ExitCode {
        var order = try self.order()
        let source = try ImportedFile(file)
        let passphrase = try source.isExport() ? passphrase() : nil
        if try Agent(common: common).connect().welcome.vault == .none {
            // Two JSON documents, one of them with a recovery code, are no answer for a script.
            if common.json || dryRun { throw Fault.noVault }
            voice.say("there is no vault yet; one is made first")
            try Initialization(common: common).run()
        }
        for _ in 0..<2 {
            switch try source.send(order, passphrase, common) {
            case .imported(let report):
                try show(report, source)
                return .done
            case .question(let question):
                try Consent(common: common, command: "secret import \(ShellWord(file))").require(question)
                order.isAccepted = true
            default: throw Fault.unexpectedAnswer
            }
        }
        throw Fault(.fault, "questions", "the daemon asks the same again and again", hint: "secret daemon stop")
    }

    private func passphrase() throws(Fault) -> SecretBox {
        if let passphraseFd { return try SecretInput.readFirstLine(passphraseFd) }
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "no_input", "there is no terminal to ask for the file's passphrase",
                hint: "cat passphrase.txt | secret import \(ShellWord(file)) --passphrase-fd 0")
        }
        return try terminal.readLine(prompt: "passphrase of the file: ")
    }

    private func order() throws(Fault) -> ImportOrder {
        var order = ImportOrder()
        if let prefix { order.prefix = try NameArgument.name(prefix) }
        order.kind = kind
        order.baseURL = baseUrl
        order.skipsExisting = skipExisting
        order.withShortLived = withShortLived
        order.isRehearsal = dryRun
        if let probe {
            guard let choice = StoreOrder.ProbeChoice(rawValue: probe) else {
                throw Fault(
                    .usage, "probe_choice", "--probe takes active, passive or off", hint: "secret import --help")
            }
            order.probing = choice
        }
        return order
    }

    private func show(_ report: ImportReport, _ source: borrowing ImportedFile) throws(Fault) {
        let clear = ClearRemains(report, source.facts)
        try voice.show(ImportSheet(report: report, file: source.facts.path, clear: clear), "")
        if !common.json { (ImportText(report).lines + clear.advice).forEach(voice.say) }
    }
}

/// The report with what stays in clear.
private struct ImportSheet: Encodable {
    let report: ImportReport
    let file: String?
    let clear: ClearRemains
    private enum Key: String, CodingKey { case file, clear }

    func encode(to encoder: any Encoder) throws {
        try report.encode(to: encoder)
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(file, forKey: .file)
        try members.encode(clear, forKey: .clear)
    }
}
