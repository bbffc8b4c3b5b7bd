import Foundation
import TestSupport
import Testing

/// Issue 4, "Must show" 2: whatever is asked, however it is printed, whatever goes wrong, nothing that comes out shows a secret.
@Suite(.ownThreads, .timeLimit(.minutes(180))) struct LeakMatrixTests {
    /// A slice in every test run; `.ci/campaign leaks` sets the variable.
    private static var runs: Int { Int(ProcessInfo.processInfo.environment["TOKENWARD_LEAKS"] ?? "") ?? 220 }

    @Test func noCellLeaks() throws {
        let runs = Self.runs
        var random = SplitMix(state: UInt64(runs))
        var done = 0
        var bytes = 0
        while done < runs {
            let wanted = min(runs - done, LeakCell.all.count)
            // In the order of conditions, so that each is brought about once.
            let places = Array(LeakCell.all.indices).shuffled(using: &random).prefix(wanted).sorted()
            let desk = try LeakDesk()
            for condition in LeakCell.Condition.allCases {
                let cells = places.map { LeakCell.all[$0] }.filter { $0.condition == condition }
                guard !cells.isEmpty else { continue }
                try desk.enter(condition)
                for cell in cells {
                    do { try desk.run(cell) } catch { Issue.record("\(cell): \(error)") }
                }
                try desk.searchFiles(condition)
            }
            #expect(desk.leaks == [])
            done += desk.runs
            bytes += desk.bytes
        }
        print(
            "leaks: \(done) runs over \(LeakCell.all.count) cells, \(bytes >> 10) KiB searched in 8 encodings and more, nothing found"
        )
    }

    /// Each place that is searched is one where a canary is found.
    @Test func theWatchFindsWhatIsThere() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken().value
        let traces = TokenTraces([token])
        let watch = ProcessWatch(traces: traces, home: desk.home)
        #expect(
            traces.found(in: try desk.run(["/usr/bin/script", "-qec", "printf %s '\(token)'", "/dev/null"]).output) == [
                "clear"
            ])
        let inArguments = try SpawnedProgram(
            "/usr/bin/tail", ["-f", "/dev/null", token], environment: ["TOKENWARD_HOME": desk.home])
        let inEnvironment = try SpawnedProgram(
            "/bin/sleep", ["60"], environment: ["TOKENWARD_HOME": desk.home, "X": token])
        for _ in 0..<50 where watch.leaks.count < 2 {
            watch.look()
            _ = poll(nil, 0, 20)
        }
        #expect(watch.leaks == ["tail argv", "sleep environ"])
        inArguments.signal(SIGKILL)
        inEnvironment.signal(SIGKILL)
        for place in ["data/vault.db-wal", "state/secretd.log", "run/\(token)"] {
            try Data(token.utf8).write(to: URL(filePath: desk.home + "/" + place))
        }
        #expect(try traces.found(below: desk.home).count == 3)
    }
}
