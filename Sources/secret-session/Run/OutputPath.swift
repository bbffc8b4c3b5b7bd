internal import Glibc
internal import Redaction

/// What a command prints, on its way from a pipe or terminal through a mask to where ours goes.
final class OutputPath {
    let source: Int32
    let target: Int32
    /// The other end of a terminal, which its programs may keep open.
    let isTerminal: Bool
    private var mask: Mask
    private var pending: [UInt8] = []
    private var written = 0
    private var isOpen = true
    /// POSIX promises that a pipe that poll(2) calls writable takes so much (PIPE_BUF).
    private static let portion = 4096

    init(source: Int32, target: Int32, isTerminal: Bool, _ mask: consuming Mask) {
        (self.source, self.target, self.isTerminal) = (source, target, isTerminal)
        self.mask = mask
    }

    deinit { close(source) }

    var wantsToRead: Bool { isOpen && pending.isEmpty }
    var wantsToWrite: Bool { !pending.isEmpty }
    var isDone: Bool { !isOpen && pending.isEmpty }
    /// When what is held back is to be shown.
    var deadline: ContinuousClock.Instant? { isOpen && pending.isEmpty ? mask.deadline : nil }

    func take(at now: ContinuousClock.Instant) {
        let got = mask.read(from: source, at: now, into: &pending)
        if got < 0, errno == EINTR || errno == EAGAIN { return }
        // A terminal that no program has open any more answers EIO (pty(7)).
        if got <= 0 { finish() }
    }

    func settle(at now: ContinuousClock.Instant) { mask.settle(at: now, into: &pending) }

    /// Nothing more is read.
    func finish() {
        guard isOpen else { return }
        isOpen = false
        mask.finish(into: &pending)
    }

    func give() {
        let count = unsafe pending.withUnsafeBytes { bytes in
            unsafe bytes.baseAddress.map {
                unsafe write(target, $0 + written, min(Self.portion, bytes.count - written))
            } ?? 0
        }
        if count < 0, errno == EINTR || errno == EAGAIN { return }
        written += max(0, count)
        guard count <= 0 || written == pending.count else { return }
        pending.removeAll(keepingCapacity: true)
        written = 0
        // Nobody reads it: the command is to see that as it would see it without us.
        if count <= 0 { cut() }
    }

    /// Writes all that may be shown, however long that takes.
    func flush() { while wantsToWrite { give() } }

    private func cut() {
        isOpen = false
        // The number stays taken until this value dies.
        let nothing = unsafe open("/dev/null", O_RDONLY | O_CLOEXEC)
        if nothing >= 0 {
            dup2(nothing, source)
            close(nothing)
        }
    }
}
