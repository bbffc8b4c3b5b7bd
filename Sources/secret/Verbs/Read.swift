import ArgumentParser
import Glibc
import Lifecycle
import Sealing
import Wire

struct Read: Verb {
    static let configuration = CommandConfiguration(
        commandName: "read", abstract: "Write the value and nothing else, to a pipe or a file of mode 0600.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument
    @Option(help: ArgumentHelp("Write to this new file.", valueName: "file")) var output: String?
    @Flag(help: "Write it even to a terminal.") var force = false

    var changesNothing: Bool { true }

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        if common.json {
            throw Fault(.usage, "no_json", "a value is never put into JSON", hint: "secret read \(name) | wc -c")
        }
        if output == nil, isatty(STDOUT_FILENO) == 1, !force {
            throw Fault(
                .usage, "terminal", "the value would stay in the terminal's scrollback; it was not read",
                hint: "secret read \(name) | wc -c")
        }
        try write(try Agent(common: common).read(name, use: .read))
        return .done
    }

    /// A file that exists is not overwritten.
    private func write(_ value: SecretBox) throws(Fault) {
        guard let output else {
            guard value.bytes.write(to: STDOUT_FILENO) else { throw failed("stdout", errno) }
            return
        }
        let file = unsafe open(output, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw failed("the file", errno) }
        defer { close(file) }
        guard fchmod(file, 0o600) == 0, value.bytes.write(to: file), fsync(file) == 0 else {
            let code = errno
            _ = unsafe unlink(output)
            throw failed("the file", code)
        }
    }

    private func failed(_ what: String, _ code: Int32) -> Fault {
        let hint = code == EEXIST ? "choose a file that does not exist yet" : "check the path and the disk"
        return Fault(.inputOutput, "write_failed", "\(what) cannot be written (errno \(code))", hint: hint)
    }
}
