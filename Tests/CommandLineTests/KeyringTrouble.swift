import Foundation
import Glibc
import Lifecycle
import Sealing
import TestSupport
import Wire

/// What befalls the keyring, the way to it, or an item in it.
enum KeyringTrouble: String, CaseIterable, Sendable {
    case locked, promptOpen, killed, killedInTheMiddle, frozen, frozenBus, noBus, busIsNoBus, slow
    case itemDeleted, itemReplaced, itemsSwapped, otherDefaultCollection
    case sessionKilled, sessionKilledInTheMiddle, sessionFrozen, holderKilledInTheMiddle

    /// What a person is told, a part of the message; nil where the command must succeed.
    func told(_ verb: KeyringVerb) -> (part: String, codes: [Int32])? {
        switch self {
        case .locked, .promptOpen: ("is locked", [75])
        case .killed, .noBus, .busIsNoBus: ("no keyring can be reached", [69])
        case .killedInTheMiddle: ("keyring", [69])
        case .frozen, .frozenBus, .sessionKilledInTheMiddle: ("in time", [69])
        case .slow, .sessionKilled: nil
        case .itemDeleted: verb.getsItem ? ("no longer holds the value of anthropic/main", [69]) : nil
        case .itemReplaced, .itemsSwapped: verb.getsItem ? ("is not what was put there", [69]) : nil
        case .otherDefaultCollection: verb.putsItem ? ("forgets everything when you log out", [69]) : nil
        case .holderKilledInTheMiddle: (verb == .unlock ? "in time" : "went away before it answered", [69])
        case .sessionFrozen: verb == .unlock ? nil : ("does not answer", [69])
        }
    }

    /// For the keyring that this needs.
    var showsPrompts: Bool { self == .promptOpen }
}

/// The verbs that reach the keyring.
enum KeyringVerb: String, CaseIterable, Sendable {
    case read, probe, moveOut, add, rotate, moveIn, unlock

    /// Needs the item of `anthropic/main` as it was put.
    var getsItem: Bool { [.read, .probe, .moveOut].contains(self) }
    /// Puts a new one.
    var putsItem: Bool { [.add, .rotate, .moveIn].contains(self) }
}

/// A desk whose vault opens by the keyring, which holds one credential of two.
struct KeyringStage: ~Copyable {
    static let other = "anthropic/other"
    let desk: Desk
    var keyring: PrivateKeyring
    /// What the live value of each may be by now.
    private(set) var values: [String: Set<String>]
    /// Of the held credential's first value.
    private let item: RecordID
    private var prompt: ProgramInBackground?

    init(_ trouble: KeyringTrouble) throws {
        let keyring = try PrivateKeyring(showsPrompts: trouble.showsPrompts)
        let desk = try Desk(environment: keyring.environment)
        try desk.expect(desk.secret("init", "--keyring", "--no-input"))
        let (held, kept) = (try desk.provider.mint(), try desk.provider.mint())
        let slotItems = try keyring.itemIDs()
        try desk.expect(desk.add(held, "--store", "keyring"))
        let item = try Self.newItem(in: keyring, since: slotItems)
        try desk.expect(desk.add(kept, name: Self.other))
        self.desk = desk
        self.keyring = keyring
        self.item = item
        values = [Desk.name: [held.value], Self.other: [kept.value]]
    }

    mutating func befall(_ trouble: KeyringTrouble) throws {
        switch trouble {
        case .locked: try keyring.lock()
        case .promptOpen: try openPrompt()
        case .killed: try keyring.kill()
        case .frozen, .killedInTheMiddle, .sessionKilledInTheMiddle: keyring.freeze()
        case .holderKilledInTheMiddle:
            keyring.thaw()
            _ = try desk.secret("status")
            keyring.freeze()
        case .frozenBus: keyring.freezeBus()
        case .noBus: try leaveBus(for: "unix:path=/nonexistent/bus")
        case .busIsNoBus: try leaveBus(for: "nonsense")
        case .slow: break
        case .itemDeleted: try order(.delete(item))
        case .itemReplaced: try order(.store(item), [UInt8](repeating: 0x61, count: 202))
        case .itemsSwapped: try swapItems()
        case .otherDefaultCollection: try keyring.setDefaultCollection("session")
        case .sessionKilled: if let process = try? sessionProcess() { try ForeignProcess.kill(process) }
        case .sessionFrozen: kill(try sessionProcess(), SIGSTOP)
        }
    }

    /// As before, for what comes after.
    mutating func mend(_ trouble: KeyringTrouble) throws {
        prompt = nil
        desk.environment["DBUS_SESSION_BUS_ADDRESS"] = keyring.address
        switch trouble {
        case .locked, .promptOpen, .killed, .killedInTheMiddle, .sessionKilledInTheMiddle: try keyring.restart()
        case .frozen, .holderKilledInTheMiddle: keyring.thaw()
        case .frozenBus: keyring.thawBus()
        case .otherDefaultCollection: try keyring.setDefaultCollection("login")
        case .sessionFrozen: kill(try sessionProcess(), SIGCONT)
        default: break
        }
    }

