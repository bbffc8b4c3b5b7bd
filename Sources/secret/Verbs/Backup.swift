import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

struct Backup: Verb {
    static let configuration = CommandConfiguration(
        commandName: "backup", abstract: "Write the vault, sealed as it is, into a new file.",
        discussion: """
            The file opens by every slot that the vault has now, on another machine by the recovery code or the passphrase, and with \
            --passphrase-fd by one more passphrase that is good for this file alone. The vault answers nobody else meanwhile.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The file to make; one that exists is left as it is.", valueName: "file"))
    var file: String
    @Option(help: ArgumentHelp("Let the passphrase on this descriptor open the file too.", valueName: "n"))
    var passphraseFd: Int32?

    func perform() throws(Fault) -> ExitCode {
        let passphrase = try passphraseFd.map { (number) throws(Fault) in try SecretInput.readFirstLine(number) }
        if let passphrase, passphrase.bytes.count == 0 {
            throw Fault(
                .usage, "passphrase_empty", "the passphrase is empty; nothing was made", hint: "secret backup --help")
        }
        let made = try NewFile(file, verb: "backup")
        let report: BackupReport
        do throws(Fault) {
            guard
                case .backedUp(let told) = try Agent(common: common).ask(
                    .backup, secret: passphrase, file: made.descriptor
                ).0
            else { throw Fault.unexpectedAnswer }
            report = told
            try made.keep()
        } catch {
            made.remove()
            throw error
        }
        try show(report)
        return .done
    }

    private func show(_ report: BackupReport) throws(Fault) {
        try voice.show(Sheet(file: file, report: report), "")
        guard !common.json else { return }
        voice.say(
            "\(report.credentials) credentials are in \(file), which opens by: \(report.slots.joined(separator: ", "))")
        if report.inKeyring > 0, let name = report.firstInKeyring {
            voice.say(
                "\(report.inKeyring) of them have values in the keyring, which are not in the file; for a file with all: secret move \(name) --to vault"
            )
        }
        voice.say("to take them back: secret restore \(ShellWord(file))")
        if !report.slots.contains("recovery"), !report.slots.contains("passphrase") {
            voice.say("nothing opens it on another machine; give the vault a recovery code: secret slot add recovery")
        }
    }

    private struct Sheet: Encodable {
        let file: String
        let report: BackupReport
        private enum Key: String, CodingKey { case file }

        func encode(to encoder: any Encoder) throws {
            try report.encode(to: encoder)
            var members = encoder.container(keyedBy: Key.self)
            try members.encode(file, forKey: .file)
        }
    }
}

/// A file that is made for a daemon to write; it stays only when all went well.
struct NewFile: ~Copyable {
    let descriptor: Int32
    private let path: String

    /// - Throws: exit code 74 for a file that exists or cannot be made.
    init(_ path: String, verb: String) throws(Fault) {
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        self.path = path
        guard descriptor < 0 else {
            _ = fchmod(descriptor, 0o600)
            return
        }
        if errno == EEXIST {
            throw Fault(
                .inputOutput, "file_exists", "that file exists; it was left as it is",
                hint: "secret \(verb) \(ShellWord(path + ".new"))")
        }
        throw Fault(
            .inputOutput, "write_failed", "the file cannot be made (errno \(errno))",
            hint: "ls -ld \(ShellWord(Self.folder(of: path)))")
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// On return its name has reached the disk too.
    borrowing func keep() throws(Fault) {
        let folder = unsafe open(Self.folder(of: path), O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard folder >= 0 else { throw failed }
        defer { close(folder) }
        guard fsync(folder) == 0 else { throw failed }
    }

    borrowing func remove() { _ = unsafe unlink(path) }

    private var failed: Fault {
        Fault(
            .inputOutput, "write_failed", "the file's folder cannot be written to the disk (errno \(errno))",
            hint: "ls -ld \(ShellWord(Self.folder(of: path)))")
    }

    private static func folder(of path: String) -> String {
        guard let end = path.lastIndex(of: "/") else { return "." }
        return end == path.startIndex ? "/" : String(path[..<end])
    }
}
