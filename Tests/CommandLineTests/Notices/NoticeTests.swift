import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// Notices as people get them: each channel to a real receiver, down and back, and a prompt that ends in a working token.
@Suite(.ownThreads, .timeLimit(.minutes(20))) struct NoticeTests {
    private static let quick = """
        confirm: {explicit: [2, 300ms], generic: [3, 300ms], flaky: [4, 300ms], recheck: [400ms, 400ms, 400ms]}
        probe: {interval: {anthropic.setup-token: 500ms}, host_rate: 1ms}
        backoff: {first: 300ms, most: 600ms}

        """

    /// The stand-in for pinentry in a folder of its own, with what it pastes.
    private func pinentry(_ desk: Desk, pasting pastes: [String]) throws -> String {
        let folder = desk.folder + "/pinentry"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        try FileManager.default.copyItem(atPath: Receiver.path("pinentry.py"), toPath: folder + "/pinentry")
        for (number, paste) in pastes.enumerated() {
            try Data(paste.utf8).write(to: URL(filePath: "\(folder)/paste.\(number + 1)"))
        }
        return folder + "/pinentry"
    }

    private func told(_ desk: Desk) -> [String] {
        let log = try? String(contentsOfFile: desk.folder + "/pinentry/pinentry.log", encoding: .utf8)
        return (log ?? "").split(separator: "\n").map(String.init)
    }

    /// At 80 columns, as a terminal wraps.
    private func wrapped(_ token: String) -> String { token.prefix(80) + "\n" + token.dropFirst(80) + "\n" }

    @Test func fromARevokedTokenToAWorkingOneWithoutACommand() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        let old = try desk.provider.mint()
        let new = try desk.provider.mint()
        let window = try pinentry(desk, pasting: [String(new.value.prefix(80)), wrapped(new.value)])
        try desk.write(settings: Self.quick + "notify: {pinentry: \(window)}\n")
        let receiver = try Receiver.start(
            "notifications.py", ["LOG", "press"], in: desk.folder, environment: keyring.environment)
        #expect(receiver.word == "ready")
        try desk.makeVault()
        try desk.expect(desk.add(old))
        try desk.provider.set(old, to: "revoked")

        let first = try #require(receiver.waits { ($0["summary"] as? String) == "anthropic/main is revoked" })
        #expect(first["actions"] as? [String] == ["paste", "Paste a new token", "default", "Paste a new token"])
        #expect(first["urgency"] as? Int == 2 && first["body"] as? String == "run: secret rotate anthropic/main")
        let second = try #require(receiver.waits { ($0["summary"] as? String) == "anthropic/main works again" })
        #expect(second["replaces"] as? Int == first["number"] as? Int, "one notification for one credential")
        #expect(try desk.credential().state == .healthy)
        #expect(try desk.value() == new.value)
        let told = told(desk)
        #expect(told.contains { $0.hasPrefix("SETDESC anthropic/main (anthropic.setup-token) is revoked.%0APaste") })
        #expect(told.contains { $0.hasPrefix("SETERROR ") && $0.contains("cut") }, "\(told)")
        #expect(told.contains { $0.hasPrefix("SETDESC anthropic/main is healthy: the provider says valid") })
        #expect(receiver.got.count == 2, "one failed and one recovered")
        #expect(TokenTraces([old.value, new.value]).found(in: Array("\(told) \(receiver.got)".utf8)).isEmpty)
    }

    @Test func promptAsksFromAScript() throws {
        let desk = try Desk()
        let old = try desk.makeVaultWithToken()
        let new = try desk.provider.mint()
        let bad = try desk.provider.mint()
        try desk.provider.set(bad, to: "revoked")
        let window = try pinentry(desk, pasting: [bad.value, "export TOKEN='\(wrapped(new.value))'"])
        try desk.write(settings: Desk.Settings.quiet + "notify: {desktop: false, pinentry: \(window)}\n")
        let result = try desk.secret("prompt", Desk.name)
        #expect(result.code == 0 && result.text == "anthropic/main is healthy: valid (accepted)\n")
        #expect(try desk.value() == new.value)
        #expect(told(desk).contains { $0.contains("SETERROR the provider refused this value (revoked)") })
        let gaveUp = try desk.secret("prompt", Desk.name)
        #expect(gaveUp.code == 77 && gaveUp.talk.contains("secret: hint: secret rotate anthropic/main"))
        #expect(try desk.secret("prompt", "no/such").code == 66)
        try desk.write(settings: Desk.Settings.quiet + "notify: {desktop: false, pinentry: /nonexistent/pinentry}\n")
        #expect(try desk.secret("prompt", Desk.name).code == 69)
        #expect(TokenTraces([old.value, new.value, bad.value]).found(in: desk.heard).isEmpty)
    }

    @Test(arguments: ["json", "discord", "slack", "ntfy"]) func aWebhookThatIsDownGetsItWhenItIsBack(
        template: String
    ) throws {
        let desk = try Desk()
        var receiver: Receiver? = try Receiver.start(
            "webhook.py", ["0", "LOG"], in: desk.folder, environment: desk.environment)
        let port = receiver?.word ?? ""
        receiver = nil
        try desk.write(
            settings: Self.quick
                + "notify: {desktop: false, webhook: {url: http://127.0.0.1:\(port)/hook, template: \(template)}}\n")
        try desk.makeVault()
        let token = try desk.provider.mint()
        try desk.expect(desk.add(token))
        try desk.expect(desk.secret("daemon", "start"))
        try desk.waitForSession()
        try desk.provider.set(token, to: "revoked")
        try desk.waitForNotices { $0.contains("nobody answers at the address") }
        let back = try Receiver.start("webhook.py", [port, "LOG"], in: desk.folder, environment: desk.environment)
        let got = try #require(back.waits { $0["path"] as? String == "/hook" })
        let body = try #require(got["body"] as? String)
        let headers = try #require(got["headers"] as? [String: String])
        switch template {
        case "json":
            let notice = try #require(try JSONSerialization.jsonObject(with: Data(body.utf8)) as? [String: Any])
            #expect(notice["name"] as? String == Desk.name && notice["kind"] as? String == "needs-person")
        case "discord": #expect(body.contains(#""content":"anthropic/main is revoked; run: secret rotate"#))
        case "slack": #expect(body == #"{"text":"anthropic/main is revoked; run: secret rotate anthropic/main"}"#)
        default: #expect(headers["Title"] == "anthropic/main is revoked" && headers["Priority"] == "high")
        }
        #expect(headers["User-Agent"]?.hasPrefix("tokenward/") == true)
        try desk.waitForNotices { $0.contains("well") }
        #expect(TokenTraces([token.value]).found(in: Array("\(back.got)".utf8)).isEmpty)
    }

    @Test func aCommandGetsEachNoticeAsJSON() throws {
        let desk = try Desk()
        let log = desk.folder + "/hook.log"
        try desk.write(
            settings: Self.quick + "notify: {desktop: false, command: [/bin/sh, -c, 'cat >> \(log)']}\n")
        try desk.makeVault()
        let token = try desk.provider.mint()
        try desk.expect(desk.add(token))
        try desk.waitForSession()
        let test = try desk.secret("notify", "test", "command")
        #expect(test.code == 0 && test.text == "a test notice was delivered by command\n")
        try desk.provider.set(token, to: "revoked")
        for _ in 0..<200 where Receiver.lines(log).count < 2 { usleep(100_000) }
        try desk.provider.set(token, to: "accepted")
        try desk.expect(desk.secret("probe", Desk.name))
        for _ in 0..<200 where Receiver.lines(log).count < 3 { usleep(100_000) }
        let notices = Receiver.lines(log)
        #expect(notices.map { $0["kind"] as? String } == ["recovered", "needs-person", "recovered"])
        #expect(notices.map { $0["name"] as? String } == ["test/notice", Desk.name, Desk.name])
        #expect(TokenTraces([token.value]).found(in: Array("\(notices)".utf8)).isEmpty)
    }

    @Test func whatIsWrongWithAChannelIsSaid() throws {
        let desk = try Desk()
        #expect(try desk.fault("notify", "test", "webhook").code == .usage)
        try desk.write(
            settings: "notify: {desktop: false, command: [/bin/false], webhook: {url: http://127.0.0.1:1/x}}\n")
        try desk.makeVault()
        let command = try desk.fault("notify", "test", "command")
        #expect(command.code == .unreachable && command.message.contains("ended with 1"))
        #expect(try desk.fault("notify", "test", "webhook").message.contains("nobody answers at the address"))
        try desk.write(settings: "notify: {webhook: {url: https://discord.com/api/webhooks/1/abc}}\n")
        let plain = try desk.fault("notify", "status")
        #expect(plain.code == .configuration && plain.message.contains("this address is a secret"))
        try desk.write(
            settings: "notify: {desktop: false, webhook: {url: secret://notify/hook, template: discord}}\n")
        #expect(try desk.fault("notify", "test", "webhook").message.contains("notify/hook"))
        let added = try desk.secret("add", "notify/hook", "--stdin", "--kind", "generic.secret", input: "ftp://odd")
        try desk.expect(added)
        #expect(try desk.fault("notify", "test", "webhook").message.contains("no https address"))
    }
}

extension Desk {
    /// Until the part that sends notices runs and has asked once.
    func waitForSession() throws {
        for _ in 0..<200 {
            if FileManager.default.fileExists(atPath: places.noticeLedger) { return }
            usleep(50_000)
        }
        throw TestFault.unexpected("nobody sends notices: \(try secret("daemon", "status").text)")
    }

    /// Until `notify status` says so.
    func waitForNotices(_ fits: (String) -> Bool) throws {
        var said = ""
        for _ in 0..<200 {
            said = try secret("notify", "status").text
            if fits(said) { return }
            usleep(100_000)
        }
        throw TestFault.unexpected(said)
    }
}
