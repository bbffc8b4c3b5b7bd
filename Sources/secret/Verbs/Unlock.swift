import ArgumentParser
import Glibc
import Sealing
import Wire

struct Unlock: Verb {
    static let configuration = CommandConfiguration(
        commandName: "unlock", abstract: "Open the vault by one of its slots.")
    @OptionGroup var common: CommonOptions
    @Flag(help: "By the login keyring.") var keyring = false
    @Flag(help: "By this machine's key file.") var machine = false
    @Flag(help: "By the recovery code.") var recovery = false
    @Option(help: ArgumentHelp("Read the recovery code from this descriptor.", valueName: "n")) var recoveryFd: Int32?
    @Option(help: ArgumentHelp("Read the passphrase from this descriptor.", valueName: "n")) var passphraseFd: Int32?

    @Flag(help: "Take the vault as it lies here, although it is not what was seen last; the journal will tell.")
    var acceptState = false

    private var terms: UnlockTerms { UnlockTerms(acceptsState: acceptState) }
    private var agent: Agent { Agent(common: common) }

    func perform() throws(Fault) -> ExitCode {
        let slot = try open()
        if common.json {
            try voice.show(["slot": slot], "")
        } else {
            voice.say(slot.map { "the vault is open (by \($0))" } ?? "the vault was open already")
        }
        return .done
    }

    /// The slot's kind; nil when the vault was open.
    private func open() throws(Fault) -> String? {
        if machine { return try unlock(.machine, nil) }
        if let recoveryFd { return try unlock(.recovery, SecretInput.readFirstLine(recoveryFd)) }
        if let passphraseFd { return try unlock(.passphrase, SecretInput.readFirstLine(passphraseFd)) }
        if recovery { return try unlock(.recovery, terminal().readLine(prompt: "recovery code: ")) }
        if keyring { return try byKeyring() }
        return try byWhatThereIs()
    }

    private func unlock(_ slot: Request.Slot, _ secret: SecretBox?) throws(Fault) -> String {
        guard case .unlocked(let name) = try agent.ask(.unlock(slot, terms), secret: secret, opening: false).0 else {
            throw Fault(.fault, "unexpected", "the daemon's answer is not the expected one", hint: "secret daemon stop")
        }
        return name
    }

    private func byKeyring() throws(Fault) -> String {
        guard try KeyringSlot(agent: agent).open(terms) else {
            throw Fault(.usage, "no_slot", "this vault has no keyring slot", hint: "secret unlock --recovery")
        }
        return "keyring"
    }

    /// The slots that need no person first.
    private func byWhatThereIs() throws(Fault) -> String? {
        if try agent.connect().welcome.vault == .open { return nil }
        guard case .slots(let slots) = try agent.ask(.slots, opening: false).0 else { throw Fault.unexpectedAnswer }
        let kinds = slots.map(\.kind)
        if kinds.contains("machine") { return try unlock(.machine, nil) }
        if kinds.contains("keyring"), !kinds.contains("passphrase") || KeyringSlot.isPresent() {
            return try byKeyring()
        }
        return try unlock(.passphrase, terminal().readLine(prompt: "passphrase: "))
    }

    private func terminal() throws(Fault) -> Terminal {
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "no_input", "there is no terminal to ask",
                hint: "cat passphrase.txt | secret unlock --passphrase-fd 0")
        }
        return terminal
    }
}

extension Fault {
    static let unexpectedAnswer = Fault(
        .fault, "unexpected", "the daemon's answer is not the expected one", hint: "secret daemon stop")
}

struct Lock: Verb {
    static let configuration = CommandConfiguration(
        commandName: "lock", abstract: "Forget the keys until `secret unlock`.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode {
        try voice.done(Agent(common: common).ask(.lock, opening: false).0)
        return .done
    }
}
