import CLinux
import FoundationEssentials
import Glibc
import Wire

/// A child process of ours, started with descriptors that are named and no others.
struct Program {
    let process: pid_t

    /// What children may know: a secret that a person exported must not reach a daemon's environment.
    private static let passed = [
        "PATH", "HOME", "USER", "LOGNAME", "LANG", "TZ", "TMPDIR", "TERM", "TOKENWARD_HOME", "DBUS_SESSION_BUS_ADDRESS",
        "DISPLAY", "WAYLAND_DISPLAY", "SSL_CERT_FILE", "SSL_CERT_DIR", "CREDENTIALS_DIRECTORY", "NO_COLOR",
    ]

    /// The folder that this program lies in.
    static var folder: String {
        var room = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/self/exe", &room, room.count)
        let path = String(decoding: room.prefix(max(0, count)).map { UInt8(bitPattern: $0) }, as: UTF8.self)
        return path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }

    /// Starts a program beside this one.
    ///
    /// - Parameters:
    ///   - descriptors: what the child finds at 0, 1, 2, ...; nil for /dev/null.
    ///   - leads: in a session of its own, so that a terminal's end does not end it.
    ///   - extra: more environment.
    /// - Throws: exit code 69 when it cannot be started.
    static func start(
        _ name: String, _ arguments: [String], descriptors: [Int32?], leads: Bool, extra: [String: String] = [:]
    ) throws(Fault) -> Program {
        // A descriptor that a caller forgot to close is not inherited.
        _ = linux_cloexec_from(3)
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in descriptors.enumerated() {
            if let source {
                unsafe posix_spawn_file_actions_adddup2(&actions, source, Int32(target))
            } else {
                unsafe posix_spawn_file_actions_addopen(&actions, Int32(target), "/dev/null", O_RDWR, 0)
            }
        }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        var defaults = sigset_t()
        unsafe sigfillset(&defaults)
        unsafe posix_spawnattr_setsigdefault(&attributes, &defaults)
        var none = sigset_t()
        unsafe sigemptyset(&none)
        unsafe posix_spawnattr_setsigmask(&attributes, &none)
        let flags = Int32(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK) | (leads ? Int32(linux_spawn_setsid) : 0)
        unsafe posix_spawnattr_setflags(&attributes, Int16(flags))
        let path = folder + "/" + name
        var process: pid_t = 0
        let words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        let settings = unsafe environment(extra).map { unsafe strdup($0) } + [nil]
        defer { unsafe (words + settings).forEach { unsafe free($0) } }
        let code = unsafe posix_spawn(&process, path, &actions, &attributes, words, settings)
        guard code == 0 else {
            throw Fault(
                .unreachable, "cannot_start", "\(name) cannot be started (errno \(code))", hint: "ls -l \(path)")
        }
        return Program(process: process)
    }

    private static func environment(_ extra: [String: String]) -> [String] {
        let own = ProcessInfo.processInfo.environment.filter { entry in
            passed.contains(entry.key) || entry.key.hasPrefix("XDG_") || entry.key.hasPrefix("LC_")
        }
        // facts/security.md §3.2: three ways to keep the runtime from printing registers; this is one.
        let fixed = ["SWIFT_BACKTRACE": "enable=no"].merging(extra) { $1 }
        return own.merging(fixed) { $1 }.map { "\($0.key)=\($0.value)" }
    }

    /// Waits for its end; the exit code, or 128 and the signal.
    func end() -> Int32 {
        var status: Int32 = 0
        while unsafe waitpid(process, &status, 0) < 0 { guard errno == EINTR else { return 127 } }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}

/// Both ends of a pipe; closed when the value dies.
struct Pipe: ~Copyable {
    let reading: Int32
    private(set) var writing: Int32

    init() throws(Fault) {
        var ends: [Int32] = [0, 0]
        guard unsafe linux_pipe(&ends) == 0 else {
            throw Fault(.inputOutput, "pipe", "no pipe is to be had (errno \(errno))")
        }
        // Above the numbers that a child's own descriptors get.
        reading = fcntl(ends[0], F_DUPFD_CLOEXEC, 64)
        writing = fcntl(ends[1], F_DUPFD_CLOEXEC, 64)
        for end in ends { close(end) }
    }

    mutating func closeWriting() {
        close(writing)
        writing = -1
    }

    /// What a program says before it ends, and no more than that; the rest is dropped.
    borrowing func text(atMost limit: Int) -> String {
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1024)
        while true {
            let count = unsafe read(reading, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return String(decoding: all, as: UTF8.self) }
            all += chunk.prefix(min(count, limit - all.count))
        }
    }

    deinit {
        close(reading)
        if writing >= 0 { close(writing) }
    }
}

extension Program {
    /// Goes on as another program beside this one, which the caller waits for instead.
    ///
    /// - Throws: exit code 69 when that cannot be executed.
    static func become(_ name: String, _ arguments: [String]) throws(Fault) -> ExitCode {
        _ = linux_cloexec_from(3)
        let path = folder + "/" + name
        let words = unsafe ([path] + arguments).map { unsafe strdup($0) } + [nil]
        _ = unsafe execv(path, words)
        throw Fault(
            .unreachable, "cannot_start", "\(name) cannot be started (errno \(errno))", hint: "ls -l \(path)")
    }
}
