import Foundation
import Glibc
import TestSupport
import Testing
import Wire

/// The paste and the questions, on a terminal.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct TerminalTests {
    private static let prompt = "value for anthropic/main (nothing is shown; paste all of it): "
    /// xterm's control sequences, "Bracketed Paste Mode".
    private static let (on, off) = ("\u{1B}[?2004h", "\u{1B}[?2004l")
    private static let (begin, end) = ("\u{1B}[200~", "\u{1B}[201~")

    private func wrapped(_ token: Provider.Token) -> String {
        "\(token.value.prefix(80))\r\n\(token.value.dropFirst(80))"
    }

    private func session(_ desk: Desk, _ words: String...) throws -> TerminalSession {
        let session = try TerminalSession(
            desk, "add", Desk.name, "--base-url", desk.provider.baseURL, words.first ?? "--yes")
        try session.wait(for: Self.on)
        try session.wait(for: Self.prompt)
        #expect(try !session.showsTyping)
        return session
    }

    private func expectUnseen(_ token: Provider.Token, _ session: TerminalSession) throws {
        #expect(TokenTraces([token.value]).found(in: session.screen).isEmpty)
        #expect(try session.isRestored)
        #expect(session.text.contains(Self.off))
    }

    @Test(arguments: ["bracketed", "bare", "bracketed in words", "bare with a line end"])
    func wrappedPasteIsStoredUnseen(_ way: String) throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let session = try session(desk)
        switch way {
        case "bracketed": try session.type("\(Self.begin)\(wrapped(token))\r\n\(Self.end)")
        case "bracketed in words":
            try session.type("\(Self.begin)export ANTHROPIC_TOKEN=\"\(wrapped(token))\"\r\n\r\n\(Self.end)")
        case "bare": try session.type("\(wrapped(token))\r")
        default: try session.type("Bearer \(wrapped(token))\r\n")
        }
        #expect(try session.end() == 0)
        try expectUnseen(token, session)
        #expect(session.text.contains("stored anthropic/main: anthropic.setup-token, 108 characters"))
        #expect(try desk.value() == token.value)
    }

    @Test func firstLineAloneIsRefused() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let session = try session(desk)
        try session.type("\(token.value.prefix(80))\r")
        #expect(try session.end() == 65)
        try expectUnseen(token, session)
        #expect(session.text.contains("80 of 108 characters: this looks cut at the edge of an 80-column terminal"))
        #expect(try desk.report().credentials.isEmpty)
        #expect(try desk.provider.requests == 0)
    }

    @Test(arguments: ["", "half", "bracketed half"]) func controlCGivesUp(_ typed: String) throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let session = try session(desk)
        if typed == "half" { try session.type(String(token.value.prefix(40))) }
        if typed == "bracketed half" { try session.type(Self.begin + token.value.prefix(90)) }
        try session.type("\u{3}")
        #expect(try session.end() == 64)
        try expectUnseen(token, session)
        #expect(session.text.contains("secret: error: stopped; nothing was stored"))
        #expect(try desk.report().credentials.isEmpty)
        #expect(try desk.provider.requests == 0)
    }

    @Test(arguments: [SIGTERM, SIGHUP, SIGINT]) func signalLeavesTheTerminalAsItWas(_ number: Int32) throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let session = try session(desk)
        try session.typeAndWait(String(token.value.prefix(70)))
        session.signal(number)
        #expect(try session.end() == 128 + number)
        try expectUnseen(token, session)
        #expect(try desk.report().credentials.isEmpty)
    }

    @Test(arguments: ["y", "yes", "n", "no", "perhaps\ny"]) func consentIsAsked(_ answer: String) throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let session = try session(desk, "--probe=active")
        try session.type("\(Self.begin)\(token.value)\(Self.end)")
        for line in answer.split(separator: "\n") {
            try session.wait(for: "[y/n] ")
            #expect(try desk.provider.requests == 0)
            #expect(session.text.contains("a free request to \(try desk.provider.baseURL)"))
            try session.type("\(line)\n")
            try session.wait(for: "\(line)\r\n")
        }
        let agreed = answer.contains("y")
        #expect(try session.end() == (agreed ? 0 : 77))
        try expectUnseen(token, session)
        #expect(try desk.report().credentials.count == (agreed ? 1 : 0))
        #expect(try desk.provider.requests == (agreed ? 1 : 0))
        if !agreed {
            #expect(session.text.contains("secret: error: declined; nothing was stored"))
            #expect(session.text.contains("secret: hint: secret add anthropic/main --probe passive"))
        }
    }

    /// `probe` asks about a kind that nobody agreed to yet, and offers what `probe` can do.
    @Test func consentIsAskedBeforeAFirstProbe() throws {
        let desk = try Desk()
        try desk.makeVault()
        #expect(try desk.add(desk.provider.mint(), "--probe", "passive").code == 0)
        for (answer, code) in [("n", Int32(77)), ("y", 0)] {
            #expect(try desk.provider.requests == 0)
            let session = try TerminalSession(desk, "probe", Desk.name)
            try session.wait(for: "Agree? [y/n] ")
            try session.type("\(answer)\n")
            #expect(try session.end() == code)
            let declined = "declined; nothing was asked\r\nsecret: hint: secret status anthropic/main\r\n"
            #expect(session.text.contains(declined) == (answer == "n"))
        }
        #expect(try desk.provider.requests == 1)
    }

    @Test func consentIsAskedOnceForAKind() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let next = try desk.provider.mint()
        let session = try TerminalSession(desk, "add", "anthropic/other", "--base-url", desk.provider.baseURL)
        try session.wait(for: "paste all of it): ")
        try session.type("\(Self.begin)\(next.value)\(Self.end)")
        #expect(try session.end() == 0)
        try expectUnseen(next, session)
        #expect(!session.text.contains("[y/n]"))
    }

    @Test func withoutATerminalConsentMustBeGiven() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        for words in [["--no-input"], []] {
            let fault = try desk.fault(
                ["add", Desk.name, "--stdin", "--base-url", desk.provider.baseURL] + words, input: token.value)
            #expect(fault.code == .usage && fault.id == "needs_answer")
            #expect(fault.hint?.contains("`secret add anthropic/main --yes`") == true)
            #expect(fault.hint?.contains("`secret add anthropic/main --probe passive`") == true)
        }
        #expect(try desk.report().credentials.isEmpty)
        #expect(try desk.provider.requests == 0)
        #expect(TokenTraces([token.value]).found(in: desk.heard).isEmpty)
    }

    @Test func valueIsNotShownOnATerminal() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let refused = try TerminalSession(desk, "read", Desk.name)
        #expect(try refused.end() == 64)
        #expect(refused.text.contains("hint: secret read anthropic/main | wc -c"))
        #expect(TokenTraces([token.value]).found(in: refused.screen).isEmpty)
        let forced = try TerminalSession(desk, "read", Desk.name, "--force")
        #expect(try forced.end() == 0)
        #expect(forced.text == token.value)
    }

    @Test func removingAsksOnATerminal() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        for (answer, code) in [("n", Int32(77)), ("y", 0)] {
            let session = try TerminalSession(desk, "remove", Desk.name)
            try session.wait(for: "remove anthropic/main and every value of it, for good? [y/n] ")
            try session.type("\(answer)\n")
            #expect(try session.end() == code)
            #expect(try desk.report().credentials.count == (answer == "n" ? 1 : 0))
        }
    }

    @Test func passphraseIsAskedTwiceAndOpens() throws {
        let desk = try Desk()
        let differing = try TerminalSession(desk, "init")
        try differing.answer("new passphrase: ", "correct horse")
        try differing.answer("the same again: ", "correct house")
        #expect(try differing.end() == 64)
        let made = try TerminalSession(desk, "init")
        try made.answer("new passphrase: ", "correct horse")
        try made.answer("the same again: ", "correct horse")
        try made.wait(for: "type the recovery code back: ")
        let code = try #require(made.text.firstMatch(of: /([0-9A-Z]{5}-){12}[0-9A-Z]{5}/)).output.0
        try made.type(String(code.dropLast()) + "\r")
        try made.answer("5 characters\r\nsecret: type the recovery code back: ", String(code))
        #expect(try made.end() == 0)
        #expect(made.text.contains("the recovery code is right"))
        #expect(try desk.secret("lock").code == 0)
        let opened = try TerminalSession(desk, "unlock")
        try opened.answer("passphrase: ", "correct horse")
        #expect(try opened.end() == 0)
        for session in [differing, made, opened] {
            #expect(!session.text.contains("horse"))
            #expect(try session.isRestored)
        }
    }
}
