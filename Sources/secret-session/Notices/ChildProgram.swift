internal import CLinux
internal import Glibc

/// A program that is given something to read and a time to end in.
struct ChildProgram {
    let process: pid_t
    private let handle: Int32

    /// - Parameters:
    ///   - words: the program, looked for in PATH, and its arguments.
    ///   - standard: what it finds at 0, 1 and 2; nil for /dev/null.
    /// - Throws: that it cannot be started.
    init(_ words: [String], standard: [Int32?]) throws(ChannelFailure) {
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        guard null >= 0 else { throw ChannelFailure(problem: "no descriptor is left") }
        let launch = Launch(words: words, files: [])
        switch launch.start(environment: nil, standard: standard.map { $0 ?? null }, .ourGroup) {
        case .failure(let failure):
            throw ChannelFailure(problem: "\(words[0]) cannot be started (errno \(failure.errno))")
        case .success(let process):
            self.process = process
            handle = linux_pidfd(process)
        }
    }

    /// Its exit code, 128 and a signal, or nil when it was ended because its time was over.
    func end(within milliseconds: Int32) -> Int32? {
        defer { if handle >= 0 { close(handle) } }
        var ended = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        let ready = unsafe handle >= 0 ? poll(&ended, 1, milliseconds) : 1
        let isOver = ready == 0
        if isOver { kill(process, SIGKILL) }
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 { guard errno == EINTR else { return nil } }
        if isOver { return nil }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
