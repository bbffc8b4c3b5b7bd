internal import CLinux
internal import Glibc
internal import Sealing
internal import Wire

/// What becomes of a command.
enum CommandNews: Codable {
    case started(process: pid_t)
    case failed(LaunchFailure)
    case stopped
    case ended(CommandEnd)
}

/// `supervise`: leads the session of a new terminal and starts the command in it.
///
/// Without a parent of its own session in another group the command's group would be orphaned, and the kernel would throw Ctrl-Z away
/// (setpgid(2)). It gets the command and its environment over the socket at descriptor 3, and tells there what becomes of it.
enum Supervisor {
    static let word = "supervise"
    static let socket: Int32 = 3

    static func main() -> Never {
        for number in [SIGINT, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU, SIGPIPE] { signal(number, SIG_IGN) }
        let connection = Connection(descriptor: socket)
        _ = fcntl(socket, F_SETFD, FD_CLOEXEC)
        do throws(WireError) { try serve(connection) } catch { exit(ExitCode.inputOutput.rawValue) }
        exit(0)
    }

    /// A message without a secret behind it is one of no variables.
    private static func empty() -> SecretBox? { try? SecretBox(SecretBytes(capacity: 0) { _ in }) }

    private static func serve(_ connection: borrowing Connection) throws(WireError) {
        let (order, environment) = try connection.receive(SupervisedLaunch.self)
        guard let environment = environment ?? empty(), let terminal = (0...2).first(where: { isatty($0) == 1 }),
            linux_take_terminal(terminal) == 0
        else { return try connection.send(CommandNews.failed(LaunchFailure(errno: errno))) }
        SignalPipe.keepIgnoring(order.ignored)
        let started = order.launch.start(
            environment: environment, standard: [nil, nil, nil], .foreground(terminal: terminal))
        switch started {
        case .failure(let failure): try connection.send(CommandNews.failed(failure))
        case .success(let process):
            try connection.send(CommandNews.started(process: process))
            while true {
                guard let news = CommandNews.next(of: process, waiting: true) else { continue }
                try connection.send(news)
                if case .ended = news { return }
            }
        }
    }
}

/// What the leader of the session is told.
struct SupervisedLaunch: Codable {
    let launch: Launch
    let ignored: [Int32]
}

extension CommandNews {
    /// What waitpid(2) says of a child; nil when there is nothing new.
    static func next(of process: pid_t, waiting: Bool) -> CommandNews? {
        var status: Int32 = 0
        guard unsafe waitpid(process, &status, WUNTRACED | (waiting ? 0 : WNOHANG)) == process else { return nil }
        if status & 0xFF == 0x7F { return .stopped }
        let number = status & 0x7F
        return .ended(number == 0 ? .code(status >> 8 & 0xFF) : .signal(number))
    }
}
