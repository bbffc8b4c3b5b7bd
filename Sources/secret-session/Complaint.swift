internal import ArgumentParser
internal import Glibc
internal import Keyring
internal import Sealing
internal import Wire

/// An error as a person and a script see it: two lines on stderr and an exit code of sysexits.h.
struct Complaint: Error {
    let message: String
    let hint: String?
    let code: Int32
}

extension Complaint {
    init(_ error: KeyringError) {
        self.init(message: error.message, hint: error.hint, code: Self.code(of: error))
    }

    init(_ fault: Fault) { self.init(message: fault.message, hint: fault.hint, code: fault.code.rawValue) }

    static func usage(_ message: String) -> Complaint {
        Complaint(message: message, hint: "see `secret-session keyring --help`", code: EX_USAGE)
    }

    static func output(errno code: Int32) -> Complaint {
        Complaint(
            message: "the key could not be handed over: the other end of the pipe failed (errno \(code))",
            hint: nil, code: EX_IOERR)
    }

    /// The codes of DESIGN §8: what to do is in the number, why is in the text.
    private static func code(of error: KeyringError) -> Int32 {
        switch error {
        case .absent, .hung, .refused, .transient, .changedInKeeping: EX_UNAVAILABLE
        case .locked, .dismissed, .prompting: EX_TEMPFAIL
        case .missing: EX_NOINPUT
        case .unfitSize: EX_DATAERR
        case .lockedMemoryExhausted: EX_SOFTWARE
        }
    }

    /// Prints what `error` says and ends the process; help that was asked for goes to stdout with code 0.
    static func end(of error: any Error) -> Never {
        switch error {
        case let complaint as Complaint: complaint.print()
        case let error as KeyringError: Complaint(error).print()
        case SealingError.lockedMemoryExhausted(let bytes):
            Complaint(.lockedMemoryExhausted(bytes: bytes)).print()
        default: endOfCommandLine(error)
        }
    }

    /// ArgumentParser's own words quote what was typed, and that may be a key.
    private static func endOfCommandLine(_ error: any Error) -> Never {
        switch SecretSession.exitCode(for: error) {
        case .success: SecretSession.exit(withError: error)
        case .validationFailure: usage("the command line is not understood").print()
        default: Complaint(message: "unexpected: \(type(of: error))", hint: nil, code: EX_SOFTWARE).print()
        }
    }

    /// What a person is to know although it is no error.
    static func note(_ text: String) { write("secret: \(text)\n") }

    private func print() -> Never {
        let lines = ["secret: error: \(message)"] + (hint.map { ["secret: hint: \($0)"] } ?? [])
        Self.write(lines.joined(separator: "\n") + "\n")
        Glibc.exit(code)
    }

    private static func write(_ text: String) {
        var text = text
        text.withUTF8 { bytes in _ = unsafe Glibc.write(STDERR_FILENO, bytes.baseAddress, bytes.count) }
    }
}
