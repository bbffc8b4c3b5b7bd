import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// Whether the vault is the newest that was seen.
@Suite struct FreshnessTests {
    /// A vault with two credentials, and what the disk held and the anchor said after the first.
    private func scene() async throws -> (bench: Bench, past: StoreDump, anchor: [[UInt8]]) {
        let bench = try await Bench.open()
        try await bench.add()
        let (past, anchor) = (try StoreDump(bench.store), try bench.anchor.read())
        try await bench.add(Token.setup(2), as: Bench.order(Bench.named("other")))
        return (bench, past, anchor)
    }

    private func vault(_ bench: Bench, on dump: StoreDump) throws -> Vault {
        let store = MemoryStore()
        try dump.fill(store)
        return try bench.restarted(store: store)
    }

    @Test func anEarlierVaultIsRefusedWithItsRemedy() async throws {
        let (bench, past, _) = try await scene()
        let vault = try vault(bench, on: past)
        let told = try #require(await fault { try await vault.unlock(.machine, secret: nil) })
        #expect(told.code == .damaged && told.id == "rolled_back")
        #expect(told.hint?.contains("secret unlock --accept-state") == true)
        #expect(await vault.unlockByMachine() == false)
        #expect(bench.faults.all.last?.id == "rolled_back", "the daemon's log tells it too")
        #expect(try await vault.condition() == .locked)
    }

    @Test func onlyAnExplicitCommandAcceptsItAndTheJournalTells() async throws {
        let (bench, past, _) = try await scene()
        let vault = try vault(bench, on: past)
        try await vault.unlock(.machine, secret: nil, terms: UnlockTerms(acceptsState: true))
        #expect(Token.text(try await vault.read(Bench.name).value) == Token.setup(1))
        #expect(try await vault.verify().findings.isEmpty)
        let entries = try await vault.audit(limit: 9, before: nil)
        #expect(entries.contains { $0.event == "state-accepted" })
        // From now on this is the newest, and the other one is not.
        let (now, again) = (try StoreDump(await vault.store), try bench.restarted(store: bench.store))
        #expect(await fault { try await again.unlock(.machine, secret: nil) }?.code == .damaged)
        let third = try self.vault(bench, on: now)
        try await third.unlock(.machine, secret: nil)
    }

    @Test func anAnchorThatLagsIsMoved() async throws {
        let (bench, _, anchor) = try await scene()
        bench.anchor.set(anchor)
        let vault = try bench.restarted()
        try await vault.unlock(.machine, secret: nil)
        #expect(try await vault.verify().findings.isEmpty)
        #expect(try await vault.status(StatusQuery()).daemon.freshness == "anchored")
        #expect(try bench.anchor.read() != anchor)
    }

    @Test func withoutAnAnchorTheFreshnessIsUnknownAndTold() async throws {
        let (bench, past, _) = try await scene()
        bench.anchor.set([])
        let vault = try vault(bench, on: past)
        try await vault.unlock(.machine, secret: nil)
        #expect(try await vault.status(StatusQuery()).daemon.freshness == "unknown")
        #expect(try await vault.verify().freshness == "unknown")
        #expect(try await vault.audit(limit: 1, before: nil).first?.event == "no-anchor")
        let next = try await bench.restarted(store: vault.store)
        try await next.unlock(.machine, secret: nil)
        #expect(try await next.status(StatusQuery()).daemon.freshness == "anchored")
    }

    @Test func aCrashBehindTheFirstCommitIsNoAlarm() async throws {
        let bench = try await Bench.open()
        bench.anchor.set([])
        let vault = try bench.restarted()
        try await vault.unlock(.machine, secret: nil)
        #expect(try await vault.status(StatusQuery()).daemon.freshness == "anchored")
    }

    @Test func anAnchorOfAnotherVaultOrAChangedOneIsRefused() async throws {
        let (bench, _, _) = try await scene()
        let (own, other) = (try bench.anchor.read(), try await Bench.open())
        let changed = own.map { anchor in anchor.enumerated().map { $0.offset == 29 ? $0.element ^ 1 : $0.element } }
        for anchors in [try other.anchor.read(), changed, [[UInt8](repeating: 7, count: 94)], [[1]]] {
            bench.anchor.set(anchors)
            let vault = try bench.restarted()
            #expect(await fault { try await vault.unlock(.machine, secret: nil) }?.code == .damaged)
            try await vault.unlock(.machine, secret: nil, terms: UnlockTerms(acceptsState: true))
            #expect(try await vault.verify().findings.isEmpty)
        }
    }

