import Foundation
import TestSupport
import Testing
import Wire

/// Issue 4, "Must show" 4: full-screen programs and jobs under `run`, on a real terminal.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct RunScreenTests {
    private static let label = "[anthropic/main]"

    private func expectUnseen(_ token: Provider.Token, _ screen: ScreenSession) throws {
        let text = try screen.scrollback
        #expect(TokenTraces([token.value]).found(in: text.utf8.filter { $0 != 0x0A }).isEmpty, "\(text)")
    }

    /// It draws, takes keys, is resized, and shows the label where the token stands.
    @Test func editor() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let screen = try ScreenSession(desk)
        try screen.enter("secret run --env TOKEN=\(Desk.name) -- vi -u NONE -n \(desk.folder)/draft")
        try screen.wait(for: "~")
        try screen.type("ifirst line")
        try screen.press("Escape")
        let drawn = try screen.wait("text and tildes") { $0.hasPrefix("first line\n~\n") }
        #expect(drawn.split(separator: "\n").filter { $0 == "~" }.count > 15)

        try screen.enter(":r !printenv TOKEN")
        try screen.wait(for: Self.label)
        try expectUnseen(token, screen)
        try screen.type("Golast line")
        try screen.press("Escape")

        try screen.resize(columns: 100, rows: 30)
        try screen.wait("the larger screen") { $0.split(separator: "\n").filter { $0 == "~" }.count > 22 }
        try screen.enter(":set columns?")
        try screen.wait(for: "columns=100")
        try screen.enter(":set lines?")
        try screen.wait(for: "lines=30")
        // A scroll and a redraw from nothing.
        try screen.press("C-l", "g", "g")
        try screen.wait("the redrawn label") { $0.hasPrefix("first line\n") && $0.contains(Self.label) }
        try expectUnseen(token, screen)
        // The row that the token goes on in is empty, as it is for the editor.
        #expect(try !screen.content.contains(token.value.suffix(6)))

        try screen.enter(":wq")
        try screen.waitForShell()
        try screen.enter("echo code=$?")
        try screen.wait(for: "code=0")
        try expectUnseen(token, screen)
    }

    /// Ctrl-Z stops both and gives the terminal back as it was; `fg` goes on with both.
    @Test func jobs() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let screen = try ScreenSession(desk)
        try screen.enter("secret run --env TOKEN=\(Desk.name) -- sh -c 'echo rea\"\"dy; exec cat'")
        try screen.wait(for: "ready")
        try screen.enter("before")
        try screen.wait("the line twice") { $0.components(separatedBy: "before").count == 3 }
        try screen.press("C-z")
        try screen.wait(for: "Stopped")
        try screen.enter("stty -a | grep -ow -e '-*echo' -e '-*icanon'")
        try screen.wait(for: "icanon\necho\n")
        try screen.enter("fg")
        try screen.waitForRawKeys()
        try screen.enter(token.value)
        try screen.wait("two labels") { $0.components(separatedBy: Self.label).count == 3 }
        try screen.press("C-z")
        try screen.wait("stopped again") { $0.components(separatedBy: "Stopped").count == 3 }
        try screen.enter("kill %1; fg")
        try screen.wait(for: "Terminated")
        try screen.waitForShell()
        try screen.enter("echo code=$?")
        try screen.wait(for: "code=143")
        try expectUnseen(token, screen)
    }

    /// A background job prints and is masked; brought to the foreground it takes keys.
    @Test func background() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let screen = try ScreenSession(desk)
        try screen.enter("secret run --env TOKEN=\(Desk.name) -- sh -c 'echo key $TOKEN; read line; echo got $line' &")
        try screen.wait(for: "key \(Self.label)")
        try screen.enter("fg")
        try screen.waitForRawKeys()
        try screen.enter("words")
        try screen.wait(for: "got words")
        try expectUnseen(token, screen)
    }

    /// A pager behind a pipe has the keys, and the command's stderr is a terminal.
    @Test func pager() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let screen = try ScreenSession(desk)
        let script = "echo top; seq 1 200; test -t 2 && echo terminal $TOKEN; echo talk $TOKEN >&2"
        try screen.enter("secret run --env TOKEN=\(Desk.name) -- sh -c '\(script)' 2>&1 | less; echo out")
        try screen.wait("the top") { $0.hasPrefix("top\n1\n2\n") }
        try screen.press("G")
        try screen.wait(for: "talk \(Self.label)")
        try screen.press("q")
        try screen.wait("the shell") { $0.contains("\nout\n") }
        try screen.enter("secret run --env TOKEN=\(Desk.name) -- sh -c '\(script)' | tail -n 1")
        try screen.wait(for: "talk \(Self.label)\n")
        try screen.wait(for: "terminal \(Self.label)\n")
        try expectUnseen(token, screen)
    }
}
