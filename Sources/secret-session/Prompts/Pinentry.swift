internal import FoundationEssentials
internal import Glibc
internal import Lifecycle
internal import Sealing
internal import Wire

/// A pinentry(1): the small window, or the terminal's dialog, in which a person pastes a token unseen.
struct Pinentry: ~Copyable {
    private let child: ChildProgram
    private var input: ChildPipe
    private var output: ChildPipe

    /// How long a person may take.
    private static let patience: Int32 = 600_000
    /// A reply with a paste of 256 KiB, each byte escaped.
    private static let largestReply = 1 << 20

    /// - Throws: exit code 69 when it cannot be started or does not greet.
    static func start(_ program: String) throws(Fault) -> Pinentry {
        let window: Pinentry
        do throws(ChannelFailure) { window = try Pinentry(program) } catch { throw .noPinentry(program) }
        guard try window.reply()?.end == .ok else { throw .noPinentry(program) }
        for option in Self.options { _ = try window.ask("OPTION \(option)") }
        return window
    }

    private init(_ program: String) throws(ChannelFailure) {
        var toChild = try ChildPipe()
        var fromChild = try ChildPipe()
        child = try ChildProgram([program], standard: [toChild.reading, fromChild.writing, nil])
        toChild.closeReading()
        fromChild.closeWriting()
        input = toChild
        output = fromChild
    }

    /// The program that gpg-agent(1) would use, unless the configuration names another.
    static func program(_ settings: Settings.Notices) -> String {
        if let named = settings.pinentry { return named }
        let environment = ProcessInfo.processInfo.environment
        let home = environment["GNUPGHOME"] ?? (environment["HOME"] ?? "") + "/.gnupg"
        guard let data = try? Data(contentsOf: URL(filePath: home + "/gpg-agent.conf")) else { return "pinentry" }
        for line in String(decoding: data, as: UTF8.self).split(separator: "\n") {
            let words = line.split(whereSeparator: \.isWhitespace)
            if words.first == "pinentry-program", words.count == 2 { return String(words[1]) }
        }
        return "pinentry"
    }

    /// Where it is to show itself, as gpg-agent tells it.
    private static var options: [String] {
        let environment = ProcessInfo.processInfo.environment
        let own = unsafe ttyname(STDIN_FILENO).map { unsafe String(cString: $0) }
        let terminal = environment["GPG_TTY"] ?? own
        return [
            terminal.map { "ttyname=\($0)" }, environment["TERM"].map { "ttytype=\($0)" },
            environment["DISPLAY"].map { "display=\($0)" }, environment["LANG"].map { "lc-ctype=\($0)" },
        ].compactMap(\.self)
    }

    /// What was pasted; nil when the person gave up.
    ///
    /// - Parameter error: what was wrong with the paste before this one.
    borrowing func paste(_ description: String, error: String?) throws(Fault) -> SecretBox? {
        _ = try ask("SETTITLE Tokenward")
        _ = try ask("SETDESC " + AssuanReply.escaped(description))
        _ = try ask("SETPROMPT Token:")
        if let error { _ = try ask("SETERROR " + AssuanReply.escaped(error)) }
        let (reply, bytes) = try send("GETPIN")
        guard let reply else { throw .pinentryEnded }
        if reply.isCanceled { return nil }
        guard reply.end == .ok else { throw .pinentryEnded }
        let count = reply.data.reduce(0) { $0 + $1.count }
        do {
            return SecretBox(
                try bytes.bytes.withBytes { span throws(SealingError) in
                    try SecretBytes(capacity: max(1, count)) { output in reply.decode(span, to: &output) }
                })
        } catch { throw .noLockedMemory }
    }

    /// Shows a text until the person has seen it.
    borrowing func tell(_ text: String) throws(Fault) {
        _ = try ask("SETDESC " + AssuanReply.escaped(text))
        _ = try ask("MESSAGE")
    }

    /// Whether the person agrees.
    borrowing func agrees(to text: String) throws(Fault) -> Bool {
        _ = try ask("SETDESC " + AssuanReply.escaped(text))
        return try ask("CONFIRM") == .ok
    }

    /// Ends it, with its window.
    consuming func end() {
        _ = input.write("BYE\n")
        input.closeWriting()
        _ = child.end(within: 2000)
    }

    private borrowing func ask(_ line: String) throws(Fault) -> AssuanReply.End {
        guard let reply = try send(line).reply else { throw .pinentryEnded }
        return reply.end
    }

    private borrowing func send(_ line: String) throws(Fault) -> (reply: AssuanReply?, bytes: SecretBox) {
        // The longest line of the protocol has 1,000 bytes with its end.
        guard input.write(String(line.prefix(900)) + "\n") else { throw .pinentryEnded }
        return try receive()
    }

    private borrowing func reply() throws(Fault) -> AssuanReply? { try receive().reply }

    /// One reply, read into locked memory.
    private borrowing func receive() throws(Fault) -> (reply: AssuanReply?, bytes: SecretBox) {
        var reply: AssuanReply?
        let source = output.reading
        do {
            let bytes = try SecretBytes(capacity: Self.largestReply) { output in
                while reply == nil, output.freeCapacity > 0 {
                    var ready = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
                    guard unsafe poll(&ready, 1, Self.patience) > 0 else { return }
                    let got = unsafe output.readOnce(atMost: 4096) { room, size in unsafe read(source, room, size) }
                    if got < 0, errno == EINTR { continue }
                    guard got > 0 else { return }
                    reply = AssuanReply(output.span)
                }
            }
            return (reply, SecretBox(bytes))
        } catch { throw .noLockedMemory }
    }
}

extension Fault {
    fileprivate static func noPinentry(_ program: String) -> Fault {
        Fault(
            .unreachable, "no_pinentry", "no window can be opened: \(program) does not start",
            hint: "apt-get install pinentry-curses")
    }
    fileprivate static let pinentryEnded = Fault(
        .unreachable, "pinentry_ended", "the window was closed before anything was pasted", hint: "secret status")
}
