internal import Glibc

/// Who is at the other end of a connection, as the kernel tells it; shown to people, it admits nobody.
package struct Peer: Hashable, Sendable {
    /// Of the daemon's life, counts from 1.
    package var connection: UInt64
    package var user: UInt32
    /// Path of the executable; `?` when the kernel does not tell.
    package var program: String
    /// What the process calls itself: proc_pid_comm(5).
    package var title: String

    /// Nobody that the kernel could tell of.
    package static let unknown = Peer(connection: 0, user: geteuid(), program: "?", title: "?")

    package init(connection: UInt64, user: UInt32, program: String, title: String) {
        self.connection = connection
        self.user = user
        self.program = program
        self.title = title
    }

    /// A program of ours asks for the one that started it, and so does a shell that runs one line for another program.
    init(connection: UInt64, user: UInt32, process: Int32) {
        var process = process
        var program = Self.executable(of: process)
        for _ in 0..<Self.mostSteps {
            // Undumpable, ours does not even tell its path to the same user.
            let isBetween = program.map { Self.isOurs($0) || Self.isShell($0) && Self.runsOneLine(process) } ?? true
            guard isBetween, let parent = Self.facts(of: process)?.parent, parent > 0 else { break }
            process = parent
            program = Self.executable(of: process)
        }
        self.init(
            connection: connection, user: user, program: program.map(Self.printable) ?? "?",
            title: Self.printable(Self.facts(of: process)?.title ?? "?"))
    }

    private static let mostSteps = 4
    private static let own: Set = ["secret", "secret-session", "secretd", "secret-prober"]
    private static let shells: Set = ["sh", "dash", "bash", "ash", "busybox", "ksh", "zsh", "fish"]

    private static func isOurs(_ path: String) -> Bool { own.contains(name(path)) }
    private static func isShell(_ path: String) -> Bool { shells.contains(name(path)) }
    private static func name(_ path: String) -> String { path.split(separator: "/").last.map(String.init) ?? "" }

    /// Whether a shell was started as `sh -c LINE`: proc_pid_cmdline(5).
    private static func runsOneLine(_ process: Int32) -> Bool {
        let words = bytes(of: "/proc/\(process)/cmdline").split(separator: 0, maxSplits: 2)
        return words.count > 1 && words[1].starts(with: Array("-c".utf8))
    }

    /// The first kilobyte.
    private static func bytes(of path: String) -> ArraySlice<UInt8> {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return [] }
        defer { close(file) }
        var room = [UInt8](repeating: 0, count: 1024)
        let count = unsafe read(file, &room, room.count)
        return room.prefix(max(0, count))
    }

    private static func executable(of process: Int32) -> String? {
        var room = [CChar](repeating: 0, count: 4096)
        let count = unsafe readlink("/proc/\(process)/exe", &room, room.count)
        guard count > 0 else { return nil }
        return String(decoding: room.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// `pid (title) state parent ...`: proc_pid_stat(5). A title may hold anything, parentheses too.
    private static func facts(of process: Int32) -> (title: String, parent: Int32)? {
        let line = bytes(of: "/proc/\(process)/stat")
        guard let start = line.firstIndex(of: 0x28), let end = line.lastIndex(of: 0x29), start < end else { return nil }
        let rest = line[(end + 1)...].split(separator: 0x20)
        guard rest.count > 1, let parent = Int32(String(decoding: rest[1], as: UTF8.self)) else { return nil }
        return (String(decoding: line[(start + 1)..<end], as: UTF8.self), parent)
    }

    /// What a program says of itself is shown in ASCII, at most 256 characters.
    private static func printable(_ text: String) -> String {
        String(decoding: text.utf8.prefix(256).map { (0x20..<0x7F).contains($0) ? $0 : 0x3F }, as: UTF8.self)
    }
}
