import Foundation
import Lifecycle
import Sealing
import Testing
import Wire

@testable import Vault

/// When the anchor's copy in the keyring is renewed.
@Suite struct AnchorCopyTests {
    private static let slot = RecordID.random()

    private static func bench() async throws -> Bench {
        let bench = try Bench()
        let key = SecretBox(try SecretBytes.random(count: VaultKeys.size))
        _ = try await bench.vault.initialize(.keyring(slot), secret: key)
        return bench
    }

    @Test func atMostOnceAMinuteAndOnlyAfterAChange() async throws {
        let bench = try await Self.bench()
        let vault = bench.vault
        #expect(try await vault.anchorSlots() == [Self.slot], "never kept")
        #expect(await vault.welcome().anchorSlots == [Self.slot])
        _ = try await vault.anchorForCopy()
        #expect(try await vault.anchorSlots().isEmpty)
        bench.clock.advance(.hours(1))
        #expect(try await vault.anchorSlots().isEmpty, "nothing changed")
        try await bench.add()
        #expect(try await vault.anchorSlots() == [Self.slot])
        _ = try await vault.anchorForCopy()
        try await bench.rotate()
        bench.clock.advance(.seconds(59))
        #expect(try await vault.anchorSlots().isEmpty)
        bench.clock.advance(.seconds(1))
        #expect(try await vault.anchorSlots() == [Self.slot])
    }

    @Test func itIsTheAnchorOfWhatWasCommitted() async throws {
        let bench = try await Self.bench()
        try await bench.add()
        let (answer, _) = await bench.vault.answer(.anchor, secret: nil)
        guard case .anchor(let bytes) = answer else { throw Unexpected(answer: answer) }
        let found = try bench.anchor.read()
        #expect(bytes.count == Anchor.size && found.contains(bytes))
    }

    @Test func nobodyIsAskedWithoutAKeyringSlotOrWhileLocked() async throws {
        let machine = try await Bench.open()
        #expect(try await machine.vault.anchorSlots().isEmpty)
        let bench = try await Self.bench()
        try await bench.vault.lockByPerson()
        #expect(try await bench.vault.anchorSlots().isEmpty)
    }

    @Test func itemsDifferBySlotAndAreNotTheSlot() throws {
        let slots = (0..<100).map { _ in RecordID.random().bytes }
        let items = slots.map(Anchor.itemID)
        #expect(Set(items).count == 100 && Set(items).isDisjoint(with: slots) && items.allSatisfy { $0.count == 16 })
        let fixed = Anchor.itemID(besideSlot: [UInt8](repeating: 7, count: 16))
        #expect(fixed == Anchor.itemID(besideSlot: [UInt8](repeating: 7, count: 16)))
    }
}
