import Foundation
import Lifecycle
import Sealing
import Storage
import TestSupport
import Testing
import Wire

@testable import Vault

/// Credentials whose values the keyring holds.
@Suite struct HeldInTheKeyringTests {
    @Test func theVaultKeepsRecordAndFingerprintOnly() async throws {
        let bench = try await Bench.openWithHeldToken()
        #expect(try await bench.value() == Token.setup(1))
        let report = try await bench.report()
        #expect(report.store == "keyring" && report.fingerprint.count == 14 && report.length == 108)
        let items = bench.keeper.items
        #expect(items.count == 1)
        #expect(try await Bench.openItems(Bench.name, bench.vault) == [1: #require(items.keys.first)])
        // Neither home holds the token in clear, and no item says what it belongs to.
        let traces = [Array(Token.setup(1).utf8), try bench.row().id.bytes, Array("anthropic".utf8)]
        for bytes in items.values { for trace in traces { #expect(bytes.firstRange(of: trace) == nil) } }
        #expect(bench.prober.tokens == [Token.setup(1)], "asked with the value at hand")
    }

    @Test func rotationStaysInTheKeyringUnlessToldOtherwise() async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        #expect(bench.keeper.items.count == 2)
        #expect(try await bench.value() == Token.setup(2))
        try await bench.rotate(Token.setup(3), as: Bench.order { $0.store = .vault })
        #expect(try await bench.report().store == "vault")
        #expect(try await bench.value() == Token.setup(3))
        try await bench.vault.sweepItems()
        #expect(bench.keeper.items.count == 1, "the one before the last is gone, the last is kept for undo")
    }

    @Test func aBackupTellsWhatItLacks() async throws {
        let bench = try await Bench.openWithHeldToken()
        let file = try BackupFile()
        let report = try await bench.vault.backUp(to: file.descriptor, passphrase: nil)
        #expect(report.inKeyring == 1 && report.firstInKeyring == Bench.name)
        _ = try await bench.vault.move(Bench.name, to: .vault)
        let second = try BackupFile()
        let later = try await bench.vault.backUp(to: second.descriptor, passphrase: nil)
        #expect(later.inKeyring == 0 && later.firstInKeyring == nil)
    }

    @Test func undoBringsTheItemBack() async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        _ = try await bench.vault.undo(Bench.name)
        #expect(try await bench.value() == Token.setup(1))
        _ = try await bench.vault.undo(Bench.name)
        #expect(try await bench.value() == Token.setup(2))
        #expect(bench.keeper.items.count == 2)
    }

    @Test func undoToALostValueChangesNothing() async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        let items = try await Bench.openItems(Bench.name, bench.vault)
        bench.keeper.items[try #require(items[1])] = nil
        #expect(await fault { try await bench.vault.undo(Bench.name) }?.id == "keyring_missing")
        #expect(try await bench.value() == Token.setup(2))
    }

    @Test func droppingACandidateNeedsNoKeyring() async throws {
        let bench = try await Bench.openWithHeldToken()
        bench.prober.answers(.noAnswer)
        try await bench.rotate()
        bench.keeper.stands(.locked)
        _ = try await bench.vault.undo(Bench.name)
        bench.keeper.stands(.present)
        #expect(try await bench.value() == Token.setup(1))
        try await bench.vault.sweepItems()
        #expect(bench.keeper.items.count == 1)
    }

