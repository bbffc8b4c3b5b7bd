import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// Credentials in the keyring as a person sees them.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct KeyringHeldTests {
    private static let other = "anthropic/other"

    @Test func statusNamesTheHomeWhereThereAreTwo() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.makeVault()
        let (held, kept) = (try desk.provider.mint(), try desk.provider.mint())
        try desk.expect(desk.add(kept, name: Self.other))
        #expect(try !desk.secret("status").text.contains("STORE"))
        try desk.expect(desk.add(held, "--store", "keyring"))
        let table = try desk.secret("status").text.split(separator: "\n")
        #expect(table[0].contains("STORE") && table[1].contains("keyring") && table[2].contains("vault"))
        let sheet = try desk.secret("status", Desk.name).text.split(separator: "\n")
        #expect(sheet.contains { $0.hasPrefix("store ") && $0.hasSuffix(" keyring") })
        #expect(try desk.credential().store == "keyring" && desk.credential(Self.other).store == "vault")
        #expect(try desk.value() == held.value && desk.value(Self.other) == kept.value)
        #expect(try desk.secret("daemon", "status", "--json").text.contains(#""session":true"#))

        #expect(
            try desk.secret("move", Desk.name, "--to", "vault").talk == "secret: \(Desk.name) is held in the vault\n")
        #expect(try keyring.itemIDs().isEmpty)
        #expect(try desk.value() == held.value)
        let again = try desk.secret("move", Desk.name, "--to", "vault")
        #expect(again.code == 0 && again.talk == "secret: \(Desk.name) is held in the vault already\n")
        #expect(TokenTraces([held.value, kept.value]).found(in: desk.heard).isEmpty)
    }

    @Test func neitherHomeAloneHoldsTheValue() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.makeVault()
        let token = try desk.provider.mint()
        try desk.expect(desk.add(token, "--store", "keyring"))
        let files = [keyring.environment["XDG_DATA_HOME"], desk.home].compactMap(\.self)
        for folder in files {
            for path in try #require(FileManager.default.enumerator(atPath: folder)) {
                guard let bytes = FileManager.default.contents(atPath: "\(folder)/\(path)") else { continue }
                #expect(TokenTraces([token.value]).found(in: Array(bytes)).isEmpty, "\(path)")
            }
        }
        // With the machine's key and vault.db, but not the keyring.
        try keyring.lock()
        try desk.expect(desk.secret("daemon", "stop"))
        let read = try desk.secret("read", Desk.name)
        #expect(read.code == 75 && read.output.isEmpty)
    }

    @Test func probesOfManyGoOnBehindAHungKeyring() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.makeVault()
        for name in ["a/held", "b/held", "c/held"] {
            try desk.expect(desk.add(desk.provider.mint(), "--store", "keyring", name: name))
        }
        try desk.expect(desk.add(desk.provider.mint(), name: "d/kept"))
        keyring.freeze()
        let before = try desk.provider.requests
        let result = try desk.secret("probe", "--all")
        #expect(result.code == 69 && result.talk.contains("secret: error: the keyring hangs"))
        #expect(result.text.contains("d/kept: valid") && !result.text.contains("held"))
        #expect(result.duration < .seconds(5))
        #expect(try desk.provider.requests == before + 1)
        keyring.thaw()
        #expect(try desk.secret("probe", "--all").code == 0)
        #expect(try desk.provider.requests == before + 5)
    }

    @Test func theTimerTellsWhyItDoesNotAsk() throws {
        var keyring = try PrivateKeyring()
        let desk = try Desk(settings: Desk.Settings.busy, environment: keyring.environment)
        try desk.makeVault()
        let token = try desk.provider.mint()
        try desk.expect(desk.add(token, "--store", "keyring"))
        #expect(try desk.credential().state == .healthy)
        try keyring.lock()
        let waiting = try desk.watch { $0.reason == "keyring_locked" }
        #expect(waiting.state == .healthy && waiting.verdict == "healthy" && waiting.action == nil)
        let requests = try desk.provider.requests
        #expect(try desk.fault("probe", Desk.name).id == "keyring_locked")
        #expect(try desk.provider.requests == requests)
        try keyring.restart()
        try desk.expect(desk.secret("probe", Desk.name))
        #expect(try desk.credential().reason == "accepted")
        #expect(try desk.provider.requests > requests)
    }

    @Test func nobodyPastesInVain() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.makeVault()
        try keyring.lock()
        let session = try TerminalSession(desk, "add", Desk.name, "--store", "keyring")
        #expect(try session.end() == 75)
        #expect(session.text.contains("secret: error: the keyring, which holds the value of \(Desk.name), is locked"))
        #expect(!session.text.contains("nothing is shown; paste"))
        #expect(try desk.secret("status", Desk.name).code == 66)
    }
}
