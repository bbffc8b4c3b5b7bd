import FoundationEssentials
import Glibc
import Lifecycle
import Sealing
import Wire

/// Data on stdout, talk on stderr.
struct Voice {
    private let options: CommonOptions

    init(_ options: CommonOptions) { self.options = options }

    /// Talk that `--quiet` silences.
    func say(_ text: String) { if !options.quiet { Self.note(text) } }

    /// Data: as JSON with `--json`, else the text.
    func show(_ value: some Encodable, _ text: @autoclosure () -> String) throws(Fault) {
        try Self.output(options.json ? try Self.json(value) : text())
    }

    /// A step of a verb that has more to show.
    func said(_ answer: Answer) throws(Fault) {
        guard case .done(let text) = answer else { throw Fault.unexpectedAnswer }
        say(text)
    }

    /// The last word of a verb that has nothing to show.
    func done(_ answer: Answer) throws(Fault) {
        struct Report: Encodable { let done: String }
        guard case .done(let text) = answer else { throw Fault.unexpectedAnswer }
        if options.json { try Self.output(try Self.json(Report(done: text))) } else { say(text) }
    }

    /// A secret between two texts, straight from locked memory; false when it did not arrive.
    static func output(_ before: String, secret: SecretBox, _ after: String, to descriptor: Int32) -> Bool {
        write(before, to: descriptor) && secret.bytes.write(to: descriptor) && write(after, to: descriptor)
    }

    static func note(_ text: String) { _ = write("secret: \(Printable.line(text))\n", to: STDERR_FILENO) }

    /// Data; a reader that has had enough (EPIPE) is no failure.
    static func output(_ text: String) throws(Fault) {
        let line = text.hasSuffix("\n") || text.isEmpty ? text : text + "\n"
        guard write(line, to: STDOUT_FILENO) || errno == EPIPE else {
            throw Fault(.inputOutput, "stdout", "stdout cannot be written (errno \(errno))", hint: "df -h .")
        }
    }

    static func tell(_ fault: Fault, json: Bool) {
        struct Report: Encodable { let error: Fault }
        if json, let text = try? Self.json(Report(error: fault)) { try? output(text) }
        _ = write("secret: error: \(Printable.line(fault.message))\n", to: STDERR_FILENO)
        if let hint = fault.hint { _ = write("secret: hint: \(Printable.line(hint))\n", to: STDERR_FILENO) }
    }

    static func json(_ value: some Encodable) throws(Fault) -> String { try Sheet.text(value) }

    /// False, with errno, when not all of it arrived.
    private static func write(_ text: String, to descriptor: Int32) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { unsafe Glibc.write(descriptor, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Text that may come from elsewhere, made safe for a terminal: no control characters, no bidirectional marks.
enum Printable {
    static func line(_ text: String) -> String {
        String(String.UnicodeScalarView(text.unicodeScalars.filter(isSafe)).prefix(2000))
    }

    private static func isSafe(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0..<0x20, 0x7F..<0xA0, 0x200B...0x200F, 0x202A...0x202E, 0x2066...0x2069, 0xFEFF: false
        default: true
        }
    }
}
