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
        let both = try receive(["keyring", "create", "--fd", "3"])
        guard both.bytes.count == RecordID.size + VaultKeys.size else { throw broken }
        let id = both.bytes.withBytes { bytes in RecordID(bytes: (0..<RecordID.size).map { bytes[$0] }) }
        guard let id, let key = try? both.bytes.extracting(RecordID.size..<both.bytes.count) else { throw broken }
        return (id, SecretBox(key))
    }

    /// Deletes the key, and the copy of the anchor beside it where there is one.
    func delete(_ item: RecordID) {
        for (id, errors) in [(item, STDERR_FILENO as Int32?), (Self.anchorItem(beside: item), nil)] {
            let child = try? Program.start(
                "secret-session", ["keyring", "delete", "--id", id.description], descriptors: [nil, nil, errors],
                leads: false)
            _ = child?.end()
        }
    }

    private static func anchorItem(beside slot: RecordID) -> RecordID {
        guard let id = RecordID(bytes: Anchor.itemID(besideSlot: slot.bytes)) else {
            preconditionFailure("an item's id has 16 bytes")
        }
        return id
    }

    func fetch(_ item: RecordID) throws(Fault) -> SecretBox {
        let received = try receive(Self.words(item))
        guard received.bytes.count == VaultKeys.size else { throw broken }
        return received
    }

    /// The key, and the copy of the anchor beside it where there is one.
    ///
    /// - Parameter milliseconds: what the keyring may take; nil for its own deadline.
    private func fetchBoth(_ item: RecordID, within milliseconds: Int?) throws(Fault) -> (SecretBox, anchor: [UInt8]?) {
        let limit = milliseconds.map { ["--within", String($0)] } ?? []
        let also = ["--also", Self.anchorItem(beside: item).description]
        let both = try receive(Self.words(item) + also + limit)
        guard both.bytes.count >= VaultKeys.size, let key = try? both.bytes.extracting(0..<VaultKeys.size) else {
            throw broken
        }
        let anchor = both.bytes.withBytes { bytes in (VaultKeys.size..<bytes.count).map { bytes[$0] } }
        return (SecretBox(key), anchor.isEmpty ? nil : anchor)
    }

    private static func words(_ item: RecordID) -> [String] {
        ["keyring", "fetch", "--id", item.description, "--fd", "3"]
    }

    /// Less than a person's own `unlock` gets, because the command that follows may need the keyring too.
    private static let quietTime = 1_400

    /// Opens a vault that has a keyring slot; what goes wrong is told, and the command then finds the vault locked.
    ///
    /// - Throws: exit code 79 when the vault opens and is not what was seen last.
    func openQuietly() throws(Fault) {
        do throws(Fault) { _ = try open(within: Self.quietTime) } catch {
            if error.code == .damaged { throw error }
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
        let (key, anchor) = try fetchBoth(slot.id, within: milliseconds)
        var terms = terms
        terms.anchor = terms.anchor ?? anchor
        _ = try agent.ask(.unlock(.keyring(slot.id), terms), secret: key, opening: false)
        return true
    }

    /// More than a key and an anchor is nothing of ours.
    private static let mostReceived = 256

    private func receive(_ arguments: [String]) throws(Fault) -> SecretBox {
        var pipe = try Pipe()
        var errors = try Pipe()
        let child = try Program.start(
            "secret-session", arguments, descriptors: [nil, nil, errors.writing, pipe.writing], leads: false)
        pipe.closeWriting()
        errors.closeWriting()
        let received = try? SecretBytes.reading(pipe.reading, capacity: Self.mostReceived)
        let said = errors.text(atMost: 4096)
        let code = child.end()
        guard code == 0 else {
            throw Fault(
                ExitCode(rawValue: code) ?? .unreachable, "keyring",
                Self.line("secret: error: ", of: said) ?? "the keyring gave no key",
                hint: Self.line("secret: hint: ", of: said) ?? "secret unlock --recovery")
        }
        guard let received else { throw broken }
        return SecretBox(received)
    }

    /// What is behind a mark that `secret-session` begins its lines with.
    private static func line(_ mark: String, of text: String) -> String? {
        text.split(separator: "\n").first { $0.hasPrefix(mark) }.map { String($0.dropFirst(mark.count)) }
    }

    private var broken: Fault {
        Fault(.fault, "keyring_key", "the keyring's key cannot be read", hint: "secret unlock --recovery")
    }
}
