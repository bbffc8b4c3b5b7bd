import Foundation
import TestSupport
import Testing

/// Issue 3, "Must show" 2: whatever write fails, tears or is the last, what was acknowledged is there and the vault opens and verifies.
@Suite(.ownThreads, .timeLimit(.minutes(600))) struct FaultTests {
    static let scenarios = ["add", "rotate", "probe", "rekey", "restore"]
    /// Points a scenario; `.ci/campaign faults` asks for more.
    private static let points = ProcessInfo.processInfo.environment["TOKENWARD_FAULTS"].flatMap { Int($0) } ?? 100
    private static let seed: UInt64 = 20_261_123

    @Test(arguments: scenarios) func nothingAcknowledgedIsLost(_ scenario: String) throws {
        let yard = try FaultYard()
        let credentials = Self.credentials(for: scenario, points: Self.points)
        let prepared = try yard.prepare(for: scenario, credentials: credentials)
        let counts = try yard.counts(scenario, from: prepared)
        let points = Self.points(scenario, counts, total: Self.points)
        var tally: [FaultPoint.Mode: Int] = [:]
        var acknowledged = 0
        let start = ContinuousClock.now
        for batch in stride(from: 0, to: points.count, by: 20).map({ points[$0..<min($0 + 20, points.count)] }) {
            var promised: [(point: FaultPoint, folder: URL, book: Acknowledged)] = []
            for (number, point) in batch.enumerated() {
                let folder = try yard.copy(of: prepared, as: "run\(number)")
                let lines = try yard.run(point, in: folder)
                promised.append((point, folder, Acknowledged(lines, prepared: credentials, scenario: scenario)))
                tally[point.mode, default: 0] += 1
                try Self.expectNoValue(in: folder, point)
            }
            let found = try yard.inspect(promised.map(\.folder))
            for (point, folder, book) in promised {
                acknowledged += book.count
                let problems = book.broken(by: found[folder.path] ?? [])
                #expect(problems.isEmpty, "\(point) of seed \(Self.seed): \(problems)")
                try FileManager.default.removeItem(at: folder)
            }
        }
        let modes = FaultPoint.Mode.allCases.map { "\($0.rawValue) \(tally[$0] ?? 0)" }.joined(separator: ", ")
        print(
            "faults: \(scenario): \(points.count) points (\(modes)) over \(counts.writes) writes and \(counts.syncs) syncs,",
            "\(acknowledged) changes acknowledged, \(start.duration(to: .now))")
        #expect(acknowledged > 0)
    }

    /// A long campaign's rekey moves more records than fit into one transaction.
    static func credentials(for scenario: String, points: Int) -> Int { scenario == "rekey" && points > 500 ? 70 : 3 }

    /// A vault that acknowledges too early must be found out.
    @Test func anAcknowledgementThatComesTooEarlyIsFound() throws {
        let yard = try FaultYard()
        let prepared = try yard.prepare(for: "add")
        let counts = try yard.counts("add", from: prepared)
        var caught = 0
        for number in 1...5 {
            let folder = try yard.copy(of: prepared, as: "run\(number)")
            let point = FaultPoint(scenario: "hasty-add", mode: .kill, at: number * counts.writes / 6)
            let book = Acknowledged(try yard.run(point, in: folder), prepared: 3, scenario: "add")
            if !book.broken(by: try yard.inspect([folder])[folder.path] ?? []).isEmpty { caught += 1 }
        }
        #expect(caught > 0)
    }

    /// Every write of a run for each mode when there are enough points, else writes evenly spread; then more at random.
    private static func points(_ scenario: String, _ counts: (writes: Int, syncs: Int), total: Int) -> [FaultPoint] {
        var random = SplitMix(state: seed)
        let share = total / FaultPoint.Mode.allCases.count
        return FaultPoint.Mode.allCases.flatMap { mode in
            let most = mode == .fsync ? counts.syncs : counts.writes
            return (0..<share).map { number in
                let at =
                    share >= most
                    ? (number < most ? number + 1 : 1 + Int(random.next() % UInt64(most + 5)))
                    : 1 + (number * most + Int(random.next() % UInt64(most))) / share
                return FaultPoint(scenario: scenario, mode: mode, at: at)
            }
        }
    }

    /// No value lies in clear in any file that was left behind, half written ones included.
    private static func expectNoValue(in folder: URL, _ point: FaultPoint) throws {
        for file in try FileManager.default.subpathsOfDirectory(atPath: folder.path) {
            let url = folder.appending(path: file)
            guard let bytes = try? Data(contentsOf: url) else { continue }
            #expect(bytes.firstRange(of: Data("xtok_".utf8)) == nil, "\(point): \(file)")
        }
    }
}