    @Test func whatIsKeptEndsInTheKeyringToo() async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        bench.keeper.stands(.hung)
        try await bench.run(until: bench.clock.now + .hours(25))
        #expect(bench.keeper.items.count == 2)
        bench.keeper.stands(.present)
        bench.clock.advance(.minutes(6))
        try await bench.vault.sweepItems()
        #expect(bench.keeper.items.count == 1)
        #expect(try await bench.value() == Token.setup(2))
    }

    @Test func removalLeavesNothingBehind() async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        #expect(try await bench.vault.remove(Bench.name))
        #expect(bench.keeper.items.isEmpty)
        #expect(try await bench.vault.usesKeyring() == false)
    }

    @Test func removalWorksWithoutAKeyringAndIsFinishedLater() async throws {
        let bench = try await Bench.openWithHeldToken()
        bench.keeper.stands(.absent)
        #expect(try await bench.vault.remove(Bench.name) == false)
        #expect(bench.keeper.items.count == 1)
        bench.keeper.stands(.present)
        let later = try bench.restarted()
        #expect(await later.unlockByMachine())
        try await later.sweepItems()
        #expect(bench.keeper.items.isEmpty)
    }

    @Test func movesBothWaysWithAllThatIsKept() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        bench.prober.answers(.noAnswer)
        try await bench.rotate(Token.setup(3))
        _ = try await bench.vault.move(Bench.name, to: .keyring)
        #expect(bench.keeper.items.count == 3)
        #expect(try await bench.report().store == "keyring")
        #expect(try await Bench.openItems(Bench.name, bench.vault).count == 3)
        #expect(try await bench.value() == Token.setup(2))
        #expect(try await bench.vault.move(Bench.name, to: .keyring).hasSuffix("already"))
        _ = try await bench.vault.move(Bench.name, to: .vault)
        #expect(bench.keeper.items.isEmpty)
        #expect(try await bench.value() == Token.setup(2))
        #expect(try await bench.events().count { $0 == "moved" } == 2)
        bench.keeper.stands(.absent)
        _ = try await bench.vault.undo(Bench.name)
        _ = try await bench.vault.undo(Bench.name)
        #expect(try await bench.value() == Token.setup(1))
    }

    @Test func aLostReplacedValueDoesNotHoldTheLiveOneBack() async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        let items = try await Bench.openItems(Bench.name, bench.vault)
        bench.keeper.items[try #require(items[1])] = nil
        _ = try await bench.vault.move(Bench.name, to: .vault)
        #expect(try await bench.value() == Token.setup(2))
        #expect(try await bench.report().versions.map(\.role) == [.dead, .live])
    }

    @Test func aRekeyNeedsNoKeyring() async throws {
        let bench = try await Bench.openWithHeldToken()
        bench.keeper.stands(.locked)
        for step in [RekeyStep.begin, .finish] {
            let (answer, _) = await bench.vault.answer(.rekey(step), secret: nil)
            if case .failure(let fault) = answer { Issue.record("\(fault)") }
        }
        while try await bench.vault.moveToNewKeys() {}
        bench.keeper.stands(.present)
        #expect(try await bench.value() == Token.setup(1))
        #expect(try await bench.vault.opened().epoch == 2)
    }

    /// Swapped, older, another vault's, cut and flipped items open nothing.
    @Test func anotherItemIsRefused() async throws {
        let bench = try await Bench.openWithHeldToken()
        try await bench.rotate()
        let other = Bench.named("anthropic/other")
        try await bench.add(Token.setup(7), as: Bench.keyringOrder(other))
        let items = bench.keeper.items
        let mine = try await Bench.openItems(Bench.name, bench.vault)
        let (old, live) = (try #require(mine[1]), try #require(mine[2]))
        let theirs = try #require(try await Bench.openItems(other, bench.vault)[1])
        let foreign = try #require(try await Bench.openWithHeldToken().keeper.items.values.first)
        let good = try #require(items[live])
        var attacks = [try #require(items[old]), try #require(items[theirs]), foreign, [], Array(good.dropLast(64))]
        for bit in stride(from: 0, to: good.count * 8, by: 7) {
            var flipped = good
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            attacks.append(flipped)
        }
        for bytes in attacks {
            bench.keeper.items[live] = bytes
            let found = await fault { try await bench.vault.read(Bench.name) }
            #expect(found?.id == "keyring_changed" && found?.code == .unreachable)
        }
        bench.keeper.items[live] = good
        #expect(try await bench.value() == Token.setup(2))
        print("swapped, old, foreign, cut and flipped items: \(attacks.count) tried, all refused")
    }

    @Test func aLockInTheMiddleLosesNothingAndKeepsNothing() async throws {
        let bench = try await Bench.open()
        let vault = bench.vault
        bench.keeper.watch(after: { call in
            guard case .store = call else { return }
            try? await vault.lockByPerson()
            try? await vault.unlock(.machine, secret: nil)
        })
        let found = await fault { try await bench.add(as: Bench.keyringOrder()) }
        #expect(found?.id == "changed_meanwhile" && found?.code == .notNow)
        bench.keeper.watch()
        try await vault.sweepItems()
        #expect(bench.keeper.items.isEmpty)
        try await bench.add(as: Bench.keyringOrder())
        #expect(try await bench.value() == Token.setup(1))
    }
}
