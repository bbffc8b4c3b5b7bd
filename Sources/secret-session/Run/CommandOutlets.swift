internal import CLinux
internal import Glibc
internal import Redaction
internal import Sealing
internal import Wire

/// What a command finds at its descriptors 0, 1 and 2, and where what it prints goes on.
///
/// Where stdout is a terminal the command gets one of its own, in a session of its own, and the person's keys. Where it is not, it stays in
/// our process group and keeps stdin: another program, such as the pager behind the pipe, may have the keys. Then only a stderr
/// that is a terminal becomes a new one.
struct CommandOutlets {
    /// For the command; nil for what is there.
    private(set) var standard: [Int32?] = [nil, nil, nil]
    private(set) var paths: [OutputPath] = []
    /// Our end of the command's terminal.
    private(set) var terminal: Int32?
    /// Nil when the command stays in our process group.
    private(set) var console: Console?
    /// The command's ends, which are closed here once it has them.
    private var lent: Set<Int32> = []

    /// - Throws: exit code 74, 70.
    init(_ secrets: [MaskedSecret]) throws(Fault) {
        let isTerminal = (Int32(0)...2).map { isatty($0) == 1 }
        if isTerminal[1] {
            let console = Console(screen: 1, keyboard: isTerminal[0] ? 0 : 1)
            let (ours, theirs) = try makeTerminal()
            console.lendModes(to: theirs)
            paths.append(OutputPath(source: ours, target: 1, isTerminal: true, try Self.mask(secrets)))
            for number in 0...2 where isTerminal[number] { standard[number] = theirs }
            self.console = console
        } else {
            try pipe(1, secrets)
        }
        if Self.isSame(1, 2), !isTerminal[1] {
            standard[2] = standard[1]
        } else if isTerminal[2], !isTerminal[1] {
            let (ours, theirs) = try makeTerminal()
            Console(screen: 2, keyboard: 2).lendModes(to: theirs)
            Self.passUnchanged(theirs)
            paths.append(OutputPath(source: ours, target: 2, isTerminal: true, try Self.mask(secrets)))
            standard[2] = theirs
        } else if !isTerminal[2] {
            try pipe(2, secrets)
        }
    }

    mutating func closeLent() {
        for end in lent { close(end) }
        lent = []
    }

    private mutating func makeTerminal() throws(Fault) -> (ours: Int32, theirs: Int32) {
        var (ours, theirs) = (Int32(-1), Int32(-1))
        guard unsafe linux_terminal(&ours, &theirs) == 0 else {
            throw Fault(
                .inputOutput, "no_terminal", "no new terminal is to be had (errno \(errno))", hint: "ls -l /dev/ptmx")
        }
        terminal = ours
        lent.insert(theirs)
        return (ours, theirs)
    }

    /// Nothing for a descriptor that is closed.
    private mutating func pipe(_ number: Int32, _ secrets: [MaskedSecret]) throws(Fault) {
        guard fcntl(number, F_GETFD) >= 0 else { return }
        var ends: [Int32] = [-1, -1]
        guard unsafe linux_pipe(&ends) == 0 else {
            throw Fault(.inputOutput, "pipe", "no pipe is to be had (errno \(errno))", hint: "ulimit -n")
        }
        paths.append(OutputPath(source: ends[0], target: number, isTerminal: false, try Self.mask(secrets)))
        standard[Int(number)] = ends[1]
        lent.insert(ends[1])
    }

    private static func mask(_ secrets: [MaskedSecret]) throws(Fault) -> Mask {
        do { return try Mask(secrets) } catch { throw Fault.noLockedMemory }
    }

    /// Whether two descriptors are of one file, so that lines of both come in their order.
    private static func isSame(_ one: Int32, _ two: Int32) -> Bool {
        var (first, second) = (stat(), stat())
        guard unsafe fstat(one, &first) == 0, unsafe fstat(two, &second) == 0 else { return false }
        return first.st_dev == second.st_dev && first.st_ino == second.st_ino
    }

    /// The outer terminal changes line ends already.
    private static func passUnchanged(_ terminal: Int32) {
        var modes = termios()
        guard unsafe tcgetattr(terminal, &modes) == 0 else { return }
        modes.c_oflag &= ~tcflag_t(OPOST)
        _ = unsafe tcsetattr(terminal, TCSANOW, &modes)
    }
}
