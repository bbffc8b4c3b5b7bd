import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

/// Where `add` and `rotate` take the value from, and what they are told about it.
struct StoreOptions: ParsableArguments {
    @Flag(help: "Read the value from stdin to its end.") var stdin = false
    @Option(help: ArgumentHelp("Read the value from this descriptor.", valueName: "n")) var fromFd: Int32?
    @Option(help: ArgumentHelp("The kind, such as anthropic.setup-token.", valueName: "kind")) var kind: String?
    @Option(help: ArgumentHelp("Where to probe instead: https, or http to this machine.", valueName: "url"))
    var baseUrl: String?
    @Option(help: ArgumentHelp("active, passive or off.", valueName: "how")) var probe: String?
    @Option(help: ArgumentHelp("Who holds the value: vault or keyring.", valueName: "home")) var store: String?
    @Option(help: ArgumentHelp("When the token was made, such as 2026-11-22.", valueName: "date")) var minted: String?
    @Option(help: ArgumentHelp("When the token ends.", valueName: "date")) var expires: String?
    @Option(help: ArgumentHelp("A host that helpers may give it to, such as github.com.", valueName: "host"))
    var host: [String] = []
    @Option(help: ArgumentHelp("Whose it is at its provider.", valueName: "name")) var account: String?
    @Flag(help: "Keep a value of an odd shape.") var asIs = false

    func order(for name: CredentialName) throws(Fault) -> StoreOrder {
        var order = StoreOrder(name: name)
        order.kind = kind
        order.baseURL = baseUrl
        order.asIs = asIs
        order.hosts = try host.map { (text) throws(Fault) in try Self.host(text) }
        order.account = try account.map { (text) throws(Fault) in
            guard let name = AccountName(text) else {
                throw Fault(
                    .usage, "account", "--account takes a name of 1 to 256 bytes without control characters",
                    hint: "secret add --help")
            }
            return name
        }
        order.minted = try date(minted, "--minted")
        order.expires = try date(expires, "--expires")
        if let probe {
            guard let choice = StoreOrder.ProbeChoice(rawValue: probe) else {
                throw Fault(.usage, "probe_choice", "--probe takes active, passive or off", hint: "secret add --help")
            }
            order.probing = choice
        }
        order.store = try store.map { (text) throws(Fault) in try ValueHome.named(text, option: "--store", verb: "add")
        }
        return order
    }

    /// The text is not repeated, it may be a token.
    private static func host(_ text: String) throws(Fault) -> BoundHost {
        do throws(BaseURL.Problem) { return try BoundHost(text) } catch {
            throw Fault(
                .usage, "host", "--host takes a host such as github.com, or with its port git.example.com:8443",
                hint: "secret add --help")
        }
    }

    private func date(_ text: String?, _ option: String) throws(Fault) -> Timestamp? {
        guard let text else { return nil }
        guard let time = Timestamp(rfc3339: text) else {
            throw Fault(
                .usage, "date", "\(option) takes a date such as 2026-11-22, or RFC 3339", hint: "secret add --help")
        }
        return time
    }

    /// The paste, from where the options say, else from the terminal.
    func paste(for name: CredentialName, verb: String, _ common: CommonOptions) throws(Fault) -> SecretBox {
        if let fromFd { return try SecretInput.readToEnd(fromFd) }
        if stdin { return try SecretInput.readToEnd(STDIN_FILENO) }
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "no_input", "there is no terminal to paste into",
                hint: "cat token.txt | secret \(verb) \(name) --stdin")
        }
        // Nobody pastes in vain: a keyring that cannot be used is told first.
        if store == ValueHome.keyring.rawValue { _ = try Agent(common: common).ask(.keyringState(name)) }
        return try terminal.readPaste(prompt: "value for \(name)")
    }
}

/// Secrets from descriptors.
enum SecretInput {
    /// - Throws: exit code 74 when the descriptor cannot be read, 65 when too much comes.
    static func readToEnd(_ descriptor: Int32) throws(Fault) -> SecretBox {
        do { return SecretBox(try SecretBytes.reading(descriptor, capacity: Terminal.largestPaste)) } catch {
            switch error {
            case .tooLarge:
                throw Fault(
                    .refused, "too_large", "more than 256 KiB were given; nothing was stored", hint: "secret add --help"
                )
            default:
                throw Fault(.inputOutput, "input", "descriptor \(descriptor) cannot be read", hint: "secret add --help")
            }
        }
    }

    /// The first line of a descriptor, without its end; a passphrase in a file ends with one.
    static func readFirstLine(_ descriptor: Int32) throws(Fault) -> SecretBox {
        let all = try readToEnd(descriptor)
        let count = all.bytes.withBytes { bytes in
            bytes.indices.first { bytes[$0] == 0x0A || bytes[$0] == 0x0D } ?? bytes.count
        }
        do { return SecretBox(try all.bytes.extracting(0..<count)) } catch {
            throw Fault(.fault, "locked_memory", "no locked memory is left for a secret", hint: "ulimit -l")
        }
    }
}

/// The name on the command line.
struct NameArgument: ParsableArguments {
    @Argument(help: ArgumentHelp("Such as anthropic/main.", valueName: "name")) var text: String

    func name() throws(Fault) -> CredentialName { try Self.name(text) }

    /// - Throws: exit code 64 with what is wrong with the text.
    static func name(_ text: String) throws(Fault) -> CredentialName {
        do { return try CredentialName(text) } catch {
            throw Fault(.usage, "bad_name", error.message, hint: "use a name such as anthropic/main")
        }
    }
}

extension ValueHome {
    /// - Throws: exit code 64 for any other word.
    static func named(_ text: String, option: String, verb: String) throws(Fault) -> ValueHome {
        guard let home = ValueHome(rawValue: text) else {
            throw Fault(.usage, "home", "\(option) takes vault or keyring", hint: "secret \(verb) --help")
        }
        return home
    }
}
