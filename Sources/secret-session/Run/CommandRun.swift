internal import CLinux
internal import Glibc
internal import Redaction
internal import Sealing
internal import Wire

/// A command that runs: keys go to it, what it prints goes through the masks, signals and stops pass both ways.
final class CommandRun {
    private let child: RunningCommand
    private var outlets: CommandOutlets
    private let signals: SignalPipe
    private var keys: [UInt8] = []
    private var keyboardIsOpen: Bool
    private var end: CommandEnd?
    private var lastOutput = ContinuousClock.now
    /// How long a process that the command left behind may be silent before its output is no longer waited for.
    private static let afterglow = Duration.seconds(1)

    /// - Throws: a complaint with exit code 127 or 126 when the command does not start, 69, 70 or 74 for ours.
    init(_ launch: Launch, environment: SecretBox, _ secrets: [MaskedSecret]) throws(Complaint) {
        guard let signals = SignalPipe() else {
            throw Complaint(message: "no pipe is to be had (errno \(errno))", hint: "ulimit -n", code: EX_IOERR)
        }
        do throws(Fault) { outlets = try CommandOutlets(secrets) } catch { throw Complaint(error) }
        self.signals = signals
        let isLeader = outlets.console != nil
        child =
            try isLeader
            ? RunningCommand(supervising: launch, environment, outlets.standard)
            : RunningCommand(launch, environment, outlets.standard)
        outlets.closeLent()
        keyboardIsOpen = isLeader
    }

    /// Returns when the command has ended and all that it printed is written.
    func follow() -> CommandEnd {
        outlets.console?.enter()
        defer { outlets.console?.restore() }
        while true {
            if let end, outlets.paths.allSatisfy(\.isDone) { return end }
            turn()
        }
    }

    private func turn() {
        var questions = [pollfd(fd: signals.reading, events: Int16(POLLIN), revents: 0)]
        questions.append(pollfd(fd: child.news ?? -1, events: Int16(POLLIN), revents: 0))
        let console = keyboardIsOpen && end == nil ? outlets.console : nil
        console?.enter()
        let wantsKeys = console.map { keys.isEmpty && $0.isForeground } ?? false
        questions.append(pollfd(fd: wantsKeys ? console?.keyboard ?? -1 : -1, events: Int16(POLLIN), revents: 0))
        let takesKeys = keys.isEmpty ? -1 : outlets.terminal ?? -1
        questions.append(pollfd(fd: takesKeys, events: Int16(POLLOUT), revents: 0))
        for path in outlets.paths {
            let source = path.wantsToRead ? path.source : path.wantsToWrite ? path.target : -1
            questions.append(pollfd(fd: source, events: Int16(path.wantsToRead ? POLLIN : POLLOUT), revents: 0))
        }
        let count = unsafe poll(&questions, nfds_t(questions.count), patience)
        let now = ContinuousClock.now
        if count > 0 { answer(questions, at: now) }
        settle(at: now)
    }

    private func answer(_ questions: [pollfd], at now: ContinuousClock.Instant) {
        if questions[2].revents != 0 { takeKeys() }
        if questions[3].revents != 0 { giveKeys() }
        for (path, question) in zip(outlets.paths, questions.dropFirst(4)) where question.revents != 0 {
            lastOutput = now
            if path.wantsToRead { path.take(at: now) } else { path.give() }
        }
        if questions[0].revents != 0 { signals.arrivals().forEach(hear) }
        if questions[1].revents != 0 { child.readNews().map(hear) }
    }

    /// Nothing tells a job that runs that it came to the foreground: how often it looks.
    private static let lookout = Duration.milliseconds(200)

    /// In milliseconds, for poll(2).
    private var patience: Int32 {
        let deadlines = outlets.paths.compactMap(\.deadline)
        let glow = end == nil ? nil : leftover ? lastOutput + Self.afterglow : ContinuousClock.now
        let isWaiting = end == nil && keyboardIsOpen && outlets.console?.isForeground == false
        let look = isWaiting ? ContinuousClock.now + Self.lookout : nil
        guard let first = (deadlines + [glow, look].compactMap(\.self)).min() else { return -1 }
        let left = ContinuousClock.now.duration(to: first) / .milliseconds(1)
        return Int32(max(0, min(left.rounded(.up), 60_000)))
    }

    /// A pipe that somebody still has open.
    private var leftover: Bool { outlets.paths.contains { !$0.isTerminal && $0.wantsToRead } }

    private func settle(at now: ContinuousClock.Instant) {
        for path in outlets.paths {
            if let deadline = path.deadline, deadline <= now { path.settle(at: now) }
            guard end != nil, path.wantsToRead else { continue }
            if path.isTerminal ? !Self.isReadable(path.source) : lastOutput.duration(to: now) >= Self.afterglow {
                path.finish()
            }
        }
    }

    private static func isReadable(_ descriptor: Int32) -> Bool {
        var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        return unsafe poll(&question, 1, 0) > 0
    }

    private func takeKeys() {
        guard let console = outlets.console else { return }
        var room = [UInt8](repeating: 0, count: 1024)
        let count = unsafe read(console.keyboard, &room, room.count)
        if count > 0 { keys = Array(room.prefix(count)) }
        if count < 0, errno == EINTR || errno == EAGAIN || !console.isForeground { return }
        if count <= 0 { keyboardIsOpen = false }
    }

    private func giveKeys() {
        guard let terminal = outlets.terminal else { return }
        let count = unsafe write(terminal, keys, keys.count)
        if count > 0 { keys.removeFirst(count) }
        if count < 0, errno != EINTR, errno != EAGAIN { keys = [] }
    }

    private func hear(_ arrival: SignalPipe.Arrival) {
        switch arrival.number {
        case SIGCHLD: if child.news == nil { child.readNews().map(hear) }
        case SIGCONT: outlets.console?.enter()
        case SIGWINCH: copyWindow()
        default:
            // In our group the command has heard the terminal itself.
            if outlets.console == nil, arrival.isFromTerminal { return }
            child.signal(arrival.number)
        }
    }

    private func copyWindow() {
        if let terminal = outlets.terminal { _ = linux_copy_window(outlets.console?.screen ?? 2, terminal) }
    }

    private func hear(_ news: CommandNews) {
        switch news {
        case .started, .failed: break
        case .ended(let end): self.end = self.end ?? end
        case .stopped: stop()
        }
    }

    /// Ctrl-Z: stops as the command did, and goes on with it.
    private func stop() {
        while outlets.terminal.map(Self.isReadable) == true, let path = outlets.paths.first, path.isTerminal {
            path.take(at: .now)
            path.flush()
        }
        outlets.console?.restore()
        signal(SIGTSTP, SIG_DFL)
        // The whole job, when it was our terminal's keys that the command heard in its own session.
        kill(outlets.console == nil ? getpid() : 0, SIGTSTP)
        SignalPipe.hear(SIGTSTP)
        outlets.console?.enter()
        copyWindow()
        child.signal(SIGCONT)
    }
}
