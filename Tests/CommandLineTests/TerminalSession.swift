import Foundation
import Glibc
import TestSupport

/// A program on a pseudo-terminal (pty(7)), as a person has it before them.
final class TerminalSession {
    private let master: Int32
    private let slave: Int32
    private let child: SpawnedProgram
    /// All that came to the screen.
    private(set) var screen: [UInt8] = []
    private let before: termios
    private static let patience = Duration.seconds(60)

    /// - Parameter words: after `secret`.
    init(_ desk: Desk, _ words: String...) throws {
        (master, slave) = try TerminalEnds.make()
        before = try Self.settings(slave)
        child = try SpawnedProgram(
            try BuiltProgram.path("secret"), words, environment: desk.environment,
            descriptors: [0: slave, 1: slave, 2: slave])
    }

    deinit {
        close(master)
        close(slave)
    }

    var text: String { String(decoding: screen, as: UTF8.self) }

    /// Whether the terminal does all that it did before the program came.
    var isRestored: Bool {
        get throws {
            let now = try Self.settings(slave)
            return now.c_iflag == before.c_iflag && now.c_oflag == before.c_oflag && now.c_cflag == before.c_cflag
                && now.c_lflag == before.c_lflag
        }
    }

    /// Whether what is typed now would be shown.
    var showsTyping: Bool { get throws { try Self.settings(slave).c_lflag & tcflag_t(ECHO) != 0 } }

    func wait(for sign: String) throws {
        let deadline = ContinuousClock.now + Self.patience
        while !text.contains(sign) {
            try Readiness.wait(for: master, until: deadline)
            try look()
        }
    }

    func type(_ keys: String) throws {
        let bytes = Array(keys.utf8)
        guard unsafe write(master, bytes, bytes.count) == bytes.count else {
            throw TestFault.system(call: "write", errno: errno)
        }
    }

    /// Types a line once a question is on the screen.
    func answer(_ question: String, _ line: String) throws {
        try wait(for: question)
        try type(line + "\r")
    }

    /// Types, and returns when the program took all of it: what is still on its way in the kernel would be shown by a terminal
    /// that is put back meanwhile.
    func typeAndWait(_ keys: String) throws {
        let wanted = try bytesRead() + keys.utf8.count
        let deadline = ContinuousClock.now + Self.patience
        try type(keys)
        while try bytesRead() < wanted {
            guard ContinuousClock.now < deadline else { throw TestFault.late("typed text") }
        }
    }

    /// proc(5), /proc/PID/io.
    private func bytesRead() throws -> Int {
        let text = try String(contentsOfFile: "/proc/\(child.pid)/io", encoding: .utf8)
        let line = text.split(separator: "\n").first { $0.hasPrefix("rchar: ") }
        guard let count = line.flatMap({ Int($0.dropFirst("rchar: ".count)) }) else { throw TestFault.unexpected(text) }
        return count
    }

    func signal(_ number: Int32) { child.signal(number) }

    var process: Int32 { child.pid }

    /// As a window that a person drags; this terminal controls no session, so the signal is ours to send.
    func resize(rows: UInt16, columns: UInt16) throws {
        var size = winsize(ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0)
        guard unsafe ioctl(master, UInt(TIOCSWINSZ), &size) == 0 else {
            throw TestFault.system(call: "ioctl", errno: errno)
        }
        child.signal(SIGWINCH)
    }

    /// The exit code, once all that was printed is on the screen.
    func end() throws -> Int32 {
        let code = try child.exitCode(within: Self.patience)
        var question = pollfd(fd: master, events: Int16(POLLIN), revents: 0)
        while unsafe poll(&question, 1, 0) > 0 { try look() }
        return code
    }

    private func look() throws {
        var chunk = [UInt8](repeating: 0, count: 4096)
        let count = unsafe read(master, &chunk, chunk.count)
        guard count > 0 else { throw TestFault.system(call: "read", errno: errno) }
        screen += chunk.prefix(count)
    }

    private static func settings(_ terminal: Int32) throws -> termios {
        var settings = termios()
        guard unsafe tcgetattr(terminal, &settings) == 0 else {
            throw TestFault.system(call: "tcgetattr", errno: errno)
        }
        return settings
    }
}
