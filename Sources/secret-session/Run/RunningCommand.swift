internal import CLinux
internal import Glibc
internal import Sealing
internal import Wire

/// The command's process, a child of ours or of the leader of its session.
final class RunningCommand {
    private let process: pid_t
    private let connection: Connection?
    /// Readable when there is news; nil when SIGCHLD tells it.
    let news: Int32?

    /// In our process group.
    init(_ launch: Launch, _ environment: SecretBox, _ standard: [Int32?]) throws(Complaint) {
        switch launch.start(environment: environment, standard: standard, .ourGroup) {
        case .success(let process): self.process = process
        case .failure(let failure): throw failure.complaint(launch.words[0])
        }
        connection = nil
        news = nil
    }

    /// In a session of its own, on a terminal that is among `standard`.
    init(supervising launch: Launch, _ environment: SecretBox, _ standard: [Int32?]) throws(Complaint) {
        var ends: [Int32] = [-1, -1]
        let kind = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, kind, 0, &ends) == 0
        else { throw Self.broken(errno) }
        let connection = Connection(descriptor: ends[0])
        let code = Self.startSupervisor(ends[1], standard, launch.files)
        close(ends[1])
        guard code == 0 else { throw Self.broken(code) }
        process = try Self.handOver(launch, environment, connection)
        self.connection = consume connection
        news = ends[0]
    }

    private static func handOver(
        _ launch: Launch, _ environment: SecretBox, _ connection: borrowing Connection
    ) throws(Complaint) -> pid_t {
        let first: CommandNews
        do throws(WireError) {
            let order = SupervisedLaunch(launch: launch, ignored: SignalPipe.ignored)
            try connection.send(order, secret: environment.bytes)
            first = try connection.receive(CommandNews.self).0
        } catch { throw broken(0) }
        switch first {
        case .started(let process): return process
        case .failed(let failure): throw failure.complaint(launch.words[0])
        case .stopped, .ended: throw broken(0)
        }
    }

    /// What became of it; nil when nothing did.
    func readNews() -> CommandNews? {
        guard news != nil else { return CommandNews.next(of: process, waiting: false) }
        // Where its session's leader was killed, the kernel ended the command too.
        return (try? connection?.receive(CommandNews.self).0) ?? .ended(.signal(SIGHUP))
    }

    /// What a terminal would send to its whole foreground goes to the command's group: a stop, its end, and that the terminal is gone.
    func signal(_ number: Int32) {
        let isForGroup = news != nil && [SIGTSTP, SIGCONT, SIGHUP].contains(number)
        kill(isForGroup ? -process : process, number)
        if isForGroup, number == SIGHUP { kill(-process, SIGCONT) }
    }

    /// - Returns: 0 or errno.
    private static func startSupervisor(_ socket: Int32, _ standard: [Int32?], _ files: [Int32]) -> Int32 {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        for (target, source) in standard.enumerated() {
            if let source { unsafe posix_spawn_file_actions_adddup2(&actions, source, Int32(target)) }
        }
        unsafe posix_spawn_file_actions_adddup2(&actions, socket, Supervisor.socket)
        for file in files { unsafe posix_spawn_file_actions_adddup2(&actions, file, file) }
        var attributes = posix_spawnattr_t()
        unsafe posix_spawnattr_init(&attributes)
        defer { unsafe posix_spawnattr_destroy(&attributes) }
        unsafe posix_spawnattr_setflags(&attributes, Int16(linux_spawn_setsid))
        _ = linux_cloexec_from(3)
        let words = unsafe ["secret-session", Supervisor.word].map { (word: String) in unsafe strdup(word) } + [nil]
        defer { unsafe words.forEach { unsafe free($0) } }
        var process: pid_t = 0
        return unsafe posix_spawn(&process, "/proc/self/exe", &actions, &attributes, words, linux_environment())
    }

    private static func broken(_ code: Int32) -> Complaint {
        Complaint(
            message: "no session can be made for the command (errno \(code))", hint: "secret daemon status",
            code: EX_UNAVAILABLE)
    }
}
