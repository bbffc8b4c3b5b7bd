import Lifecycle
import Storage
import Synchronization
import TestSupport
import Testing
import Wire

@testable import Vault

/// What is kept up by commits is what a fresh look at every row finds.
@Suite struct CensusTests {
    private func summary(_ bench: Bench) async throws -> StatusReport { try await bench.vault.status(StatusQuery()) }

    /// As told by a vault that was opened just now.
    private func fresh(_ bench: Bench) async throws -> StatusReport {
        let second = try bench.restarted()
        #expect(await second.unlockByMachine())
        return try await second.status(StatusQuery())
    }

    @Test(arguments: 1...6 as ClosedRange<UInt64>) func itIsKeptUpThroughAnyLife(seed: UInt64) async throws {
        let bench = try await Bench.open()
        var random = SplitMix(state: seed)
        let outcomes = [Outcome.accepted, .revoked, .expired, .down, .limited, Outcome(.wrongKind, reason: "slot")]
        for step in 0..<60 {
            let name = Bench.named("c\(Int.random(in: 0..<8, using: &random))")
            bench.prober.answers(outcomes[Int.random(in: 0..<outcomes.count, using: &random)])
            do {
                switch Int.random(in: 0..<8, using: &random) {
                case 0, 1:
                    try await bench.add(
                        Token.setup(random.next()),
                        as: Bench.order(name) { $0.expires = bench.clock.now + .days(Int64(step)) })
                case 2: try await bench.rotate(Token.setup(random.next()), as: Bench.order(name))
                case 3: _ = try await bench.vault.remove(name)
                case 4: try await bench.vault.pause(name)
                case 5: _ = try await bench.vault.resume(name)
                default: try await bench.run(until: bench.clock.now + .hours(Int64.random(in: 1...90, using: &random)))
                }
            } catch is Fault {}
            let (told, looked) = (try await summary(bench), try await fresh(bench))
            #expect(told.summary == looked.summary && told.check == looked.check, "step \(step)")
            #expect(told.credentials == looked.credentials, "step \(step)")
            #expect(told.damaged == 0 && told.uncounted == nil)
        }
    }

    @Test func whatTimeAloneChangesIsTold() async throws {
        let bench = try await Bench.open()
        try await bench.add(as: Bench.order { $0.expires = Bench.start + .days(40) })
        try await bench.vault.pause(Bench.name)
        #expect(try await summary(bench).summary == ["paused": 1])
        bench.clock.advance(.days(11))
        #expect(try await summary(bench).summary == ["expiring": 1])
        bench.clock.advance(.days(30))
        #expect(try await summary(bench).summary == ["expired": 1])
        #expect(try await bench.vault.attention() == nil, "a person paused it")
    }

    @Test func whatAnotherProgramWritesIsSeen() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        #expect(try await summary(bench).damaged == 0)
        var row = try bench.row()
        row.body[0] ^= 1
        try bench.store.apply([.updateRow(row)])
        let told = try await summary(bench)
        #expect(told.damaged == 1 && told.summary == [:])
    }

    @Test func whatAFailedImportStoredIsForgotten() async throws {
        let store = FullStore()
        let bench = try await Bench.open(store: store)
        try await bench.add()
        store.fails(atEnd: true)
        let line = #"{"name":"a/b","value":"\#(Token.setup(5))"}"#
        let refused = await fault { try await bench.imported(line, ImportTests.accepted) }
        #expect(refused != nil)
        store.fails(atEnd: false)
        #expect(try await summary(bench).summary?.values.reduce(0, +) == 1)
    }

    @Test func aLargeVaultIsCountedBehindTheUnlocking() async throws {
        let bench = try await Bench.open()
        for seed in UInt64(1)...5 { try await bench.add(Token.setup(seed), as: Bench.order(Bench.named("c\(seed)"))) }
        let second = try bench.restarted()
        #expect(await second.unlockByMachine())
        var parts = 0
        while try await second.countOn() { parts += 1 }
        #expect(parts == 256)
        #expect(try await second.status(StatusQuery()).summary == ["healthy": 5])
        #expect(try await second.countOn() == false)
    }

    @Test func aCrowdedHostStretchesItsIntervalAndSaysSo() async throws {
        var settings = Settings.standard
        settings.probe.hostRate = .minutes(30)
        let bench = try await Bench.open(settings: settings)
        let lines = (1...48).map { #"{"name":"f/\#($0)","value":"\#(Token.setup(UInt64($0)))"}"# }
        _ = try await bench.imported(lines.joined(separator: "\n"), ImportTests.accepted)
        let crowded = try #require(try await summary(bench).daemon.crowded?.first)
        #expect(crowded == CrowdedHost(host: "api.anthropic.com", credentials: 48, intervalSeconds: 30 * 3600))
        try await bench.run(until: Bench.start + .days(12))
        for seed in UInt64(1)...48 {
            let count = bench.prober.tokens.count { $0 == Token.setup(seed) }
            #expect((7...12).contains(count), "\(seed): \(count) questions in 12 days of 30 h")
        }
        #expect(try await summary(bench).summary == ["healthy": 48], "nobody is unproven for want of turns")
        try await bench.vault.pause(Bench.named("f/1"))
        #expect(try await summary(bench).daemon.crowded?.first?.credentials == 47)
    }

    @Test func aClockThatRanAheadHoldsNothingUp() async throws {
        let bench = try await Bench.open()
        bench.clock.advance(.days(3650))
        try await bench.add()
        bench.prober.answers(.expired)
        try await bench.run(until: bench.clock.now + .days(1))
        bench.prober.answers(.accepted)
        bench.clock.set(Bench.start)
        let second = try bench.restarted()
        #expect(await second.unlockByMachine())
        let told = try await second.status(StatusQuery())
        let next = try #require(told.credentials.first?.nextProbeAt.flatMap { Timestamp(rfc3339: $0) })
        #expect(next <= Bench.start + .hours(12))
        #expect(told.credentials.first?.provenAt == Bench.start.rfc3339)
    }
}

/// A store whose transactions can be made to fail at their end.
final class FullStore: StandInStore {
    let store: any RecordStore = MemoryStore()
    private let isFailing = Mutex(false)

    func fails(atEnd: Bool) { isFailing.withLock { $0 = atEnd } }
    func end() throws(StorageError) {
        guard !isFailing.withLock(\.self) else { throw .full }
        try store.end()
    }
}
