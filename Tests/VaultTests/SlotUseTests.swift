import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// Ways to open a vault come and go, and one is always left.
@Suite struct SlotUseTests {
    private func kinds(_ vault: Vault) async throws -> [String] { try await vault.slotReports().map(\.kind) }

    private func id(_ vault: Vault, _ kind: String) async throws -> RecordID {
        try #require(try await vault.slotReports().first { $0.kind == kind }).id
    }

    @Test func aSlotMoreAndOneLess() async throws {
        let bench = try await Bench.open()
        #expect(try await bench.vault.addSlot(.passphrase, secret: Token.box("correct horse")) == nil)
        let code = try #require(try await bench.vault.addSlot(.recovery, secret: nil))
        #expect(try await kinds(bench.vault) == ["machine", "passphrase", "recovery", "recovery"])
        try await bench.restarted().unlock(.recovery, secret: code)
        try await bench.vault.removeSlot(id(bench.vault, "machine"))
        #expect(await fault { try await bench.restarted().unlock(.machine, secret: nil) }?.id == "no_slot")
        try await bench.restarted().unlock(.passphrase, secret: Token.box("correct horse"))
        let events = try await bench.vault.audit(limit: 9, before: nil).map { "\($0.event) \($0.detail)" }
        #expect(events.prefix(3) == ["slot-removed machine", "slot-added recovery code", "slot-added passphrase"])
    }

    /// A sealed stream has room for 16, one of which is a backup's own passphrase.
    @Test func thereAreFifteenAtMost() async throws {
        let bench = try await Bench.open()
        for _ in 0..<13 { _ = try await bench.vault.addSlot(.recovery, secret: nil) }
        let told = await fault { try await bench.vault.addSlot(.recovery, secret: nil) }
        #expect(told?.id == "too_many_slots" && told?.code == .usage)
        let file = try BackupFile()
        let report = try await bench.vault.backUp(to: file.descriptor, passphrase: Token.box("of the file"))
        #expect(report.slots == ["machine", "passphrase", "recovery"])
    }

    @Test func theLastOneStays() async throws {
        let bench = try await Bench.open()
        let told = await fault { try await bench.vault.removeSlot(id(bench.vault, "machine")) }
        #expect(told?.id == "only_recovery" && told?.code == .notPermitted)
        try await bench.vault.removeSlot(id(bench.vault, "recovery"))
        let last = await fault { try await bench.vault.removeSlot(id(bench.vault, "machine")) }
        #expect(last?.id == "last_slot" && last?.hint == "secret slot add passphrase")
        #expect(await fault { try await bench.vault.removeSlot(.random()) }?.id == "no_slot")
        #expect(try await kinds(bench.vault) == ["machine"])
    }

    @Test func aLockedVaultChangesNoSlot() async throws {
        let bench = try await Bench.open()
        let id = try await id(bench.vault, "recovery")
        try await bench.vault.lockByPerson()
        #expect(await fault { try await bench.vault.removeSlot(id) } == .locked)
        #expect(await fault { try await bench.vault.addSlot(.recovery, secret: nil) } == .locked)
    }

    @Test func anEmptyPassphraseIsRefused() async throws {
        let bench = try await Bench.open()
        let told = await fault { try await bench.vault.addSlot(.passphrase, secret: Token.box("")) }
        #expect(told?.id == "passphrase_empty")
    }

    @Test func aKeyringSlotTakesNoOtherSlotsPlace() async throws {
        let bench = try await Bench.open()
        let before = try StoreDump(bench.store)
        let key = try Token.box(String(repeating: "k", count: 32))
        for kind in ["recovery", "machine"] {
            let taken = try await id(bench.vault, kind)
            let told = await fault { try await bench.vault.addSlot(.keyring(taken), secret: key) }
            #expect(told?.id == "slot_exists" && told?.code == .usage)
        }
        #expect(try StoreDump(bench.store) == before)
    }
}
