import ArgumentParser
import Lifecycle
import Sealing
import Wire

struct Export: Verb {
    static let configuration = CommandConfiguration(
        commandName: "export", abstract: "Write live values into a new file that another vault can import.",
        discussion: """
            The file is encrypted under a passphrase of its own and tells nothing else of this vault. Replaced values and the journal stay \
            here; `secret backup` takes all of it along. Whoever has the file and its passphrase has the tokens.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The file to make; one that exists is left as it is.", valueName: "file"))
    var file: String
    @Argument(help: ArgumentHelp("What to write; everything when nothing is named.", valueName: "name"))
    var names: [String] = []
    @Option(help: ArgumentHelp("Read the file's passphrase from this descriptor.", valueName: "n"))
    var passphraseFd: Int32?

    func perform() throws(Fault) -> ExitCode {
        var wanted: [CredentialName] = []
        for name in names { wanted.append(try NameArgument.name(name)) }
        let passphrase = try self.passphrase()
        let made = try NewFile(file, verb: "export")
        do throws(Fault) {
            let answer = try Agent(common: common).ask(.export(wanted), secret: passphrase, file: made.descriptor).0
            guard case .exported(let report) = answer else { throw Fault.unexpectedAnswer }
            try made.keep()
            try voice.show(report, "")
            if !common.json { tell(report) }
        } catch {
            made.remove()
            throw error
        }
        return .done
    }

    private func passphrase() throws(Fault) -> SecretBox {
        if let passphraseFd {
            let given = try SecretInput.readFirstLine(passphraseFd)
            guard given.bytes.count > 0 else {
                throw Fault(
                    .usage, "passphrase_empty", "the passphrase is empty; nothing was made",
                    hint: "secret export --help")
            }
            return given
        }
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "no_input", "there is no terminal to ask for the file's passphrase",
                hint: "cat passphrase.txt | secret export \(ShellWord(file)) --passphrase-fd 0")
        }
        return try terminal.readNewPassphrase(hint: "secret export \(ShellWord(file))")
    }

    private func tell(_ report: ExportReport) {
        let credentials = report.credentials == 1 ? "1 credential is" : "\(report.credentials) credentials are"
        voice.say("\(credentials) in \(file), which opens by its passphrase alone")
        voice.say("to take them into another vault: secret import \(ShellWord(file))")
    }
}
