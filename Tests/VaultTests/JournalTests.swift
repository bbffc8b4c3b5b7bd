import Lifecycle
import Sealing
import Storage
import Testing
import Wire

@testable import Vault

/// Issue 3, "Must show" 4: the journal tells what happened, and nobody edits it unseen.
@Suite(.timeLimit(.minutes(20))) struct JournalTests {
    /// A vault whose journal has some hundred entries and checkpoints.
    private static func scene() async throws -> Bench {
        let bench = try await Bench.open()
        try await bench.add()
        for number in 0..<70 as Range<UInt64> {
            _ = try await bench.vault.read(Bench.name, from: Bench.reader(Int(number)))
            if number % 9 == 0 { try await bench.rotate(Token.setup(100 + number)) }
        }
        try await bench.vault.writeCheckpoint()
        return bench
    }

    enum Tampering: CaseIterable {
        case drop, edit, retime, reassign, swap, duplicate, splice, unsign
    }

    private func tamper(_ kind: Tampering, at index: Int, _ journal: inout [StoredEntry], foreign: [StoredEntry]) {
        switch kind {
        case .drop: journal.remove(at: index)
        case .edit: journal[index].body[journal[index].body.count / 2] ^= 1
        case .retime: journal[index].at = journal[index].at + .milliseconds(1)
        case .reassign: journal[index].record = journal[index].record == nil ? .random() : nil
        case .swap:
            let other = (index + 1) % journal.count
            (journal[index].body, journal[other].body) = (journal[other].body, journal[index].body)
            (journal[index].chain, journal[other].chain) = (journal[other].chain, journal[index].chain)
        case .duplicate:
            var twice = journal[index]
            twice.sequence = journal[journal.count - 1].sequence + 1
            journal.append(twice)
        case .splice:
            var piece = foreign[index % foreign.count]
            piece.sequence = journal[index].sequence
            journal[index] = piece
        case .unsign: journal[index].signature = journal[index].signature == nil ? [1] : nil
        }
    }

    @Test func everyTamperingIsFound() async throws {
        let bench = try await Self.scene()
        let other = try await Self.scene()
        let whole = try StoreDump(bench.store)
        let foreign = try StoreDump(other.store).journal
        var tried = 0
        func expectFound(_ journal: [StoredEntry], _ what: String) async throws {
            tried += 1
            let store = MemoryStore()
            var dump = whole
            dump.journal = journal
            try dump.fill(store)
            let vault = try bench.restarted(store: store)
            try await vault.unlock(.machine, secret: nil)
            #expect(await fault { try await vault.verifyAudit() }?.code == .damaged, "\(what)")
            #expect(try await vault.verify().findings.contains { $0.at == "journal" }, "\(what)")
        }
        for kind in Tampering.allCases {
            for index in stride(from: 0, to: whole.journal.count, by: kind == .unsign ? 1 : 5) {
                let isSigned = whole.journal[index].signature != nil
                if kind == .unsign, isSigned, whole.journal[index].sequence % 64 != 0 { continue }
                var journal = whole.journal
                tamper(kind, at: index, &journal, foreign: foreign)
                try await expectFound(journal, "\(kind) at \(index)")
            }
        }
        for cut in 1...20 { try await expectFound(Array(whole.journal.dropLast(cut)), "\(cut) cut off the end") }
        try await expectFound([], "all cut")
        print("journal: \(tried) tamperings of 9 kinds over \(whole.journal.count) entries, 0 unseen")
    }

    @Test func aSignatureOfAnotherVaultIsFound() async throws {
        let bench = try await Self.scene()
        let foreign = try await Self.scene()
        var dump = try StoreDump(bench.store)
        let index = try #require(dump.journal.firstIndex { $0.signature != nil })
        dump.journal[index].signature = try StoreDump(foreign.store).journal.compactMap(\.signature).first
        let store = MemoryStore()
        try dump.fill(store)
        let vault = try bench.restarted(store: store)
        try await vault.unlock(.machine, secret: nil)
        #expect(await fault { try await vault.verifyAudit() }?.code == .damaged)
    }

    @Test func anUntouchedJournalHolds() async throws {
        let bench = try await Self.scene()
        let report = try await bench.vault.verifyAudit()
        #expect(report.entries > 64 && report.signed >= 2 && report.publicKey.count == 64)
        let again = try bench.restarted()
        try await again.unlock(.machine, secret: nil)
        #expect(try await again.verifyAudit() == report)
    }

    @Test func theJournalTellsWhoAndWhatNewestFirst() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        _ = try await bench.vault.read(Bench.name)
        try await bench.vault.remove(Bench.name)
        let entries = try await bench.vault.audit(limit: 99, before: nil)
        #expect(entries.map(\.event) == ["removed", "read", "verdict", "probed", "consented", "added", "vault-made"])
        #expect(entries.map(\.name) == Array(repeating: Bench.name, count: 6) + [nil])
        #expect(entries.map(\.sequence) == (1...7).reversed())
        let page = try await bench.vault.audit(limit: 2, before: 4)
        #expect(page.map(\.sequence) == [3, 2])
    }

    /// Readers do not wait for the disk; what they did is written a second later at the latest.
    @Test func readsAreWrittenInGroups() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.probing = .off })
        let before = try bench.store.counts().entries
        for reader in 0..<10 { _ = try await bench.vault.read(Bench.name, from: Bench.reader(reader)) }
        #expect(try bench.store.counts().entries == before)
        #expect(try await bench.events().suffix(10) == Array(repeating: "read", count: 10))
        #expect(try await bench.vault.nextDue() == bench.clock.now + .seconds(1))
        bench.clock.advance(.seconds(1))
        try await bench.vault.tick(limit: 8)
        #expect(try bench.store.counts().entries == before + 10)
        #expect(try await bench.isAtRest)
        for reader in 10..<266 { _ = try await bench.vault.read(Bench.name, from: Bench.reader(reader)) }
        #expect(try bench.store.counts().entries == before + 266, "a flood does not wait")
        _ = try await bench.vault.read(Bench.name, from: Bench.reader(266))
        try await bench.vault.pause(Bench.name)
        #expect(try bench.store.counts().entries == before + 268, "a change takes them along")
        _ = try await bench.vault.read(Bench.name, from: Bench.reader(267))
        try await bench.vault.lockByPerson()
        #expect(try bench.store.counts().entries == before + 269)
    }

    /// The file shows neither names, kinds nor hosts.
    @Test func entriesAreSealed() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.baseURL = "https://gateway.example" })
        let dump = try StoreDump(bench.store)
        let stored = dump.journal.flatMap(\.body) + dump.values.flatMap { Array($0.key.utf8) + $0.value }
        let text = String(decoding: stored, as: UTF8.self)
        for word in ["anthropic", "setup-token", "gateway", "probed", "accepted"] { #expect(!text.contains(word)) }
    }

    /// The time of an entry lies in clear; what is shown is what was written.
    @Test func anotherTimeIsNotShown() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        _ = try await bench.vault.audit(limit: 9, before: nil)
        let dump = try StoreDump(bench.store)
        for index in dump.journal.indices {
            var changed = dump
            changed.journal[index].at = Timestamp(seconds: 1)
            let store = MemoryStore()
            try changed.fill(store)
            let vault = try bench.restarted(store: store)
            try await vault.unlock(.machine, secret: nil)
            #expect(await fault { try await vault.audit(limit: 1000, before: nil) }?.code == .damaged)
            guard changed.journal[index].record != nil else { continue }
            #expect(await fault { try await vault.history(Bench.name, limit: 1000) }?.code == .damaged)
        }
    }

    @Test func anEntryThatWasTakenOutIsMissed() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        _ = try await bench.vault.audit(limit: 9, before: nil)
        let dump = try StoreDump(bench.store)
        for index in dump.journal.indices {
            var changed = dump
            changed.journal.remove(at: index)
            let store = MemoryStore()
            try changed.fill(store)
            let vault = try bench.restarted(store: store)
            try await vault.unlock(.machine, secret: nil)
            #expect(await fault { try await vault.audit(limit: 1000, before: nil) }?.code == .damaged)
        }
    }
}
