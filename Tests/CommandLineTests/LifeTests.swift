import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// From the paste to the command that a person must run, with the timer alone doing the asking.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct LifeTests {
    @Test(arguments: [
        (fixture: "expired", state: State.expired, reason: "token_expired"),
        (fixture: "revoked", state: State.revoked, reason: "revoked"),
    ])
    func deathIsFoundByTheTimerAlone(_ death: (fixture: String, state: State, reason: String)) throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        let token = try desk.makeVaultWithToken()
        #expect(try desk.credential().state == .healthy)
        #expect(try desk.secret("status", "--check").code == 0)

        try desk.provider.set(token, to: death.fixture)
        let dead = try desk.watch { $0.state == death.state }
        #expect(dead.action == "secret rotate anthropic/main")
        #expect(dead.reason == death.reason)
        #expect(dead.lastProbe?.requestId?.hasPrefix("req_") == true)
        let check = try desk.secret("status", "--check")
        #expect(check.code == 1)
        #expect(check.talk == "secret: anthropic/main is \(death.state.rawValue); run: secret rotate anthropic/main\n")

        let verdicts = try desk.history().filter { $0.event == "verdict" }.map(\.detail)
        #expect(
            verdicts == [
                "suspect -> \(death.state.rawValue) (\(death.reason))", "healthy -> suspect (\(death.reason))",
                "unverified -> healthy (accepted)",
            ])
    }

    /// DESIGN §2: one bad answer is a suspicion, and no person is called for it.
    @Test func oneBadAnswerIsASuspicion() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        try desk.provider.set(token, to: "expired")
        #expect(try desk.secret("probe", Desk.name).code == 0)
        let suspect = try desk.credential()
        #expect(suspect.state == .suspect && suspect.action == nil)
        #expect(try desk.secret("status", "--check").code == 0)
        try desk.provider.set(token, to: "accepted")
        try desk.secret("probe", Desk.name)
        #expect(try desk.credential().state == .healthy)
    }

    @Test func newTokenMendsADeadCredential() throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        let token = try desk.makeVaultWithToken()
        try desk.provider.set(token, to: "revoked")
        _ = try desk.watch { $0.state == .revoked }
        let next = try desk.provider.mint()
        #expect(try desk.rotate(next).code == 0)
        #expect(try desk.secret("status", "--check").code == 0)
        #expect(try desk.value() == next.value)
    }

    @Test func mangledPasteIsStoredAsItsToken() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let wrapped = token.value.prefix(80) + "\r\n" + token.value.dropFirst(80)
        let added = try desk.secret(
            "add", Desk.name, "--stdin", "--yes", "--base-url", desk.provider.baseURL,
            input: "\"Bearer \(wrapped)\"\r\n")
        #expect(added.code == 0)
        #expect(added.talk.contains("108 characters"))
        #expect(try desk.credential().length == 108)
        #expect(try desk.credential().state == .healthy)
        #expect(try desk.value() == token.value)
    }

    @Test(arguments: [79, 80]) func firstLineAloneIsRefusedAndNobodyIsAsked(_ columns: Int) throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let fault = try desk.fault(
            "add", Desk.name, "--stdin", "--yes", "--base-url", desk.provider.baseURL,
            input: token.value.prefix(columns) + "\r\n")
        #expect(fault.code == .refused && fault.id == "paste_refused")
        #expect(
            fault.message
                == "\(columns) of 108 characters: this looks cut at the edge of an 80-column terminal; nothing was stored"
        )
        #expect(try desk.report().credentials.isEmpty)
        #expect(try desk.provider.requests == 0)
        #expect(TokenTraces([token.value]).found(in: desk.heard).isEmpty)
    }

    @Test func valueFromADescriptor() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        let line = "exec \"$SECRET\" add anthropic/main --from-fd 5 --probe off 5<&0 0</dev/null"
        #expect(try desk.run(["sh", "-c", line], input: token.value).code == 0)
        #expect(try desk.value() == token.value)
        #expect(try desk.provider.requests == 0)
    }

    /// DESIGN §8: every member is there, null where there is nothing to say.
    @Test func statusHasEveryMember() throws {
        let desk = try Desk()
        try desk.makeVault()
        let token = try desk.provider.mint()
        #expect(try desk.add(token, "--probe", "off").code == 0)
        let sheet = try #require(
            JSONSerialization.jsonObject(with: Data(desk.secret("status", "--json").output)) as? [String: Any])
        #expect(sheet["schema"] as? Int == 1)
        #expect(sheet["summary"] as? [String: Int] == ["unverified": 1])
        let credential = try #require((sheet["credentials"] as? [[String: Any]])?.first)
        #expect(
            Set(credential.keys) == [
                "name", "kind", "state", "verdict", "deadline", "probing", "reason", "fingerprint", "length", "store",
                "version", "addedAt", "expiresAt", "expirySource", "versions", "lastProbe", "provenAt", "nextProbeAt",
                "action", "hosts", "account", "consumers", "dates", "facts", "requests",
            ])
        for member in ["reason", "lastProbe", "provenAt", "nextProbeAt", "action", "requests"] {
            #expect(credential[member] is NSNull, "\(member)")
        }
        let version = try #require((credential["versions"] as? [[String: Any]])?.first)
        #expect(Set(version.keys) == ["n", "role", "fingerprint", "at", "ended", "stillWorks"])
        let daemon = try #require(sheet["daemon"] as? [String: Any])
        #expect(Set(daemon.keys).isSuperset(of: ["running", "locked", "memoryLocked", "database", "slots"]))
        #expect(daemon["slots"] as? [String] == ["machine", "recovery"])
    }
}
