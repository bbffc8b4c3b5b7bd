import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

struct Restore: Verb {
    static let configuration = CommandConfiguration(
        commandName: "restore", abstract: "Take the vault back from a backup: all of it, or nothing.",
        discussion: """
            Works where there is no vault; --replace puts the backup in the place of the one that is here. What is opened by the file's \
            own passphrase, or by a code or passphrase of the vault, is checked in full before anything is kept.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The backup.", valueName: "file")) var file: String
    @Flag(help: "Put it in the place of the vault that is here.") var replace = false
    @Flag(help: "Open it by the login keyring.") var keyring = false
    @Flag(help: "Open it by this machine's key file.") var machine = false
    @Flag(help: "Open it by the recovery code.") var recovery = false
    @Option(help: ArgumentHelp("Read the recovery code from this descriptor.", valueName: "n")) var recoveryFd: Int32?
    @Option(help: ArgumentHelp("Read the passphrase from this descriptor.", valueName: "n")) var passphraseFd: Int32?

    private var agent: Agent { Agent(common: common) }

    func perform() throws(Fault) -> ExitCode {
        let source = try OpenedBackup(file)
        let header = try source.header()
        guard header.kind == .backup else {
            throw Fault(
                .refused, "not_a_backup", "the file is an export, not a backup; nothing was changed",
                hint: "secret import \(ShellWord(file))")
        }
        if try agent.connect().welcome.vault != .none { try requireConsent(header) }
        let report = try restore(source, header)
        try voice.show(report, "")
        if !common.json { tell(report) }
        return .done
    }

    /// - Throws: exit code 64 without `--replace` or an answer, 77 when a person declined.
    private func requireConsent(_ header: SealedStreamHeader) throws(Fault) {
        let command = "secret restore \(ShellWord(file)) --replace"
        guard replace else {
            throw Fault(
                .usage, "vault_exists", "there is a vault already; it was left as it is", hint: command)
        }
        if common.yes { return }
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "needs_answer", "replacing the vault that is here needs an answer", hint: command + " --yes")
        }
        let made = Timestamp(milliseconds: header.madeAt).rfc3339
        guard terminal.agrees(to: "put the backup of \(made) in the place of the vault that is here?") else {
            throw Fault(.notPermitted, "declined", "declined; the vault was left as it is", hint: "secret status")
        }
    }

    private func restore(
        _ source: borrowing OpenedBackup, _ header: SealedStreamHeader
    ) throws(Fault) -> RestoreReport {
        if machine { return try restore(source, .machine, nil) }
        if let recoveryFd { return try restore(source, .recovery, SecretInput.readFirstLine(recoveryFd)) }
        if let passphraseFd { return try restore(source, .passphrase, SecretInput.readFirstLine(passphraseFd)) }
        if recovery { return try restore(source, .recovery, terminal().readLine(prompt: "recovery code: ")) }
        if keyring {
            guard let report = try byKeyring(source, header) else {
                throw Fault(
                    .usage, "no_slot", "this backup has no keyring slot",
                    hint: "secret restore \(ShellWord(file)) --recovery")
            }
            return report
        }
        return try byWhatThereIs(source, header)
    }

    /// The slots that need no person first; the key of another machine opens nothing.
    private func byWhatThereIs(
        _ source: borrowing OpenedBackup, _ header: SealedStreamHeader
    ) throws(Fault) -> RestoreReport {
        let kinds = Set(header.slots.map(\.kind))
        if kinds.contains(.machine) {
            do throws(Fault) { return try restore(source, .machine, nil) } catch {
                guard ["wrong_secret", "no_machine_key"].contains(error.id) else { throw error }
            }
        }
        if kinds.contains(.keyring), KeyringSlot.isPresent() {
            do throws(Fault) { if let report = try byKeyring(source, header) { return report } } catch {
                guard error.code == .unreachable || error.id == "wrong_secret" else { throw error }
            }
        }
        if kinds.contains(.passphrase) {
            return try restore(source, .passphrase, terminal().readLine(prompt: "passphrase: "))
        }
        return try restore(source, .recovery, terminal().readLine(prompt: "recovery code: "))
    }

    private func byKeyring(
        _ source: borrowing OpenedBackup, _ header: SealedStreamHeader
    ) throws(Fault) -> RestoreReport? {
        guard let slot = header.slots.first(where: { $0.kind == .keyring }), let item = RecordID(bytes: slot.id)
        else { return nil }
        return try restore(source, .keyring(item), KeyringSlot(agent: agent).fetch(item))
    }

    private func restore(
        _ source: borrowing OpenedBackup, _ slot: Request.Slot, _ secret: SecretBox?
    ) throws(Fault) -> RestoreReport {
        let order = RestoreOrder(slot: slot, replaces: replace)
        let answer = try agent.ask(.restore(order), secret: secret, file: source.descriptor, opening: false).0
        guard case .restored(let report) = answer else { throw Fault.unexpectedAnswer }
        return report
    }

    private func terminal() throws(Fault) -> Terminal {
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "no_input", "there is no terminal to ask what opens the backup",
                hint: "cat recovery-code.txt | secret restore \(ShellWord(file)) --recovery-fd 0")
        }
        return terminal
    }

    private func tell(_ report: RestoreReport) {
        voice.say("\(report.credentials) credentials are back as they were at \(report.madeAt); the vault is open")
        voice.say("tokens that were rotated since are dead where they were replaced: secret probe --all")
        if report.damaged > 0 {
            voice.say("\(report.damaged) were damaged before the backup was made: secret verify")
        }
        guard !report.opensByMachine, !report.slots.contains("passphrase") else { return }
        let kind = KeyringSlot.isPresent() ? "keyring" : "machine"
        voice.say("here only the recovery code opens it after a restart; add a way: secret slot add \(kind)")
    }
}

/// A backup that is open for reading.
private struct OpenedBackup: ~Copyable {
    let descriptor: Int32

    /// - Throws: exit code 74 when it cannot be opened.
    init(_ path: String) throws(Fault) {
        descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        var facts = stat()
        guard descriptor >= 0, unsafe fstat(descriptor, &facts) == 0 else {
            throw Fault(
                .inputOutput, "input", "the file cannot be opened (errno \(errno))", hint: "ls -l \(ShellWord(path))")
        }
        guard facts.st_mode & S_IFMT == S_IFREG else {
            throw Fault(.inputOutput, "no_file", "that is no regular file", hint: "ls -ld \(ShellWord(path))")
        }
    }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// What the file says about itself, which is checked only when it is opened.
    borrowing func header() throws(Fault) -> SealedStreamHeader {
        defer { lseek(descriptor, 0, SEEK_SET) }
        do throws(SealingError) { return try SealedStreamReader.header(of: DescriptorBytes(descriptor)) } catch {
            throw Fault(
                .damaged, "file_damaged", "the file is no backup of Tokenward, or its head is damaged",
                hint: "use another copy of the file; what is here now is shown by: secret status")
        }
    }
}
