internal import CLinux
internal import Glibc

/// Signals as bytes of a pipe, which a loop over poll(2) reads.
struct SignalPipe: ~Copyable {
    let reading: Int32
    // A signal handler reaches nothing but globals; they are written before a handler is set.
    nonisolated(unsafe) private static var writing: Int32 = -1
    /// What a parent such as nohup(1) had us ignore.
    nonisolated(unsafe) private static var ignoredAtStart: [Int32] = []
    static var ignored: [Int32] { unsafe ignoredAtStart }

    /// What is handed on to the command.
    static let forwarded = [SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGTSTP]
    private static let heard = forwarded + [SIGCHLD, SIGCONT, SIGWINCH]

    /// A signal that came.
    struct Arrival {
        let number: Int32
        /// The terminal sent it to all of its foreground, the command too where that is in our group.
        let isFromTerminal: Bool
    }

    /// - Returns: nil with errno when there is no pipe.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard unsafe linux_pipe(&ends) == 0 else { return nil }
        for end in ends { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
        reading = ends[0]
        unsafe Self.writing = ends[1]
        for number in Self.heard {
            if linux_is_ignored(number) != 0, number != SIGCHLD {
                unsafe Self.ignoredAtStart.append(number)
            } else {
                Self.hear(number)
            }
        }
        signal(SIGPIPE, SIG_IGN)
    }

    deinit {
        close(reading)
        unsafe close(Self.writing)
    }

    static func hear(_ number: Int32) {
        _ = unsafe linux_handle(number) { number, facts, _ in
            let before = errno
            // Positive codes are the kernel's (sigaction(2)).
            let isKernel = unsafe facts.map { unsafe $0.pointee.si_code > 0 } ?? false
            var byte = UInt8(truncatingIfNeeded: number) | (isKernel ? 0x80 : 0)
            _ = unsafe write(SignalPipe.writing, &byte, 1)
            errno = before
        }
    }

    /// For a process that starts the command in our place.
    static func keepIgnoring(_ numbers: [Int32]) {
        for number in numbers { signal(number, SIG_IGN) }
        unsafe ignoredAtStart = numbers
    }

    borrowing func arrivals() -> [Arrival] {
        var bytes = [UInt8](repeating: 0, count: 64)
        let count = unsafe read(reading, &bytes, bytes.count)
        return bytes.prefix(max(0, count)).map {
            Arrival(number: Int32($0 & 0x7F), isFromTerminal: $0 & 0x80 != 0)
        }
    }
}
