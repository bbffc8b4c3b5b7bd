import Foundation
import Lifecycle
import Sealing
import Storage
import Testing
import Wire

@testable import Vault

/// The vault as its clients meet it, and on a file.
@Suite struct DoorTests {
    private func fault(of answer: (Answer, Any?)) -> Fault? {
        if case .failure(let fault) = answer.0 { fault } else { nil }
    }

    @Test func aLifeThroughTheDoor() async throws {
        let bench = try Bench()
        let vault = bench.vault
        #expect(await vault.welcome().vault == .none)
        let made = await vault.answer(.initialize(.machine, anew: false), secret: nil)
        #expect(made.0 == .initialized(slot: "machine") && made.1?.bytes.count == 77)
        #expect(await vault.welcome().vault == .open)
        let added = await vault.answer(.add(Bench.order()), secret: try Token.box(Token.setup(1)))
        #expect(try Bench.stored(added.0).credential.state == .healthy && added.1 == nil)
        let read = await vault.answer(
            .read(ReadOrder([Bench.name], use: .read)), secret: nil)
        #expect(read.1.map(Token.text) == Token.setup(1))
        #expect(await vault.answer(.lock, secret: nil).0 == .done("the vault is locked"))
        #expect(await vault.welcome().vault == .lockedByPerson)
        #expect(
            await vault.answer(.unlock(.recovery, UnlockTerms()), secret: made.1).0 == .unlocked(slot: "recovery code"))
        #expect(
            try Bench.stored(await vault.answer(.rotate(Bench.order()), secret: try Token.box(Token.setup(2))).0).role
                == .live)
        #expect(try Bench.stored(await vault.answer(.undo(Bench.name), secret: nil).0).credential.version == 1)
    }

    static let requests: [Request] = [
        .slots, .add(Bench.order()), .rotate(Bench.order()), .undo(Bench.name), .status(StatusQuery(name: Bench.name)),
        .probe(Bench.name, accepted: true), .probe(Bench.name, accepted: false),
        .history(Bench.name, limit: 3), .remove(Bench.name), .read(ReadOrder([Bench.name], use: .read)),
        .bound(Bench.host, nil), .withhold(Bench.name, fingerprint: "7f3k-9q2m-x4d8"), .pause(Bench.name),
        .resume(Bench.name),
    ]

    @Test(arguments: requests) func aLockedVaultGivesNothing(_ request: Request) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.vault.lockByPerson()
        let answer = await bench.vault.answer(request, secret: try Token.box(Token.setup(2)))
        guard request != .slots else { return }
        #expect(fault(of: answer) == .locked && answer.1 == nil)
        #expect(bench.prober.count == 1)
    }

    @Test(arguments: requests) func withoutAVaultThereIsNothingToGive(_ request: Request) async throws {
        let bench = try Bench()
        let answer = await bench.vault.answer(request, secret: try Token.box(Token.setup(2)))
        #expect(fault(of: answer) == .noVault && answer.1 == nil)
    }

    @Test func probesByHandTellWhatTheyFound() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.add(Token.setup(2), as: Bench.order(Bench.named("off")) { $0.probing = .off })
        bench.prober.answers(.expired)
        let all = await bench.vault.answer(.probe(Bench.name, accepted: true), secret: nil).0
        #expect(
            all
                == .probed(
                    ProbeResult(
                        name: Bench.name, outcome: OutcomeReport(.expired), skipped: nil, state: .suspect, action: nil))
        )
        let off = await bench.vault.answer(.probe(Bench.named("off"), accepted: true), secret: nil).0
        guard case .probed(let skipped) = off else { throw Unexpected(answer: off) }
        #expect(skipped.skipped == "probing is off" && skipped.outcome == nil)
        bench.prober.goAway()
        let away = await bench.vault.answer(.probe(Bench.name, accepted: true), secret: nil).0
        guard case .probed(let unreached) = away else { throw Unexpected(answer: away) }
        #expect(unreached.skipped == "the prober does not answer")
    }

    @Test func aProbeByHandCountsAsAConfirmation() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        bench.prober.answers(.expired)
        _ = try await bench.vault.probe(Bench.name, accepted: true)
        bench.clock.advance(.minutes(10))
        _ = try await bench.vault.probe(Bench.name, accepted: true)
        #expect(try await bench.report().state == .expired)
    }

    @Test func everythingIsInTheFile() async throws {
        let folder = "/tmp/tokenward-vault-\(RecordID.random())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = try await Bench.open(store: SQLiteStore(path: folder + "/vault.db"))
        try await bench.add()
        try await bench.rotate()
        try await bench.run(until: Bench.start + .days(2))
        let before = try await bench.report()
        try await bench.vault.close()

        for file in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let bytes = try Data(contentsOf: URL(filePath: folder + "/" + file))
            for token in [Token.setup(1), Token.setup(2)] {
                #expect(bytes.firstRange(of: Data(token.utf8.dropFirst(13).prefix(12))) == nil)
            }
            #expect(bytes.firstRange(of: Data("anthropic/main".utf8)) == nil, "\(file)")
        }
        let second = try bench.restarted(store: SQLiteStore(path: folder + "/vault.db"))
        #expect(await second.unlockByMachine())
        #expect(try await second.status(StatusQuery(name: Bench.name)).credentials == [before])
        #expect(Token.text(try await second.read(Bench.name).value) == Token.setup(2))
        try await second.close()
    }

    @Test func theTimerWakesAndAsks() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let alarm = Alarm()
        let timer = ProbeTimer(bench.vault, alarm: alarm, surroundings: bench.surroundings)
        let door = ScriptedProber.Door()
        bench.prober.close(behind: door)
        let running = Task { await timer.run() }
        if let due = try await bench.vault.nextDue() { bench.clock.set(due) }
        alarm.ring()
        await door.waitForKnock()
        #expect(bench.prober.count == 2)
        bench.prober.close(behind: nil)
        door.open()
        running.cancel()
        await running.value
        #expect(bench.faults.all.isEmpty)
    }
}
