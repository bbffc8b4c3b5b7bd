import Foundation
import Glibc
import TestSupport
import Testing
import Wire

/// `run` before a person: the command has a terminal, and the person's is put back.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct RunTerminalTests {
    private func session(_ desk: Desk, _ command: String) throws -> TerminalSession {
        try TerminalSession(desk, "run", "--env", "TOKEN=\(Desk.name)", "--", "sh", "-c", command)
    }

    private func expectUnseen(_ token: Provider.Token, _ session: TerminalSession) throws {
        #expect(TokenTraces([token.value]).found(in: session.screen).isEmpty)
        #expect(try session.isRestored)
    }

    @Test func commandHasATerminal() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let script =
            "test -t 0 && test -t 1 && test -t 2 && : > /dev/tty && tty && echo $TOKEN && echo $TOKEN >&2; exit 5"
        let session = try session(desk, script)
        #expect(try session.end() == 5)
        #expect(session.text.hasPrefix("/dev/pts/"))
        #expect(session.text.hasSuffix("\r\n[anthropic/main]\r\n[anthropic/main]\r\n"))
        try expectUnseen(token, session)
    }

    /// The line discipline shows what is typed; a token that a person pastes is not seen either.
    @Test func keysAreHandedOn() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let session = try session(desk, "echo ready; cat; echo end")
        try session.wait(for: "ready\r\n")
        try session.type("hello\r")
        try session.wait(for: "hello\r\nhello\r\n")
        try session.type("\(token.value)\r")
        try session.wait(for: "[anthropic/main]\r\n[anthropic/main]\r\n")
        try session.type("\u{4}")
        try session.wait(for: "end")
        #expect(try session.end() == 0)
        try expectUnseen(token, session)
    }

    @Test(arguments: [("\u{3}", SIGINT), ("\u{1C}", SIGQUIT)]) func keyEndsTheCommand(_ key: String, _ number: Int32)
        throws
    {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let session = try session(desk, "echo ready; cat")
        try session.wait(for: "ready\r\n")
        try session.type(key)
        #expect(try session.end() == 128 + number)
        #expect(try session.isRestored)
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT, SIGUSR1]) func signalEndsBoth(_ number: Int32) throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let session = try session(desk, "echo ready; exec cat")
        try session.wait(for: "ready\r\n")
        session.signal(number)
        #expect(try session.end() == 128 + number)
        #expect(try session.isRestored)
    }

    @Test func sizeOfTheWindow() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let session = try session(desk, "trap 'stty size; exit 3' WINCH; echo ready; while :; do sleep 0.05; done")
        try session.wait(for: "ready\r\n")
        try session.resize(rows: 33, columns: 99)
        try session.wait(for: "33 99")
        #expect(try session.end() == 3)
    }

    /// Half a token is never seen while the rest is awaited, and is hidden when the command ends there.
    @Test func halfATokenIsNotSeen() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let session = try session(
            desk,
            "printf 'key: %s' \"$(printf %s $TOKEN | head -c 50)\"; read line; printf %s \"$(printf %s $TOKEN | tail -c +51)\""
        )
        try session.wait(for: "key: ")
        try session.type("\r")
        #expect(try session.end() == 0)
        #expect(session.text == "key: [anthropic/main]\r\n")
        try expectUnseen(token, session)
    }

    /// What root reads of the processes that carry the value to the command and its output to the terminal.
    @Test func memoryHoldsNoLooseCopy() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let session = try session(
            desk, "for i in 1 2 3 4 5 6 7 8; do echo $TOKEN; echo $TOKEN | base64; done; echo ready; exec cat")
        try session.wait(for: "ready\r\n")
        let traces = TokenTraces([token.value])
        let children = try String(
            contentsOfFile: "/proc/\(session.process)/task/\(session.process)/children", encoding: .utf8)
        let leader = try #require(children.split(separator: " ").first.flatMap { Int32($0) })
        for process in [session.process, leader] {
            let image = try MemoryImage(of: process, traces)
            #expect(image.loose == 0, "\(image.encodings)")
            #expect(image.bytes > 1 << 20 && image.hidden > 0)
        }
        try session.type("\u{3}")
        #expect(try session.end() == 128 + SIGINT)
        try expectUnseen(token, session)
    }

    @Test func commandThatCannotStart() throws {
        let desk = try Desk()
        try desk.makeVault()
        let session = try TerminalSession(desk, "run", "--", "no-such-command")
        #expect(try session.end() == 127)
        #expect(session.text.contains("no-such-command: command not found"))
        #expect(try session.isRestored)
    }
}
