import Glibc
import Sealing
import Wire

/// The person's terminal, when there is one: reads secrets unseen, asks yes or no.
struct Terminal {
    /// More than a paste may hold is refused by whoever cleans it.
    static let largestPaste = 257 * 1024
    private let descriptor: Int32

    /// Nil without a terminal on stdin.
    init?() {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        descriptor = STDIN_FILENO
    }

    /// A whole paste, however many lines it has: to the end mark of a bracketed paste (xterm, "Bracketed Paste Mode"), else to a line
    /// end that nothing follows for a moment. Nothing is shown.
    ///
    /// - Throws: exit code 74 when the terminal fails, 64 when the person gave up.
    func readPaste(prompt: String) throws(Fault) -> SecretBox {
        try unseen(prompt + (" (nothing is shown; paste all of it): ")) { () throws(Fault) in
            Self.write("\u{1B}[?2004h")
            defer { Self.write("\u{1B}[?2004l") }
            return try collect(PasteEnd())
        }
    }

    /// One line, such as a passphrase, without its line end.
    func readLine(prompt: String) throws(Fault) -> SecretBox {
        try unseen(prompt) { () throws(Fault) in try collect(nil) }
    }

    /// A passphrase that is to be set, typed twice.
    ///
    /// - Parameter hint: the command to start over with.
    /// - Throws: exit code 64 for an empty one or two that differ.
    func readNewPassphrase(hint: String) throws(Fault) -> SecretBox {
        let first = try readLine(prompt: "new passphrase: ")
        guard first.bytes.count > 0 else {
            throw Fault(.usage, "passphrase_empty", "the passphrase is empty; nothing was made", hint: hint)
        }
        guard try first.bytes.matches(readLine(prompt: "the same again: ").bytes) else {
            throw Fault(.usage, "passphrase_differs", "the two passphrases differ; nothing was made", hint: hint)
        }
        return first
    }

    /// Asks until the answer is yes or no; the end of input is no.
    func agrees(to question: String) -> Bool {
        while true {
            Self.write("secret: \(Printable.line(question)) [y/n] ")
            guard let answer = Swift.readLine() else { return false }
            switch answer.lowercased() {
            case "y", "yes": return true
            case "n", "no": return false
            default: continue
            }
        }
    }

    /// Reads byte for byte into locked memory; a paste when `end` is given, else a line.
    private func collect(_ end: PasteEnd?) throws(Fault) -> SecretBox {
        var end = end
        var gaveUp = false
        let secret: SecretBytes
        do {
            secret = try SecretBytes(capacity: Self.largestPaste) { output throws(SealingError) in
                while output.freeCapacity > 0 {
                    let got = unsafe output.readOnce(atMost: 1) { room, size in unsafe read(descriptor, room, size) }
                    if got < 0, errno == EINTR { continue }
                    guard got >= 0 else { throw .inputFailed(errno: errno) }
                    guard got > 0 else { return }
                    let byte = output.span[output.count - 1]
                    if byte == 0x03 { gaveUp = true }
                    if byte == 0x03 || byte == 0x04 { return }
                    if end == nil, byte == 0x0A || byte == 0x0D { return }
                    if end?.isBracketed != true, Self.erase(byte, in: &output) { continue }
                    if end?.isReached(by: byte, morePending: isMorePending) == true { return }
                }
            }
        } catch {
            throw Fault(.inputOutput, "terminal", "the terminal cannot be read", hint: "secret add --help")
        }
        if gaveUp { throw Fault(.usage, "gave_up", "stopped; nothing was stored", hint: "secret status") }
        return SecretBox(try trimmed(secret, line: end == nil))
    }

    /// The keys that take back what was typed: backspace one byte, Ctrl-U all of it. False for any other.
    private static func erase(_ byte: UInt8, in output: inout OutputSpan<UInt8>) -> Bool {
        switch byte {
        case 0x7F, 0x08: output.removeLast(min(2, output.count))
        case 0x15: output.removeAll()
        default: return false
        }
        return true
    }

