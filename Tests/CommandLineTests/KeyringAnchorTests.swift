import Foundation
import TestSupport
import Testing
import Wire

/// The anchor's copy in the keyring finds what a roll-back of the vault and of the anchor's file hides.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct KeyringAnchorTests {
    @Test func rollBackOfVaultAndAnchorIsFound() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.expect(desk.secret("init", "--keyring", "--no-input"))
        let slot = try #require(keyring.itemIDs().first)
        let (first, second) = (try desk.provider.mint(), try desk.provider.mint())
        try desk.expect(desk.add(first))
        try desk.expect(desk.secret("daemon", "stop"))
        let past = try Past(of: desk)
        try desk.expect(desk.add(second, name: "anthropic/other"))
        try desk.expect(desk.secret("daemon", "stop"))
        #expect(try keyring.itemIDs().count == 2)

        try past.comesBack(to: desk)
        for words in [["unlock", "--keyring"], ["status"], ["list"]] {
            let fault = try desk.fault(words)
            #expect(fault.code == .damaged && fault.id == "rolled_back", "\(words): \(fault)")
        }
        #expect(try desk.secret("read", Desk.name).code == 79)

        // It was the copy that told: without it nobody could know.
        for id in try keyring.itemIDs() where id != slot {
            let session = try BuiltProgram.path("secret-session")
            try desk.expect(desk.run([session, "keyring", "delete", "--id", id]))
        }
        #expect(try desk.value() == first.value)
        try desk.expect(desk.secret("verify"))
    }

    @Test func nothingIsSaidOfAVaultThatGoesOn() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.expect(desk.secret("init", "--keyring", "--no-input"))
        var values: [String] = []
        for turn in 0..<4 {
            let token = try desk.provider.mint()
            try desk.expect(turn == 0 ? desk.add(token) : desk.rotate(token))
            values.append(token.value)
            // Some daemons end in peace and some do not.
            if turn % 2 == 0 {
                try desk.expect(desk.secret("daemon", "stop"))
            } else {
                try ForeignProcess.kill(Client.process(at: desk.places.agentSocket))
            }
            #expect(try desk.value() == token.value)
        }
        #expect(Set(values).count == 4)
        #expect(try keyring.itemIDs().count == 2, "one key and one copy")
        try desk.expect(desk.secret("verify"))
    }

    @Test func theCopyGoesWithItsSlot() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.expect(desk.secret("init", "--keyring", "--passphrase-fd", "0", input: "a long passphrase\n"))
        #expect(try keyring.itemIDs().count == 2)
        try desk.expect(desk.secret("slot", "remove", "keyring", "--yes"))
        #expect(try keyring.itemIDs().isEmpty)
    }

    @Test func aCopyOfAnotherVaultIsNoAlarm() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        try desk.expect(desk.secret("init", "--keyring", "--no-input"))
        let token = try desk.provider.mint()
        try desk.expect(desk.add(token))
        try desk.expect(desk.secret("daemon", "stop"))
        let other = try Desk(environment: keyring.environment)
        try other.expect(other.secret("init", "--keyring", "--no-input"))
        try other.expect(other.add(token))
        #expect(try keyring.itemIDs().count == 4)
        #expect(try desk.value() == token.value)
    }
}

/// The folders of a vault and of its state as they were.
private struct Past {
    private let folder: String

    init(of desk: Desk) throws {
        folder = desk.folder + "/past"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        for name in ["data", "state"] {
            try FileManager.default.copyItem(atPath: "\(desk.home)/\(name)", toPath: "\(folder)/\(name)")
        }
    }

    func comesBack(to desk: Desk) throws {
        for name in ["data", "state"] {
            try FileManager.default.removeItem(atPath: "\(desk.home)/\(name)")
            try FileManager.default.copyItem(atPath: "\(folder)/\(name)", toPath: "\(desk.home)/\(name)")
        }
    }
}
