import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// Going back, removing, reading, and what happens between a question and its answer.
@Suite struct UndoTests {
    private let old = Token.setup(1)
    private let new = Token.setup(2)

    private func live(_ bench: Bench) async throws -> String {
        Token.text(try await bench.vault.read(Bench.name).value)
    }

    @Test func undoGoesBackAndForth() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        let back = try await bench.vault.undo(Bench.name)
        #expect(back.role == .live && back.credential.version == 1)
        #expect(back.credential.versions.map(\.role) == [.live, .retiring])
        #expect(try await live(bench) == old)
        let forth = try await bench.vault.undo(Bench.name)
        #expect(forth.credential.version == 2)
        #expect(try await live(bench) == new)
        #expect(bench.prober.tokens == [old, new, old, new])
        #expect(try await bench.events().filter { $0 == "undone" }.count == 2)
    }

    @Test func undoTellsWhatTheProviderSaysOfTheOldValue() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        bench.prober.answers(.revoked)
        let back = try await bench.vault.undo(Bench.name)
        #expect(back.outcome == OutcomeReport(.revoked) && back.credential.state == .refused)
    }

    @Test func undoDropsACandidate() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.noAnswer)
        try await bench.rotate()
        let report = try await bench.vault.undo(Bench.name)
        #expect(report.outcome == nil && report.credential.versions.map(\.role) == [.live, .dead])
        #expect(try bench.store.version(2, of: bench.row().id) == nil)
        bench.prober.answers(.accepted)
        try await bench.run(until: Bench.start + .days(2))
        #expect(!bench.prober.tokens.dropFirst(2).contains(new))
        #expect(try await live(bench) == old)
    }

    @Test func thereIsNothingToUndo() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let told = await fault { try await bench.vault.undo(Bench.name) }
        #expect(told?.code == .refused && told?.id == "nothing_to_undo")
        try await bench.rotate()
        try await bench.run(until: Bench.start + .hours(24))
        #expect(await fault { try await bench.vault.undo(Bench.name) }?.id == "nothing_to_undo")
        #expect(await fault { try await bench.vault.undo(Bench.named("absent")) }?.code == .noSuchCredential)
    }

    @Test func removalForgetsEverything() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        let id = try bench.row().id
        try await bench.vault.remove(Bench.name)
        #expect(try bench.store.counts().rows == 0 && bench.store.version(1, of: id) == nil)
        let journal = try await bench.vault.audit(limit: 99, before: nil).filter { $0.name == Bench.name }
        #expect(journal.first?.event == "removed" && journal.last?.event == "added")
        #expect(try await bench.vault.nextDue() == nil)
        for told in [
            await fault { try await bench.vault.remove(Bench.name) },
            await fault { try await bench.vault.read(Bench.name) },
            await fault { try await bench.report() }, await fault { try await bench.vault.pause(Bench.name) },
            await fault { try await bench.vault.history(Bench.name, limit: 3) },
            await fault { try await bench.vault.probe(Bench.name, accepted: true) },
        ] { #expect(told?.code == .noSuchCredential && told?.hint == "secret list") }
        try await bench.add(new)
        #expect(try await bench.events() == ["added", "probed", "verdict"])
    }

    @Test func aReadingIsInTheHistory() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.clock.advance(.hours(1))
        let read = try await bench.vault.read(Bench.name)
        #expect(Token.text(read.value) == old)
        #expect(read.fingerprint == (try await bench.report().fingerprint))
        let last = try #require(try await bench.vault.history(Bench.name, limit: 1).first)
        #expect(
            last
                == HistoryEntry(
                    at: bench.clock.now.rfc3339, event: "read", version: 1,
                    detail: "by /usr/bin/node (gateway) for read"))
    }

    @Test func theHistoryIsNewestFirstAndBounded() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        for reader in 0..<5 { _ = try await bench.vault.read(Bench.name, from: Bench.reader(reader)) }
        #expect(try await bench.vault.history(Bench.name, limit: 3).map(\.event) == ["read", "read", "read"])
        for limit in [0, -1, .min] { #expect(try await bench.vault.history(Bench.name, limit: limit).count == 1) }
        #expect(try await bench.vault.history(Bench.name, limit: .max).count == 9)
    }

    /// Starts a rotation whose probe is held, does `meanwhile`, and lets the answer come.
    private func duringARotation(
        _ bench: Bench, _ meanwhile: () async throws -> Void
    ) async throws -> Result<Answer, any Error> {
        let door = ScriptedProber.Door()
        bench.prober.close(behind: door)
        let rotation = Task {
            do {
                return Result<Answer, any Error>.success(
                    try await bench.vault.rotate(Bench.order(), paste: Token.box(Token.setup(2))))
            } catch { return .failure(error) }
        }
        await door.waitForKnock()
        try await meanwhile()
        bench.prober.close(behind: nil)
        door.open()
        return await rotation.value
    }

    @Test func aCredentialThatIsRemovedMeanwhileStaysRemoved() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let result = try await duringARotation(bench) { try await bench.vault.remove(Bench.name) }
        #expect(throws: Fault.self) { try result.get() }
        #expect(try bench.store.counts().rows == 0 && bench.faults.all.isEmpty)
    }

    @Test func anAnswerAboutADroppedCandidateChangesNothing() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        _ = try await duringARotation(bench) { _ = try await bench.vault.undo(Bench.name) }
        #expect(try await live(bench) == old)
        #expect(try await bench.report().versions.map(\.role) == [.live, .dead])
    }

    @Test func oneProbeAtATimeForOneCredential() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        _ = try await duringARotation(bench) {
            let answer = try await bench.vault.probe(Bench.name, accepted: true)
            guard case .probed(let results) = answer else { throw Unexpected(answer: answer) }
            #expect(results.skipped == "a probe is under way")
        }
        #expect(bench.prober.tokens == [old, new])
    }

    @Test func aLockInTheMiddleEndsTheWork() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let result = try await duringARotation(bench) { try await bench.vault.lockByPerson() }
        // It was stored before the lock, and that is what is told.
        _ = try result.get()
        try await bench.vault.unlock(.machine, secret: nil)
        #expect(try await bench.report().versions.map(\.role) == [.live, .candidate])
        try await bench.run(until: Bench.start + .minutes(1))
        #expect(try await live(bench) == new)
    }
}
