import Foundation
import TestSupport

/// A shell on a screen of tmux(1), as a person has it before them: a session, jobs, and a terminal that knows all control sequences.
final class ScreenSession {
    private let desk: Desk
    private let socket: String
    private static let patience = Duration.seconds(20)

    init(_ desk: Desk, columns: Int = 80, rows: Int = 24) throws {
        self.desk = desk
        socket = desk.folder + "/tmux"
        desk.environment["LC_ALL"] = "C.UTF-8"
        desk.environment["PATH"] = try Self.folder(of: BuiltProgram.path("secret")) + ":/usr/bin:/bin"
        try tmux(
            "-f", "/dev/null", "new-session", "-d", "-x", "\(columns)", "-y", "\(rows)",
            "exec env PS1='$ ' bash --norc --noprofile -i")
        try wait(for: "$")
    }

    deinit { _ = try? tmux("kill-server") }

    /// What a person sees, a line for each row that is not empty.
    var content: String { get throws { try tmux("capture-pane", "-p") } }

    /// The same, and all that was scrolled away, wrapped lines joined.
    var scrollback: String { get throws { try tmux("capture-pane", "-p", "-J", "-S", "-") } }

    func type(_ text: String) throws { try tmux("send-keys", "-l", text) }

    /// Such as `Enter`, `Escape`, `C-z`.
    func press(_ keys: String...) throws { for key in keys { try tmux("send-keys", key) } }

    func enter(_ line: String) throws {
        try type(line)
        try press("Enter")
    }

    func resize(columns: Int, rows: Int) throws { try tmux("resize-window", "-x", "\(columns)", "-y", "\(rows)") }

    /// The screen once it satisfies the condition; each look is a process of its own, which is pause enough.
    @discardableResult
    func wait(_ what: String, until isThere: (String) -> Bool) throws -> String {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let now = try content
            if isThere(now) { return now }
            guard ContinuousClock.now < deadline else { throw TestFault.late("\(what) on the screen:\n\(now)") }
        }
    }

    @discardableResult
    func wait(for sign: String) throws -> String { try wait(sign) { $0.contains(sign) } }

    /// Once the program that was told to go on has taken the terminal's keys as they come.
    func waitForRawKeys() throws {
        let terminal =
            try tmux("display-message", "-p", "#{pane_tty}").split(separator: "\n").first.map(String.init) ?? ""
        try wait("keys as they come") { _ in
            let modes = try? ProgramResult.of("stty", ["-F", terminal, "-a"], environment: desk.environment)
            // A shell that edits lines leaves the output's modes alone.
            return modes?.text.contains("-icanon") == true && modes?.text.contains("-opost") == true
        }
    }

    /// Once nothing stands on the last line but the shell's prompt.
    func waitForShell() throws {
        try wait("the prompt") { $0.split(separator: "\n").last == "$" }
    }

    @discardableResult
    private func tmux(_ words: String...) throws -> String {
        // The server that it starts keeps what it inherits.
        let result = try ProgramResult.of(
            "sh", ["-c", "exec 3>&-; exec tmux \"$@\"", "tmux", "-S", socket] + words, environment: desk.environment)
        guard result.code == 0 else { throw TestFault.unexpected("tmux \(words): \(result.talk)") }
        return result.text
    }

    private static func folder(of path: String) -> String {
        path.split(separator: "/").dropLast().map { "/" + $0 }.joined()
    }
}