    /// Runs one verb while the trouble lasts.
    mutating func run(_ verb: KeyringVerb, _ trouble: KeyringTrouble) throws -> ProgramResult {
        let secret = try BuiltProgram.path("secret")
        let fresh = try desk.provider.mint()
        let paste = ["--stdin", "--yes", "--base-url", try desk.provider.baseURL]
        let words =
            switch verb {
            case .read: ["read", Desk.name]
            case .probe: ["probe", Desk.name]
            case .moveOut: ["move", Desk.name, "--to", "vault"]
            case .moveIn: ["move", Self.other, "--to", "keyring"]
            case .rotate: ["rotate", Desk.name, "--store", "keyring"] + paste
            case .add: ["add", "anthropic/new", "--store", "keyring"] + paste
            case .unlock: ["unlock", "--keyring"]
            }
        let isPaste = verb == .add || verb == .rotate
        let result = try desk.run(
            [secret] + words, input: isPaste ? fresh.value : nil, watching: disturbance(trouble))
        if verb == .rotate, result.code == 0 { values[Desk.name] = [fresh.value] }
        return result
    }

    /// What happens while the command runs, by the time since its start.
    private func disturbance(_ trouble: KeyringTrouble) throws -> ((Int32) -> Void)? {
        let start = ContinuousClock.now
        let service = keyring.process
        switch trouble {
        case .slow:
            return { _ in
                let time = start.duration(to: .now) / .milliseconds(600)
                kill(service, time - time.rounded(.down) < 0.85 ? SIGSTOP : SIGCONT)
                _ = poll(nil, 0, 10)
            }
        case .killedInTheMiddle:
            return { _ in
                if start.duration(to: .now) > .milliseconds(400) { kill(service, SIGKILL) }
                _ = poll(nil, 0, 10)
            }
        case .sessionKilledInTheMiddle: return Self.killing(try? sessionProcess(), start)
        case .holderKilledInTheMiddle:
            return Self.killing(try? Client.process(at: desk.places.agentSocket), start)
        default: return nil
        }
    }

    private static func killing(_ process: Int32?, _ start: ContinuousClock.Instant) -> ((Int32) -> Void)? {
        guard let process else { return nil }
        return { _ in
            if start.duration(to: .now) > .milliseconds(400) { kill(process, SIGKILL) }
            _ = poll(nil, 0, 10)
        }
    }

    func sessionProcess() throws -> Int32 { try Client.process(at: desk.places.sessionSocket) }

    /// The only item that was not there before.
    private static func newItem(in keyring: borrowing PrivateKeyring, since before: [String]) throws -> RecordID {
        let fresh = try keyring.itemIDs().filter { !before.contains($0) }
        guard fresh.count == 1, let id = RecordID(hex: fresh[0]) else {
            throw TestFault.unexpected("\(fresh.count) items")
        }
        return id
    }

    /// As another program of the session would do it.
    @discardableResult
    private func order(_ task: KeepingOrder.Task, _ bytes: [UInt8] = []) throws -> SecretBox? {
        let client = try Client(socket: desk.places.sessionSocket, program: "test")
        let order = KeepingOrder(task, milliseconds: 4_000)
        let secret = try SecretBytes(copying: bytes.span)
        let (reply, box) = try client.call(order, secret: secret, as: KeepingReply.self)
        guard reply.condition == .present else { throw TestFault.unexpected(reply.condition.rawValue) }
        return box
    }

    private mutating func swapItems() throws {
        let token = try desk.provider.mint()
        let before = try keyring.itemIDs()
        try desk.expect(desk.add(token, "--store", "keyring", name: "anthropic/third"))
        values["anthropic/third"] = [token.value]
        guard let box = try order(.fetch(Self.newItem(in: keyring, since: before))) else {
            throw TestFault.unexpected("no item")
        }
        try order(.store(item), box.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } })
    }

    private mutating func openPrompt() throws {
        try keyring.lock()
        let session = try BuiltProgram.path("secret-session")
        let short = try desk.run([session, "keyring", "state", "--prompt", "--within", "1500"])
        guard short.text == "prompting\n" else { throw TestFault.unexpected(short.text + short.talk) }
        prompt = ProgramInBackground(
            try SpawnedProgram(session, ["keyring", "state", "--prompt"], environment: desk.environment))
    }

    /// A keeper that runs already knows the right bus; the next one learns the wrong one.
    private func leaveBus(for address: String) throws {
        try ForeignProcess.kill(sessionProcess())
        desk.environment["DBUS_SESSION_BUS_ADDRESS"] = address
    }
}

/// Killed when nobody refers to it any more.
final class ProgramInBackground {
    private let program: SpawnedProgram
    init(_ program: consuming SpawnedProgram) { self.program = program }
}

extension Desk {
    /// - Throws: unless it ended well.
    func expect(_ result: ProgramResult) throws {
        guard result.code == 0 else { throw TestFault.unexpected("\(result.code): \(result.talk)") }
    }
}