    /// Without what ended it: the key that ends input, and for a line its end.
    private func trimmed(_ secret: borrowing SecretBytes, line: Bool) throws(Fault) -> SecretBytes {
        let count = secret.withBytes { bytes in
            var count = bytes.count
            while count > 0,
                bytes[count - 1] == 0x04 || (line && (bytes[count - 1] == 0x0A || bytes[count - 1] == 0x0D))
            {
                count -= 1
            }
            return count
        }
        do { return try secret.extracting(0..<count) } catch {
            throw Fault(.fault, "locked_memory", "no locked memory is left for a secret", hint: "ulimit -l")
        }
    }

    /// Whether more input comes within a moment: a paste arrives faster than a person types.
    private func isMorePending() -> Bool {
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&waiting, 1, 700) > 0
    }

    /// Echo off and bytes as they come; put back on every way out, and what was typed too much is thrown away.
    private func unseen<Value>(_ prompt: String, _ body: () throws(Fault) -> Value) throws(Fault) -> Value {
        var before = termios()
        guard unsafe tcgetattr(descriptor, &before) == 0 else {
            throw Fault(.inputOutput, "terminal", "the terminal cannot be set up (errno \(errno))")
        }
        var raw = before
        raw.c_lflag &= ~tcflag_t(ECHO | ICANON | ISIG)
        raw.c_iflag &= ~tcflag_t(ICRNL | IXON)
        guard unsafe tcsetattr(descriptor, TCSAFLUSH, &raw) == 0 else {
            throw Fault(.inputOutput, "terminal", "the terminal cannot be set up (errno \(errno))")
        }
        let rescue = TerminalRescue(before)
        defer {
            _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &before)
            rescue.end()
            Self.write("\n")
        }
        Self.write("secret: \(prompt)")
        return try body()
    }

    private static func write(_ text: String) {
        let bytes = Array(text.utf8)
        _ = unsafe Glibc.write(STDERR_FILENO, bytes, bytes.count)
    }
}

/// Sees where a paste ends, a byte at a time; it remembers how much of a mark it saw, and no byte.
private struct PasteEnd {
    private static let lead = Array("\u{1B}[20".utf8)
    private var matched = 0
    private var digit: UInt8 = 0
    private(set) var isBracketed = false

    /// - Parameter morePending: asked only after a line end outside of brackets.
    mutating func isReached(by byte: UInt8, morePending: () -> Bool) -> Bool {
        if matched == Self.lead.count {
            digit = byte
            matched += 1
        } else if matched > Self.lead.count {
            matched = 0
            if byte == UInt8(ascii: "~"), digit == UInt8(ascii: "1") { return true }
            if byte == UInt8(ascii: "~"), digit == UInt8(ascii: "0") { isBracketed = true }
        } else {
            matched = byte == Self.lead[matched] ? matched + 1 : (byte == Self.lead[0] ? 1 : 0)
        }
        guard !isBracketed, byte == 0x0A || byte == 0x0D else { return false }
        return !morePending()
    }
}

/// Puts the terminal back when a signal ends the process while nothing is shown.
private struct TerminalRescue {
    // A signal handler reaches nothing but globals; one thread writes it before the handlers are set.
    nonisolated(unsafe) private static var settings = termios()
    private static let signals = [SIGTERM, SIGHUP, SIGINT, SIGQUIT]

    init(_ settings: termios) {
        unsafe Self.settings = settings
        for number in Self.signals {
            _ = signal(number) { number in
                _ = unsafe tcsetattr(STDIN_FILENO, TCSAFLUSH, &TerminalRescue.settings)
                let plain: StaticString = "\u{1B}[?2004l\n"
                _ = unsafe write(STDERR_FILENO, plain.utf8Start, plain.utf8CodeUnitCount)
                _ = Glibc.signal(number, SIG_DFL)
                raise(number)
            }
        }
    }

    func end() { for number in Self.signals { _ = signal(number, SIG_DFL) } }
}
