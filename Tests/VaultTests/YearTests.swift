import Foundation
import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// Issue 5, "Must show" 4: a year of many tokens. Notices come exactly at the ladder, once per incident, and never in a healthy year.
///
/// `TOKENWARD_YEAR` tokens, 50 where it is not set, and 1,000 in `.ci/campaign year`.
@Suite(.timeLimit(.minutes(60))) struct YearTests {
    private static let count = ProcessInfo.processInfo.environment["TOKENWARD_YEAR"].flatMap { Int($0) } ?? 50
    private static let healthy = 0..<count * 70 / 100
    private static let ending = healthy.upperBound..<count * 90 / 100
    private static let ailing = ending.upperBound..<count * 98 / 100
    private static let metered = ailing.upperBound..<count
    /// Between questions about one token.
    private static let interval = Duration.hours(60)

    /// The day of the year on which something happens to a token.
    private static func day(_ number: Int) -> Int64 { 40 + Int64((number * 37) % 290) }
    private static let illness = Duration.days(6)

    private static func name(_ number: Int) -> CredentialName { Bench.named("fleet/n\(number)") }

    private static func line(_ number: Int) -> String {
        if metered.contains(number) {
            return
                #"{"name":"fleet/n\#(number)","kind":"brave.search-api-key","value":"BSA\#(String(repeating: "x", count: 24))\#(number)"}"#
        }
        let end = ending.contains(number) ? Bench.start + .days(day(number)) : Bench.start + .days(900)
        return
            #"{"name":"fleet/n\#(number)","value":"\#(Token.setup(UInt64(number + 1)))","expires":"\#(end.rfc3339)"}"#
    }

    /// On a disk: a store in memory copies its whole journal at each change.
    private func fleet(in folder: String) async throws -> Bench {
        var settings = Settings.standard
        settings.probe.interval = ["anthropic.setup-token": Self.interval]
        let bench = try await Bench.open(store: try SQLiteStore(path: folder + "/vault.db"), settings: settings)
        let text = (0..<Self.count).map(Self.line).joined(separator: "\n")
        _ = try await bench.imported(text, ImportTests.accepted)
        let clock = bench.clock
        let ailing = Dictionary(uniqueKeysWithValues: Self.ailing.map { (Token.setup(UInt64($0 + 1)), Self.day($0)) })
        bench.prober.answersBy { token in
            guard let day = ailing[token] else { return .accepted }
            let from = Bench.start + .days(day)
            return clock.now >= from && clock.now < from + Self.illness ? .revoked : .accepted
        }
        return bench
    }

    @Test func aYearOfManyTokens() async throws {
        let folder = NSTemporaryDirectory() + "tokenward-year-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let bench = try await fleet(in: folder)
        let end = Bench.start + .days(365)
        while let due = try await bench.vault.nextDue(), due <= end {
            bench.clock.set(max(due, bench.clock.now))
            try await bench.vault.tick(limit: 64)
        }
        bench.clock.set(end)
        let told = try await notices(bench)
        for number in Self.healthy { #expect(told[Self.name(number)] == nil, "\(number)") }
        for number in Self.metered { #expect(told[Self.name(number)] == nil, "\(number)") }
        for number in Self.ending { check(told[Self.name(number)] ?? [], endOf: number) }
        for number in Self.ailing {
            let events = (told[Self.name(number)] ?? []).map(\.event)
            #expect(events == ["needs-person", "recovered"], "\(number): \(events)")
        }
        #expect(
            !bench.prober.orders.contains { $0.kind == "brave.search-api-key" }, "what is billed is asked on no timer")
        let count = told.values.reduce(0) { $0 + $1.count }
        print(
            "year: \(Self.count) tokens, \(bench.prober.count) questions, \(count) notices, 0 in healthy years, 0 billed requests"
        )
    }

    private func check(_ told: [AuditEntry], endOf number: Int) {
        let end = Bench.start + .days(Self.day(number))
        let steps = told.filter { $0.event == "deadline" }
        #expect(told.count == steps.count, "\(number): \(told.map(\.event))")
        #expect(steps.map(\.detail) == ["30d", "14d", "7d", "3d", "1d", "past"], "\(number)")
        for (entry, before) in zip(steps, Settings.standard.warnBefore + [.zero]) {
            guard let at = Timestamp(rfc3339: entry.at) else { continue }
            #expect(at >= end - before && at < end - before + .minutes(5), "\(number): \(entry.detail) at \(entry.at)")
        }
    }

    /// What a person would have been told, by name, the oldest first.
    private func notices(_ bench: Bench) async throws -> [CredentialName: [AuditEntry]] {
        let words: Set = ["deadline", "needs-person", "recovered", "held", "endpoint-closed"]
        var found: [CredentialName: [AuditEntry]] = [:]
        var before: UInt64?
        while true {
            let page = try await bench.vault.audit(limit: 5000, before: before)
            for entry in page where words.contains(entry.event) {
                guard let name = entry.name, entry.event != "held" else { continue }
                found[name, default: []].insert(entry, at: 0)
            }
            guard let last = page.last, last.sequence > 1 else { return found }
            before = last.sequence
        }
    }
}
