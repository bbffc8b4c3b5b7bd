import Foundation
import TestSupport
import Testing
import Wire

/// The ways to open a vault, each with the daemons stopped before it.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct SlotTests {
    @Test func passphraseOpensAndAnotherDoesNot() throws {
        let desk = try Desk()
        let made = try desk.secret("init", "--passphrase-fd", "0", input: "a long passphrase\n")
        #expect(made.code == 0)
        let token = try desk.provider.mint()
        #expect(try desk.add(token).code == 0)
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.secret("status").code == 75)
        let wrong = try desk.fault("unlock", "--passphrase-fd", "0", input: "a long passphrase ")
        #expect(wrong.code == .notPermitted && wrong.id == "wrong_secret")
        #expect(wrong.hint == "secret unlock --recovery")
        #expect(try desk.secret("unlock", "--passphrase-fd", "0", input: "a long passphrase\n").code == 0)
        #expect(try desk.value() == token.value)

        #expect(try desk.secret("daemon", "stop").code == 0)
        try openByRecovery(desk, made.text)
        #expect(try desk.value() == token.value)
    }

    /// "Must show" 5: one vault, three ways.
    @Test func oneVaultOpensByKeyringPassphraseAndRecoveryCode() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        #expect(try desk.fault("init", "--keyring", "--passphrase-fd", "0", input: "\n").id == "passphrase_empty")
        let made = try desk.secret("init", "--keyring", "--passphrase-fd", "0", input: "a long passphrase\n")
        #expect(made.code == 0)
        let token = try desk.provider.mint()
        #expect(try desk.add(token).code == 0)
        #expect(try desk.report().daemon.slots == ["keyring", "passphrase", "recovery"])
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.value() == token.value, "by the keyring, without a word")

        try keyring.lock()
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.secret("status").code == 75)
        #expect(try desk.fault("unlock", "--passphrase-fd", "0", input: "another\n").id == "wrong_secret")
        #expect(try desk.secret("unlock", "--passphrase-fd", "0", input: "a long passphrase\n").code == 0)
        #expect(try desk.value() == token.value)

        #expect(try desk.secret("daemon", "stop").code == 0)
        try openByRecovery(desk, made.text)
        #expect(try desk.value() == token.value)
    }

    @Test func keyringOpensByItselfWhileItIsOpen() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        let made = try desk.secret("init", "--keyring", "--no-input")
        #expect(made.code == 0)
        let token = try desk.provider.mint()
        #expect(try desk.add(token).code == 0)
        #expect(try desk.secret("daemon", "stop").code == 0)
        let status = try desk.report()
        #expect(status.credentials.count == 1 && !status.daemon.locked)
        #expect(status.daemon.slots == ["keyring", "recovery"])

        #expect(try desk.secret("daemon", "stop").code == 0)
        try keyring.lock()
        let locked = try desk.secret("status")
        #expect(locked.code == 75 && locked.text == "1 credentials, locked\n")
        #expect(locked.talk.contains("secret: the keyring did not open the vault: "))
        #expect(try desk.fault("read", Desk.name, "--quiet").code == .usage)
        #expect(try desk.secret("read", Desk.name).code == 75)
        try openByRecovery(desk, made.text)
        #expect(try desk.value() == token.value)
        #expect(try TokenTraces([token.value]).found(below: desk.home) == [:])
    }

    /// The first `add` makes the vault, by the keyring when one answers.
    @Test func addMakesAVaultByTheKeyring() throws {
        let keyring = try PrivateKeyring()
        let desk = try Desk(environment: keyring.environment)
        let token = try desk.provider.mint()
        #expect(try desk.add(token, "--no-input").code == 0)
        #expect(try desk.report().daemon.slots == ["keyring", "recovery"])
        try keyring.kill()
        #expect(try desk.value() == token.value)
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.secret("read", Desk.name).code == 75)
    }

    @Test func recoveryCodeOpensWhenTheMachinesKeyIsGone() throws {
        let desk = try Desk()
        let made = try desk.secret("init", "--machine", "--no-input", "--json")
        struct Sheet: Decodable { let recoveryCode: String }
        let code = try JSONDecoder().decode(Sheet.self, from: Data(made.output)).recoveryCode
        let token = try desk.provider.mint()
        #expect(try desk.add(token).code == 0)
        #expect(try desk.secret("daemon", "stop").code == 0)
        try FileManager.default.removeItem(atPath: desk.places.machineKey)
        #expect(try desk.secret("status").code == 75)
        #expect(try desk.fault("unlock", "--machine").id == "no_machine_key")
        let mistyped = try desk.fault("unlock", "--recovery-fd", "0", input: "0" + code.dropFirst(2))
        #expect(mistyped.code == .refused && mistyped.id == "recovery_code")
        #expect(try desk.fault("unlock", "--passphrase-fd", "0", input: "x").id == "no_slot")
        try openByRecovery(desk, code.lowercased())
        #expect(try desk.value() == token.value)
    }

    @Test func aMachinesKeyThatOthersMayReadIsNotUsed() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        #expect(try desk.secret("daemon", "stop").code == 0)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: desk.places.machineKey)
        #expect(try desk.secret("status").code == 75)
        let fault = try desk.fault("unlock", "--machine")
        #expect(fault.code == .notPermitted && fault.hint == "chmod 0600 \(desk.places.machineKey)")
        try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: desk.places.machineKey)
        #expect(try desk.secret("unlock").code == 0)
    }

    /// As under a unit with `LoadCredentialEncrypted=tokenward.machine-key`.
    @Test func aCredentialOfSystemdIsTheMachinesKey() throws {
        let credentials = NSTemporaryDirectory() + "tokenward-credentials-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: credentials, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: credentials) }
        let key = credentials + "/tokenward.machine-key"
        try Data((0..<32).map { UInt8($0) }).write(to: URL(filePath: key))
        let desk = try Desk(environment: ["CREDENTIALS_DIRECTORY": credentials])
        let token = try desk.makeVaultWithToken()
        #expect(!FileManager.default.fileExists(atPath: desk.places.machineKey))
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.value() == token.value)
        #expect(try desk.secret("daemon", "stop").code == 0)
        try Data([1]).write(to: URL(filePath: key))
        let fault = try desk.fault("unlock", "--machine")
        #expect(fault.code == .configuration && fault.id == "machine_credential_size")
        try FileManager.default.removeItem(atPath: key)
        #expect(try desk.fault("unlock", "--machine").id == "no_machine_key")
    }

    private func openByRecovery(_ desk: Desk, _ code: String) throws {
        #expect(try desk.secret("unlock", "--recovery-fd", "0", input: code).code == 0)
    }
}
