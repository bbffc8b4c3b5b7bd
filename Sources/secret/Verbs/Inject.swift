import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

struct Inject: Verb {
    static let configuration = CommandConfiguration(
        commandName: "inject", abstract: "Write a text with values in the places of its references.",
        discussion: """
            A reference is secret://NAME, or {{ secret://NAME }} where letters follow on it. The text goes to a pipe or a new file of mode \
            0600; nothing is written when one reference has no value.
            """)
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("The text with references; stdin when none is named.", valueName: "template"))
    var template: String?
    @Option(help: ArgumentHelp("Write to this new file.", valueName: "file")) var output: String?
    @Flag(help: "Write it even to a terminal.") var force = false
    /// In bytes.
    private static let largest = 4 << 20

    func perform() throws(Fault) -> ExitCode {
        if common.json {
            throw Fault(.usage, "no_json", "a value is never put into JSON", hint: "secret inject --help")
        }
        if output == nil, isatty(STDOUT_FILENO) == 1, !force {
            throw Fault(
                .usage, "terminal", "the values would stay in the terminal's scrollback; nothing was read",
                hint: "secret inject \(template.map { "\(ShellWord($0)) " } ?? "")--output injected.txt")
        }
        let text = try read()
        let references: [SecretReference]
        do { references = try text.bytes.withBytes(SecretReference.all) } catch {
            throw Fault(
                .configuration, "bad_reference",
                "line \(error.line) has a reference without a good name: \(error.name.message)",
                hint: "secret list")
        }
        let values = try values(of: references)
        try write(text, references, values)
        return .done
    }

    private func read() throws(Fault) -> SecretBox {
        let descriptor = template.map { unsafe open($0, O_RDONLY | O_CLOEXEC | O_NOCTTY) } ?? STDIN_FILENO
        guard descriptor >= 0 else {
            throw Fault(
                .inputOutput, "input", "the template cannot be opened (errno \(errno))",
                hint: "ls -l \(ShellWord(template ?? "."))")
        }
        defer { if template != nil { close(descriptor) } }
        do { return SecretBox(try SecretBytes.reading(descriptor, capacity: Self.largest)) } catch {
            switch error {
            case .tooLarge:
                throw Fault(
                    .inputOutput, "too_large", "the template is larger than \(Self.largest >> 20) MiB",
                    hint: "split it, and inject each part")
            case .inputFailed(let code):
                throw Fault(
                    .inputOutput, "input", "the template cannot be read (errno \(code))", hint: "secret inject --help")
            default: throw Fault(.fault, "locked_memory", "no locked memory is left for a secret", hint: "ulimit -l")
            }
        }
    }

    private func values(of references: [SecretReference]) throws(Fault) -> [CredentialName: SecretBox] {
        var values: [CredentialName: SecretBox] = [:]
        for name in Set(references.map(\.name)).sorted() {
            values[name] = try Agent(common: common).read(name, use: .inject)
        }
        return values
    }

    private func write(
        _ text: SecretBox, _ references: [SecretReference], _ values: [CredentialName: SecretBox]
    ) throws(Fault) {
        guard let output else {
            guard Self.write(text, references, values, to: STDOUT_FILENO) else { throw failed(errno) }
            return
        }
        let made = try NewFile(output, verb: "inject \(template.map { "\(ShellWord($0)) " } ?? "")--output")
        do throws(Fault) {
            guard Self.write(text, references, values, to: made.descriptor), fsync(made.descriptor) == 0 else {
                throw failed(errno)
            }
            try made.keep()
        } catch {
            made.remove()
            throw error
        }
    }

    /// Straight from locked memory, piece by piece; false with errno when not all arrived.
    private static func write(
        _ text: SecretBox, _ references: [SecretReference], _ values: [CredentialName: SecretBox], to descriptor: Int32
    ) -> Bool {
        var place = 0
        for reference in references {
            guard write(text, place..<reference.range.lowerBound, to: descriptor),
                values[reference.name]?.bytes.write(to: descriptor) == true
            else { return false }
            place = reference.range.upperBound
        }
        return write(text, place..<text.bytes.count, to: descriptor)
    }

    private static func write(_ text: SecretBox, _ range: Range<Int>, to descriptor: Int32) -> Bool {
        guard !range.isEmpty else { return true }
        return (try? text.bytes.extracting(range))?.write(to: descriptor) ?? false
    }

    private func failed(_ code: Int32) -> Fault {
        Fault(
            .inputOutput, "write_failed", "what was injected cannot be written (errno \(code))",
            hint: "check the path and the disk")
    }
}
