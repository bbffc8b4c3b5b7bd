import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

struct Init: Verb {
    static let configuration = CommandConfiguration(
        commandName: "init", abstract: "Make a vault, and show its recovery code once.")
    @OptionGroup var common: CommonOptions
    @Flag(help: "Open it by the login keyring (Secret Service).") var keyring = false
    @Flag(help: "Open it without a person, by a key file of this machine.") var machine = false
    @Option(
        help: ArgumentHelp("Open it by the passphrase on this descriptor; may stand beside the others.", valueName: "n")
    ) var passphraseFd: Int32?
    @Flag(help: "Although the vault that was here is gone.") var anew = false

    func perform() throws(Fault) -> ExitCode {
        try Initialization(common: common, keyring: keyring, machine: machine, passphraseFd: passphraseFd, anew: anew)
            .run()
        return .done
    }
}

/// Makes a vault; `add` uses it too when there is none.
struct Initialization {
    let common: CommonOptions
    var keyring = false
    var machine = false
    var passphraseFd: Int32?
    var anew = false

    private var agent: Agent { Agent(common: common) }

    func run() throws(Fault) {
        guard !(keyring && machine) else {
            throw Fault(
                .usage, "one_slot", "choose one of --keyring and --machine; --passphrase-fd may stand beside either",
                hint: "secret init --help"
            )
        }
        if try agent.connect().welcome.vault != .none {
            throw Fault(.usage, "vault_exists", "there is a vault already; it was left as it is", hint: "secret status")
        }
        let passphrase = try passphraseFd.map { (number) throws(Fault) in try Self.passphrase(from: number) }
        if machine || keyring {
            if machine { try make(.machine, secret: nil) } else { try makeByKeyring() }
            if let passphrase { try SlotAddition(common: common).add(.passphrase, secret: passphrase) }
            return
        }
        if let passphrase { return try make(.passphrase, secret: passphrase) }
        if KeyringSlot.isPresent() { return try makeByKeyring() }
        guard !common.noInput, let terminal = Terminal() else { throw Self.noWay }
        try make(.passphrase, secret: terminal.readNewPassphrase(hint: "secret init"))
    }

    /// Nothing weaker is taken in silence: whoever cannot be asked must say what opens the vault.
    static let noWay = Fault(
        .unreachable, "no_slot_possible",
        "no keyring answers and there is no terminal to ask for a passphrase, so nothing was made",
        hint:
            "a key file opens it without a person: `secret init --machine`; a passphrase from a file: "
            + "`cat passphrase.txt | secret init --passphrase-fd 0`; or run `secret init --keyring` where a keyring runs"
    )

    /// Read before anything is made.
    private static func passphrase(from descriptor: Int32) throws(Fault) -> SecretBox {
        let passphrase = try SecretInput.readFirstLine(descriptor)
        guard passphrase.bytes.count > 0 else {
            throw Fault(
                .usage, "passphrase_empty", "the passphrase is empty; nothing was made", hint: "secret init --help")
        }
        return passphrase
    }

    private func makeByKeyring() throws(Fault) {
        let slot = KeyringSlot(agent: agent)
        let (item, key) = try slot.create()
        do throws(Fault) { try make(.keyring(item), secret: key) } catch {
            slot.delete(item)
            throw error
        }
    }

    private func make(_ slot: Request.Slot, secret: SecretBox?) throws(Fault) {
        let (answer, code) = try agent.ask(.initialize(slot, anew: anew), secret: secret, opening: false)
        guard case .initialized(let name) = answer, let code else {
            throw Fault(.fault, "unexpected", "the daemon gave no recovery code", hint: "secret status")
        }
        let voice = Voice(common)
        voice.say("the vault is made; it opens by: \(name)")
        try RecoveryCodeSheet(common: common).show(code, slot: name)
    }
}
