import ArgumentParser
import Glibc
import Sealing
import Wire

struct Rekey: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rekey", abstract: "Seal everything under new keys; every way to open the vault is made anew.")
    @OptionGroup var common: CommonOptions
    @Flag(help: "Only tell how far a rekey is.") var progress = false
    @Option(
        help: ArgumentHelp("Read the passphrase from this descriptor, where the vault has one.", valueName: "n")
    ) var passphraseFd: Int32?

    private var agent: Agent { Agent(common: common) }

    func perform() throws(Fault) -> ExitCode {
        if !progress { try begin() }
        return try waitForTheEnd()
    }

    private func begin() throws(Fault) {
        guard case .slots(let slots) = try agent.ask(.rekey(.begin)).0 else { throw Fault.unexpectedAnswer }
        for slot in slots { _ = try agent.ask(.rekey(.slot(slot.id)), secret: secret(for: slot)) }
        let (answer, code) = try agent.ask(.rekey(.finish))
        guard case .initialized = answer, let code else { throw Fault.unexpectedAnswer }
        voice.say("the vault has new keys; the old recovery code is void")
        try RecoveryCodeSheet(common: common).show(code, slot: "recovery code")
    }

    private func secret(for slot: SlotReport) throws(Fault) -> SecretBox {
        if slot.kind == "keyring" { return try KeyringSlot(agent: agent).fetch(slot.id) }
        if let passphraseFd { return try SecretInput.readFirstLine(passphraseFd) }
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "no_input", "the vault's passphrase is needed to make its slot anew; nothing was changed",
                hint: "cat passphrase.txt | secret rekey --passphrase-fd 0")
        }
        return try terminal.readLine(prompt: "passphrase (slot \(slot.id)): ")
    }

    /// The daemon moves the records by itself; whoever does not wait loses nothing.
    private func waitForTheEnd() throws(Fault) -> ExitCode {
        while true {
            guard case .rekeying(let left, let damaged) = try agent.ask(.rekey(.progress)).0 else {
                throw Fault.unexpectedAnswer
            }
            if left == damaged {
                struct Report: Encodable { let left: Int, damaged: Int }
                try voice.show(Report(left: left, damaged: damaged), "")
                guard damaged == 0 else {
                    throw Fault(
                        .damaged, "damaged", "\(damaged) records are damaged and keep the old keys in use",
                        hint: "secret verify")
                }
                voice.say("everything is sealed under the present keys")
                return .done
            }
            if !common.quiet { voice.say("\(left) records to go") }
            if progress { return .done }
            _ = poll(nil, 0, 500)
        }
    }
}
