import Lifecycle
import Sealing
import Storage
import Testing
import Wire

@testable import Vault

@Suite struct OpeningTests {
    @Test func withoutAVaultEverythingSaysSo() async throws {
        let bench = try Bench()
        #expect(try await bench.vault.condition() == .none)
        #expect(try await bench.vault.nextDue() == nil)
        #expect(await bench.vault.unlockByMachine() == false)
        #expect(await fault { try await bench.report() } == .noVault)
        #expect(await fault { try await bench.add() } == .noVault)
        #expect(await fault { try await bench.vault.lockByPerson() } == .noVault)
        #expect(await fault { try await bench.vault.slotReports() } == .noVault)
        #expect(await fault { try await bench.vault.unlock(.machine, secret: nil) } == .noVault)
        #expect(await fault { try await bench.vault.status(StatusQuery()) }?.code == .configuration)
    }

    @Test func theMachineOpensItsVaultAfterARestart() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let second = try bench.restarted()
        #expect(try await second.condition() == .locked)
        #expect(await second.unlockByMachine())
        #expect(try await second.condition() == .open)
        let read = try await second.read(Bench.name)
        #expect(Token.text(read.value) == Token.setup(1))
    }

    @Test func withoutItsKeyTheMachineOpensNothing() async throws {
        let bench = try await Bench.open()
        bench.machine.lose()
        let second = try bench.restarted()
        #expect(await second.unlockByMachine() == false)
        let told = await fault { try await second.unlock(.machine, secret: nil) }
        #expect(told?.id == "no_machine_key" && told?.code == .notNow)
    }

    @Test func anotherMachinesKeyOpensNothing() async throws {
        let bench = try await Bench.open()
        bench.machine.lose()
        try bench.machine.create(SecretBytes.random(count: 32))
        let second = try bench.restarted()
        #expect(await fault { try await second.unlock(.machine, secret: nil) }?.id == "wrong_secret")
    }

    @Test func anExistingMachineKeyIsUsedAgain() async throws {
        let bench = try Bench()
        let key = try SecretBytes.random(count: 32)
        try bench.machine.create(key)
        _ = try await bench.vault.initialize(.machine, secret: nil)
        let same = try bench.machine.read()?.bytes.matches(key)
        #expect(same == true)
    }

    @Test func thePassphraseOpens() async throws {
        let bench = try Bench()
        _ = try await bench.vault.initialize(.passphrase, secret: Token.box("correct horse"))
        let second = try bench.restarted()
        #expect(await second.unlockByMachine() == false)
        let told = await fault { try await second.unlock(.passphrase, secret: Token.box("wrong horse")) }
        #expect(told?.id == "wrong_secret" && told?.code == .notPermitted)
        #expect(await fault { try await second.unlock(.passphrase, secret: nil) }?.id == "no_secret")
        try await second.unlock(.passphrase, secret: Token.box("correct horse"))
        #expect(try await second.condition() == .open)
    }

    @Test func theKeyringsKeyOpensItsOwnSlot() async throws {
        let bench = try Bench()
        let item = RecordID.random()
        let key = SecretBox(try SecretBytes.random(count: 32))
        _ = try await bench.vault.initialize(.keyring(item), secret: key)
        let second = try bench.restarted()
        #expect(await fault { try await second.unlock(.keyring(.random()), secret: key) }?.id == "no_slot")
        let other = SecretBox(try SecretBytes.random(count: 32))
        #expect(await fault { try await second.unlock(.keyring(item), secret: other) }?.id == "wrong_secret")
        try await second.unlock(.keyring(item), secret: key)
        #expect(try await second.condition() == .open)
        let slots = try await second.slotReports()
        #expect(slots.map(\.kind) == ["keyring", "recovery"])
        #expect(slots.contains { $0.id == item })
    }

    @Test func theRecoveryCodeOpensAsItIsTyped() async throws {
        let bench = try Bench()
        let code = Token.text(try await bench.vault.initialize(.machine, secret: nil))
        bench.machine.lose()
        let second = try bench.restarted()
        let typed = try Token.box("  " + code.lowercased().replacing("-", with: " ") + "\n")
        try await second.unlock(.recovery, secret: typed)
        #expect(try await second.condition() == .open)
        let third = try bench.restarted()
        let cut = await fault { try await third.unlock(.recovery, secret: Token.box(String(code.dropLast(3)))) }
        #expect(cut?.id == "recovery_code" && cut?.code == .refused)
        let stranger = try RecoveryCode.text(of: RecoveryCode.fresh())
        let other = SecretBox(try stranger.extracting(0..<stranger.count))
        #expect(await fault { try await third.unlock(.recovery, secret: other) }?.id == "wrong_secret")
    }

    @Test(arguments: ["", "short"]) func badKeysMakeNoVault(text: String) async throws {
        let bench = try Bench()
        if text.isEmpty {
            let told = await fault { try await bench.vault.initialize(.passphrase, secret: Token.box(text)) }
            #expect(told?.id == "passphrase_empty" && told?.code == .usage)
        }
        #expect(
            await fault { try await bench.vault.initialize(.keyring(.random()), secret: Token.box(text)) }?.id
                == "keyring_key")
        #expect(await fault { try await bench.vault.initialize(.recovery, secret: nil) }?.id == "recovery_only")
        #expect(try await bench.vault.condition() == .none)
        #expect(try bench.store.values(prefix: "").isEmpty)
    }

    @Test func aVaultIsNeverMadeTwice() async throws {
        let bench = try await Bench.open()
        let before = try bench.store.values(prefix: "")
        #expect(await fault { try await bench.vault.initialize(.machine, secret: nil) }?.id == "vault_exists")
        let second = try bench.restarted()
        #expect(await fault { try await second.initialize(.machine, secret: nil) }?.id == "vault_exists")
        #expect(try bench.store.values(prefix: "") == before)
    }

    @Test func whatAPersonLockedNoMachineOpens() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.vault.lockByPerson()
        #expect(try await bench.vault.condition() == .lockedByPerson)
        #expect(await bench.vault.unlockByMachine() == false)
        #expect(try await bench.vault.nextDue() == nil)
        try await bench.vault.tick(limit: 8)
        #expect(bench.prober.count == 1)
        #expect(await fault { try await bench.report() } == .locked)
        #expect(await fault { try await bench.vault.read(Bench.name) } == .locked)
        let counts = try await bench.vault.status(StatusQuery())
        #expect(counts.credentials.isEmpty && counts.summary == ["locked": 1] && counts.daemon.locked)
        try await bench.vault.unlock(.machine, secret: nil)
        #expect(try await bench.report().state == .healthy)
    }

    @Test func aVaultThatIsOpenStaysOpen() async throws {
        let bench = try await Bench.open()
        try await bench.vault.unlock(.machine, secret: nil)
        #expect(try await bench.vault.condition() == .open)
        // A secret is tried all the same: whoever checks the code that they wrote down must not be told that it fits.
        #expect(await fault { try await bench.vault.unlock(.recovery, secret: Token.box("no code")) } != nil)
        #expect(try await bench.vault.condition() == .open)
    }

    @Test func aClosedVaultIsLocked() async throws {
        let bench = try await Bench.open()
        try await bench.vault.close()
        #expect(try await bench.vault.condition() != .open)
    }
}