    @Test func oneTornAnchorIsSparedByTheOther() async throws {
        let (bench, _, _) = try await scene()
        let both = try bench.anchor.read()
        #expect(both.count == 2)
        for torn in 0..<2 {
            var anchors = both
            anchors[torn][60] ^= 1
            bench.anchor.set(anchors)
            try await bench.restarted().unlock(.machine, secret: nil)
        }
    }

    @Test func aSecondAnchorFindsWhatTheFirstCannot() async throws {
        let (bench, past, anchor) = try await scene()
        let elsewhere = try await bench.vault.anchor()
        bench.anchor.set(anchor)
        let vault = try vault(bench, on: past)
        let told = await fault { try await vault.unlock(.machine, secret: nil, terms: UnlockTerms(anchor: elsewhere)) }
        #expect(told?.id == "rolled_back")
        try await vault.unlock(.machine, secret: nil)
    }

    @Test func anAnchorThatCannotBeWrittenLagsAndIsToldOnce() async throws {
        let (bench, _, _) = try await scene()
        bench.anchor.breaks(true)
        for number in 3...5 as ClosedRange<UInt64> { try await bench.rotate(Token.setup(number)) }
        #expect(bench.faults.all.count { $0.id == "anchor" } == 1)
        #expect(try await bench.vault.status(StatusQuery()).daemon.freshness == "lagging")
        bench.anchor.breaks(false)
        try await bench.rotate(Token.setup(9))
        #expect(try await bench.vault.status(StatusQuery()).daemon.freshness == "anchored")
        try await bench.restarted().unlock(.machine, secret: nil)
    }

    /// A damaged manifest costs no token: a person may take the records as they are, each still has to authenticate.
    @Test func aDamagedManifestMayBeMadeAnew() async throws {
        let (bench, _, _) = try await scene()
        var dump = try StoreDump(bench.store)
        dump.values["manifest"]?[5000] ^= 1
        dump.nodes = dump.nodes.mapValues { $0.map { $0 ^ 1 } }
        let broken = try #require(dump.sortedRows.first).id
        dump.rows[broken]?.body[0] ^= 1
        let vault = try vault(bench, on: dump)
        #expect(await fault { try await vault.unlock(.machine, secret: nil) }?.code == .damaged)
        try await vault.unlock(.machine, secret: nil, terms: UnlockTerms(acceptsState: true))
        let status = try await vault.status(StatusQuery())
        #expect(status.credentials.count == 1 && status.damaged == 1)
        #expect(try await vault.verify().findings.count == 1)
    }

    /// Whoever ends the daemon right after it opened an earlier vault does not get rid of the entry.
    @Test func aMissingAnchorIsJournalledBeforeItIsMadeAnew() async throws {
        let (bench, past, _) = try await scene()
        bench.anchor.set([])
        let vault = try vault(bench, on: past)
        try await vault.unlock(.machine, secret: nil)
        let next = try await bench.restarted(store: vault.store)
        try await next.unlock(.machine, secret: nil)
        #expect(try await next.audit(limit: 1, before: nil).first?.event == "no-anchor")
    }

    @Test func aFullDiskKeepsNobodyOut() async throws {
        let store = SwitchStore(MemoryStore())
        let bench = try await Bench.open(store: store)
        try await bench.add()
        bench.anchor.set([])
        store.breaks(after: 0)
        let vault = try bench.restarted()
        try await vault.unlock(.machine, secret: nil)
        #expect(Token.text(try await vault.read(Bench.name).value) == Token.setup(1))
        #expect(bench.faults.all.last?.id == "disk_full")
        #expect(try bench.anchor.read().isEmpty, "not before it is journalled")
        store.breaks(after: nil)
        #expect(try await vault.audit(limit: 9, before: nil).contains { $0.event == "no-anchor" })
    }
}
