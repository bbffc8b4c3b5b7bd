import Glibc
import Lifecycle
import Sealing
import Wire

/// The Secret Service slot: the key travels from `secret-session` through a pipe into locked memory, and on to the key holder.
struct KeyringSlot {
    let agent: Agent

    /// Whether a keyring answers here and is open.
    static func isPresent() -> Bool {
        guard
            let child = try? Program.start(
                "secret-session", ["keyring", "state"], descriptors: [nil, nil, nil], leads: false)
        else { return false }
        return child.end() == 0
    }

    /// Makes a key in the keyring; it was read back when this returns.
    func create() throws(Fault) -> (item: RecordID, key: SecretBox) {
        let both = try receive(["keyring", "create", "--fd", "3"], count: RecordID.size + VaultKeys.size)
        let id = both.bytes.withBytes { bytes in RecordID(bytes: (0..<RecordID.size).map { bytes[$0] }) }
        guard let id, let key = try? both.bytes.extracting(RecordID.size..<both.bytes.count) else { throw broken }
        return (id, SecretBox(key))
    }

    func delete(_ item: RecordID) {
        let child = try? Program.start(
            "secret-session", ["keyring", "delete", "--id", item.description], descriptors: [nil, nil, STDERR_FILENO],
            leads: false)
        _ = child?.end()
    }

    /// - Parameter milliseconds: what the keyring may take; nil for its own deadline.
    func fetch(_ item: RecordID, within milliseconds: Int? = nil) throws(Fault) -> SecretBox {
        let words = ["keyring", "fetch", "--id", item.description, "--fd", "3"]
        let limit = milliseconds.map { ["--within", String($0)] } ?? []
        return try receive(words + limit, count: VaultKeys.size)
    }

    /// Less than a person's own `unlock` gets, because the command that follows may need the keyring too.
    private static let quietTime = 1_000

    /// Opens a vault that has a keyring slot; what goes wrong is told, and the command then finds the vault locked.
    func openQuietly() {
        do throws(Fault) { _ = try open(within: Self.quietTime) } catch {
            if !agent.common.quiet { Voice.note("the keyring did not open the vault: \(error.message)") }
        }
    }

    /// False when the vault has no keyring slot.
    ///
    /// - Parameter milliseconds: what the keyring may take; nil for its own deadline.
    func open(_ terms: UnlockTerms = UnlockTerms(), within milliseconds: Int? = nil) throws(Fault) -> Bool {
        guard case .slots(let slots) = try agent.ask(.slots, opening: false).0,
            let slot = slots.first(where: { $0.kind == "keyring" })
        else { return false }
        let key = try fetch(slot.id, within: milliseconds)
        _ = try agent.ask(.unlock(.keyring(slot.id), terms), secret: key, opening: false)
        return true
    }

    private func receive(_ arguments: [String], count: Int) throws(Fault) -> SecretBox {
        var pipe = try Pipe()
        let child = try Program.start(
            "secret-session", arguments, descriptors: [nil, nil, STDERR_FILENO, pipe.writing], leads: false)
        pipe.closeWriting()
        let received = try? SecretBytes.reading(pipe.reading, capacity: count)
        let code = child.end()
        guard code == 0 else {
            throw Fault(
                ExitCode(rawValue: code) ?? .unreachable, "keyring", "the keyring gave no key",
                hint: "secret unlock --recovery")
        }
        guard let received, received.count == count else { throw broken }
        return SecretBox(received)
    }

    private var broken: Fault {
        Fault(.fault, "keyring_key", "the keyring's key cannot be read", hint: "secret unlock --recovery")
    }
}
