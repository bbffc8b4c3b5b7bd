import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// Issue 2, "Must show" 5: what was acknowledged is there, whenever `secretd` is killed.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct CrashTests {
    /// `.ci/campaign` asks for more.
    private static let points = ProcessInfo.processInfo.environment["TOKENWARD_KILLS"].flatMap { Int($0) } ?? 60
    private static let seed: UInt64 = 20_261_122

    @Test func nothingAcknowledgedIsLost() throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        try desk.makeVault()
        let book = Book(desk)
        var chance = SplitMix(state: Self.seed)
        // What one undisturbed addition takes here and now: the span that the moments are spread over.
        let span = try book.perform(.add) { _ in }
        for point in 0..<Self.points {
            let holder = try Client.process(at: desk.places.agentSocket)
            let moment = span * Double(chance.next() % 1200) / 1000
            let act = book.isEmpty ? .add : Book.Act.allCases[Int(chance.next() % 3)]
            _ = try book.perform(act) { child in
                let end = ContinuousClock.now + moment
                while ContinuousClock.now < end, try !child.hasEnded() {}
                try ForeignProcess.kill(holder)
            }
            if point % 4 == 0 {
                let status = try desk.secret("status", "--json")
                #expect(status.code == 0, "seed \(Self.seed), point \(point): \(status.talk)")
            }
            try book.checkLast("seed \(Self.seed), point \(point), \(act)")
        }
        try book.checkAll("after \(Self.points) kills of seed \(Self.seed)")
        print("crash: \(Self.points) kills, \(book.acknowledged) changes acknowledged, \(book.cut) cut")
        #expect(book.acknowledged > 0 && book.cut > 0)
    }

    @Test func killedProberIsStartedByTheNextCommand() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let first = try Client.process(at: desk.places.proberSocket)
        try ForeignProcess.kill(first)
        let probed = try desk.secret("probe", Desk.name)
        #expect(probed.code == 0 && probed.text.contains("valid (accepted), state healthy"))
        #expect(try Client.process(at: desk.places.proberSocket) != first)
    }

    @Test func manyStartsMakeOneDaemon() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        for _ in 0..<3 {
            #expect(try desk.secret("daemon", "stop").code == 0)
            let line = """
                for i in 1 2 3 4 5 6 7 8; do "$SECRET" status --json >"$HOME.$i" 2>&1 & jobs="$jobs $!"; done
                for job in $jobs; do wait $job || exit 1; done
                """
            #expect(try desk.run(["sh", "-c", line]).code == 0)
            for caller in 1...8 {
                let text = try Data(contentsOf: URL(filePath: "\(desk.environment["HOME"] ?? "").\(caller)"))
                let report = try JSONDecoder().decode(StatusReport.self, from: text)
                #expect(report.credentials.count == 1)
            }
            #expect(ProcessWatch.count(of: "secretd", home: desk.home) == 1)
            #expect(ProcessWatch.count(of: "secret-prober", home: desk.home) == 1)
        }
    }

    @Test func killedInTheMiddleOfAProbeNothingIsLearnt() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        try desk.provider.fault("slow")
        let child = try SpawnedProgram(
            BuiltProgram.path("secret"), ["probe", Desk.name, "--json"], environment: desk.environment)
        while try desk.provider.requests < 2 {}
        try ForeignProcess.kill(Client.process(at: desk.places.agentSocket))
        #expect(try child.exitCode(within: .seconds(60)) == 69)
        try desk.provider.fault("none")
        #expect(try desk.credential().state == .healthy)
        #expect(try desk.secret("probe", Desk.name).code == 0)
    }
}

/// What was asked of the vault, and what it may hold therefore.
private final class Book {
    enum Act: CaseIterable { case add, rotate, probe }
    private let desk: Desk
    /// Values that a name may have; one once its change was acknowledged, empty while the name may be absent.
    private var allowed: [String: Set<String>] = [:]
    private var mayBeAbsent: Set<String> = []
    private var last = ""
    private(set) var acknowledged = 0
    private(set) var cut = 0

    init(_ desk: Desk) { self.desk = desk }

    var isEmpty: Bool { allowed.count == mayBeAbsent.count }

    /// Runs one command while `disturb` does what it likes; returns how long it took.
    func perform(_ act: Act, disturb: (borrowing SpawnedProgram) throws -> Void) throws -> Duration {
        let token = try desk.provider.mint()
        let present = allowed.keys.filter { !mayBeAbsent.contains($0) }.sorted()
        last = act == .add ? "kind/n\(allowed.count)" : present[token.number % present.count]
        var words = [act.word, last]
        if act != .probe { words += ["--stdin", "--yes", "--base-url", try desk.provider.baseURL] }
        let code = try run(words, input: token.value, disturb)
        note(act, token.value, acknowledged: code.code == 0)
        return code.duration
    }

    private func run(
        _ words: [String], input: String, _ disturb: (borrowing SpawnedProgram) throws -> Void
    ) throws -> (code: Int32, duration: Duration) {
        var given = try PipeEnds()
        try given.write(Array(input.utf8))
        let start = ContinuousClock.now
        let child = try SpawnedProgram(
            BuiltProgram.path("secret"), words, environment: desk.environment, descriptors: [0: given.reading])
        given.closeWriting()
        try disturb(child)
        let code = try child.exitCode(within: .seconds(60))
        // 69: the daemon went away. 75: a rotation without an answer yet.
        #expect([0, 69, 75].contains(code), "\(words[0]) ended with \(code)")
        return (code, ContinuousClock.now - start)
    }

    private func note(_ act: Act, _ value: String, acknowledged done: Bool) {
        if done { acknowledged += 1 } else { cut += 1 }
        guard act != .probe else { return }
        if done {
            allowed[last] = [value]
        } else {
            if act == .add { mayBeAbsent.insert(last) }
            allowed[last, default: []].insert(value)
        }
    }

    func checkLast(_ when: String) throws { try check(last, when) }
    func checkAll(_ when: String) throws { for name in allowed.keys { try check(name, when) } }

    private func check(_ name: String, _ when: String) throws {
        let read = try desk.secret("read", name)
        if read.code == 66, mayBeAbsent.contains(name) { return }
        #expect(read.code == 0, "\(when): \(name): \(read.talk)")
        #expect(allowed[name]?.contains(read.text) == true, "\(when): \(name) holds another value")
    }
}

extension Book.Act {
    fileprivate var word: String {
        switch self {
        case .add: "add"
        case .rotate: "rotate"
        case .probe: "probe"
        }
    }
}
