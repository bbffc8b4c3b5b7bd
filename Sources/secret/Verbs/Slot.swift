import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

struct Slot: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "slot", abstract: "The ways to open the vault.",
        subcommands: [SlotList.self, SlotAdd.self, SlotRemove.self])
}

struct SlotList: Verb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show what opens the vault.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode {
        guard case .slots(let slots) = try Agent(common: common).ask(.slots, opening: false).0 else {
            throw Fault.unexpectedAnswer
        }
        struct Report: Encodable { let slots: [SlotReport] }
        let width = slots.map(\.kind.count).max() ?? 0
        let lines = slots.map { slot in
            slot.kind + String(repeating: " ", count: width - slot.kind.count) + "  \(slot.id)  \(slot.protects)"
        }
        try voice.show(Report(slots: slots), lines.joined(separator: "\n"))
        return .done
    }
}

struct SlotAdd: Verb {
    enum Kind: String, ExpressibleByArgument, CaseIterable { case passphrase, keyring, recovery, machine }
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Add a way to open the vault; the others stay.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("passphrase, keyring, recovery or machine.", valueName: "kind")) var kind: Kind
    @Option(help: ArgumentHelp("Read the passphrase from this descriptor.", valueName: "n")) var passphraseFd: Int32?

    func perform() throws(Fault) -> ExitCode {
        let addition = SlotAddition(common: common)
        switch kind {
        case .passphrase: try addition.add(.passphrase, secret: passphrase())
        case .machine: try addition.add(.machine, secret: nil)
        case .recovery: try addition.add(.recovery, secret: nil)
        case .keyring:
            let slot = KeyringSlot(agent: Agent(common: common))
            let (item, key) = try slot.create()
            do throws(Fault) { try addition.add(.keyring(item), secret: key) } catch {
                slot.delete(item)
                throw error
            }
        }
        return .done
    }

    private func passphrase() throws(Fault) -> SecretBox {
        if let passphraseFd { return try SecretInput.readFirstLine(passphraseFd) }
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "no_input", "there is no terminal to ask",
                hint: "cat passphrase.txt | secret slot add passphrase --passphrase-fd 0")
        }
        return try terminal.readNewPassphrase(hint: "secret slot add passphrase")
    }
}

/// Adds a slot and shows what only now can be shown; `init` uses it too.
struct SlotAddition {
    let common: CommonOptions

    func add(_ slot: Request.Slot, secret: SecretBox?) throws(Fault) {
        let (answer, code) = try Agent(common: common).ask(.addSlot(slot), secret: secret)
        guard case .slotAdded(let name) = answer else { throw Fault.unexpectedAnswer }
        let voice = Voice(common)
        voice.say("the vault opens by \(name) too")
        if let code { try RecoveryCodeSheet(common: common).show(code, slot: name) }
    }
}

struct SlotRemove: Verb {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Remove a way to open the vault; never the last one.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Its id, or its kind where there is one of it.", valueName: "slot")) var text: String

    func perform() throws(Fault) -> ExitCode {
        let agent = Agent(common: common)
        guard case .slots(let slots) = try agent.ask(.slots).0 else { throw Fault.unexpectedAnswer }
        let found = slots.filter { $0.id.description == text.lowercased() || $0.kind == text }
        guard let slot = found.first, found.count == 1 else {
            let message = found.isEmpty ? "there is no such slot" : "there are \(found.count) slots of that kind"
            throw Fault(.usage, "no_slot", message, hint: "secret slot list")
        }
        if !common.yes {
            guard !common.noInput, let terminal = Terminal() else {
                throw Fault(
                    .usage, "needs_answer", "removing a slot needs an answer",
                    hint: "secret slot remove \(slot.id) --yes")
            }
            guard terminal.agrees(to: "remove the \(slot.kind) slot \(slot.id)?") else {
                throw Fault(.notPermitted, "declined", "declined; nothing was removed", hint: "secret slot list")
            }
        }
        let answer = try agent.ask(.removeSlot(slot.id)).0
        if slot.kind == "keyring" { KeyringSlot(agent: agent).delete(slot.id) }
        try voice.done(answer)
        return .done
    }
}
