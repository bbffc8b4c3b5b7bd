import Lifecycle
import Sealing
import Storage
import Testing
import Wire

@testable import Vault

/// New keys for the whole vault, a step at a time, with the daemon ending between any two.
@Suite(.timeLimit(.minutes(20))) struct RekeyTests {
    private static let passphrase = "correct horse"

    private func scene(_ count: UInt64) async throws -> Bench {
        let bench = try await Bench.open()
        _ = try await bench.vault.addSlot(.passphrase, secret: Token.box(Self.passphrase))
        for number in 0..<count {
            let order = Bench.order(Bench.named("credential/\(number)")) { $0.probing = .off }
            try await bench.add(Token.setup(number), as: order)
        }
        return bench
    }

    /// All steps but the moving; returns the new recovery code.
    private func begin(_ vault: Vault) async throws -> SecretBox {
        guard case .slots(let slots) = try await vault.rekey(.begin, secret: nil).0 else { throw Unexpected() }
        #expect(slots.map(\.kind) == ["passphrase"])
        _ = try await vault.rekey(.slot(#require(slots.first).id), secret: Token.box(Self.passphrase))
        return try #require(try await vault.rekey(.finish, secret: nil).1)
    }

    private func expectAll(_ vault: Vault, _ count: UInt64) async throws {
        for number in 0..<count {
            let value = try await vault.read(Bench.named("credential/\(number)")).value
            #expect(Token.text(value) == Token.setup(number))
        }
        #expect(try await vault.verify().findings.isEmpty)
    }

    @Test func everythingIsReadableAtEveryStepAndNothingOldIsLeft() async throws {
        let count: UInt64 = 150
        let bench = try await scene(count)
        let code = try await begin(bench.vault)
        var vault = bench.vault
        var steps = 0
        while true {
            // The daemon ends here, whatever it was doing.
            vault = try bench.restarted()
            try await vault.unlock(.machine, secret: nil)
            try await expectAll(vault, count)
            guard try await vault.moveToNewKeys() else { break }
            steps += 1
        }
        #expect(steps == 4, "three batches and the end")
        #expect(try bench.store.records(notOfEpoch: 2, limit: 9).isEmpty)
        #expect(try bench.store.values(prefix: "root/").isEmpty)
        #expect(try await vault.rekey(.progress, secret: nil).0 == .rekeying(left: 0, damaged: 0))
        for (slot, secret) in try [(Request.Slot.passphrase, Token.box(Self.passphrase)), (.recovery, code)] {
            try await bench.restarted().unlock(slot, secret: secret)
        }
        let events = try await vault.audit(limit: 10_000, before: nil).map(\.event)
        #expect(events.contains("rekeyed") && events.contains("rekey-begun"))
    }

    @Test func theTimerMovesByItselfAndFingerprintsStay() async throws {
        let bench = try await scene(5)
        let before = try await bench.vault.status(StatusQuery()).credentials.map(\.fingerprint)
        _ = try await begin(bench.vault)
        #expect(try await bench.vault.nextDue() == bench.clock.now)
        try await bench.run(until: bench.clock.now)
        #expect(try bench.store.records(notOfEpoch: 2, limit: 9).isEmpty)
        #expect(try await bench.vault.status(StatusQuery()).credentials.map(\.fingerprint) == before)
        #expect(try await bench.vault.history(Bench.named("credential/0"), limit: 9).map(\.event).last == "added")
    }

    @Test func whatOpenedBeforeOpensNoMore() async throws {
        let bench = try await Bench.open()
        let old = try #require(try await bench.vault.addSlot(.recovery, secret: nil))
        let past = try StoreDump(bench.store)
        guard case .slots(let open) = try await bench.vault.rekey(.begin, secret: nil).0 else { throw Unexpected() }
        #expect(open.isEmpty, "the machine's slot is made anew without a person")
        _ = try await bench.vault.rekey(.finish, secret: nil)
        try await bench.run(until: bench.clock.now)
        #expect(await fault { try await bench.restarted().unlock(.recovery, secret: old) }?.id == "wrong_secret")
        // Slots of before, put back beside the new manifest.
        var dump = try StoreDump(bench.store)
        for (key, value) in past.values where key.hasPrefix("slot/") { dump.values[key] = value }
        let store = MemoryStore()
        try dump.fill(store)
        #expect(
            await fault { try await bench.restarted(store: store).unlock(.recovery, secret: old) }?.code == .damaged)
    }

    @Test func changesGoOnWhileRecordsMove() async throws {
        let bench = try await scene(130)
        _ = try await begin(bench.vault)
        _ = try await bench.vault.moveToNewKeys()
        for number in 0..<130 as Range<UInt64> where number % 13 == 0 {
            let order = Bench.order(Bench.named("credential/\(number)")) { $0.now = true }
            try await bench.rotate(Token.setup(1000 + number), as: order)
        }
        try await bench.add(Token.setup(5000), as: Bench.order(Bench.named("new")))
        #expect(try await bench.vault.verify().findings.isEmpty)
        try await bench.run(until: bench.clock.now)
        #expect(try await bench.vault.verify().findings.isEmpty)
        #expect(try bench.store.records(notOfEpoch: 2, limit: 9).isEmpty)
        let value = try await bench.vault.read(Bench.named("credential/13")).value
        #expect(Token.text(value) == Token.setup(1013))
    }

    @Test func nothingIsChangedWithoutEverySlotsSecret() async throws {
        let bench = try await scene(1)
        let before = try StoreDump(bench.store)
        #expect(await fault { try await bench.vault.rekey(.finish, secret: nil) }?.id == "no_rekey")
        guard case .slots(let slots) = try await bench.vault.rekey(.begin, secret: nil).0 else { throw Unexpected() }
        let id = try #require(slots.first).id
        let wrong = await fault { try await bench.vault.rekey(.slot(id), secret: Token.box("wrong horse")) }
        #expect(wrong?.id == "wrong_secret" && wrong?.code == .notPermitted)
        #expect(await fault { try await bench.vault.rekey(.slot(.random()), secret: Token.box("x")) }?.id == "no_rekey")
        #expect(await fault { try await bench.vault.rekey(.finish, secret: nil) }?.id == "slots_missing")
        #expect(try StoreDump(bench.store) == before)
    }

    @Test func aDamagedRecordKeepsItsKeysUntilItIsRemoved() async throws {
        let bench = try await scene(3)
        let row = try #require(try bench.store.rows(after: nil, limit: 1).first)
        _ = try await begin(bench.vault)
        var version = try #require(try bench.store.version(1, of: row.id))
        version.description[80] ^= 1
        try bench.store.apply([.replaceVersion(version, number: 1, of: row.id)])
        try await bench.run(until: bench.clock.now)
        #expect(try await bench.vault.rekey(.progress, secret: nil).0 == .rekeying(left: 1, damaged: 1))
        #expect(try await bench.isAtRest, "it is not tried for ever")
        #expect(await fault { try await bench.vault.rekey(.begin, secret: nil) }?.id == "rekey_running")
        let names = try await bench.vault.status(StatusQuery()).credentials.map(\.name.description)
        let gone = try #require((0..<3).map { "credential/\($0)" }.first { !names.contains($0) })
        try await bench.vault.remove(Bench.named(gone))
        try await bench.run(until: bench.clock.now)
        #expect(try await bench.vault.rekey(.progress, secret: nil).0 == .rekeying(left: 0, damaged: 0))
        #expect(try await bench.vault.verify().findings.isEmpty)
    }

    /// What a person did meanwhile holds: a new way in is not lost, and one that was taken away does not come back.
    @Test func aSlotThatComesOrGoesMeanwhileEndsTheRekey() async throws {
        let bench = try await scene(1)
        func beginAgain() async throws -> RecordID {
            guard case .slots(let slots) = try await bench.vault.rekey(.begin, secret: nil).0 else {
                throw Unexpected()
            }
            let id = try #require(slots.first).id
            _ = try await bench.vault.rekey(.slot(id), secret: Token.box(Self.passphrase))
            return id
        }
        _ = try await beginAgain()
        let code = try #require(try await bench.vault.addSlot(.recovery, secret: nil))
        #expect(await fault { try await bench.vault.rekey(.finish, secret: nil) }?.id == "no_rekey")
        try await bench.restarted().unlock(.recovery, secret: code)
        let id = try await beginAgain()
        try await bench.vault.removeSlot(id)
        #expect(await fault { try await bench.vault.rekey(.finish, secret: nil) }?.id == "no_rekey")
        let gone = await fault { try await bench.restarted().unlock(.passphrase, secret: Token.box(Self.passphrase)) }
        #expect(gone?.id == "no_slot")
    }

    @Test func aVersionThatNoRowKnowsKeepsNobodyBusy() async throws {
        let bench = try await scene(2)
        let row = try #require(try bench.store.rows(after: nil, limit: 1).first)
        let version = try #require(try bench.store.version(1, of: row.id))
        try bench.store.apply([.insertVersion(version, number: 51, of: row.id)])
        _ = try await begin(bench.vault)
        try await bench.run(until: bench.clock.now)
        #expect(try await bench.vault.rekey(.progress, secret: nil).0 == .rekeying(left: 1, damaged: 1))
        #expect(try await bench.isAtRest, "it is not tried for ever")
        #expect(try await bench.vault.verify().findings.isEmpty == false)
    }
}
