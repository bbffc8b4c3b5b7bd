import Foundation
import Glibc
import TestSupport
import Testing
import Wire

/// A crash with secrets in registers prints none of them (facts/security.md §3.2).
@Suite(.ownThreads, .timeLimit(.minutes(20))) struct TrapTests {
    /// The way, and the signals that may end it: the optimizer chooses among the traps.
    static let ways: [(name: String, signals: [Int32])] = [
        ("fatalError", [SIGILL, SIGTRAP]), ("bounds", [SIGILL, SIGTRAP]), ("overflow", [SIGILL, SIGTRAP]),
        ("null", [SIGSEGV]), ("wildRead", [SIGSEGV]), ("stack", [SIGSEGV]), ("abort", [SIGABRT]), ("illegal", [SIGILL]),
        ("bus", [SIGBUS]), ("arithmetic", [SIGFPE]), ("quit", [SIGQUIT]), ("trap", [SIGTRAP]),
    ]
    /// What the runtime is told from outside about its crash reports.
    private static let loud = "enable=yes,color=no,threads=all,registers=all,images=all,interactive=no,timeout=20s"

    private static func crash(_ way: String, bare: Bool = false, _ setting: String?) throws -> (ProgramResult, [UInt8])
    {
        let secret = (0..<64).map { _ in UInt8.random(in: 0x21...0x7E) }
        var settings = ["PATH": "/usr/bin:/bin"]
        settings["SWIFT_BACKTRACE"] = setting
        let result = try ProgramResult.of(
            try BuiltProgram.path("trap-program"), [way] + (bare ? ["bare"] : []), environment: settings, input: secret,
            within: .seconds(60))
        return (result, secret)
    }

    /// How many runs of four bytes of the secret are in a text: as they are, as hexadecimal digits with and without spaces, and as a number
    /// in a register is written, the last byte first.
    private static func pieces(of secret: [UInt8], in text: [UInt8]) -> Int {
        let text = Data(text)
        return (0...secret.count - 4).count { start in
            let piece = Array(secret[start..<start + 4])
            let digits = piece.map { String(format: "%02x", $0) }
            let forms: [[UInt8]] = [
                piece, Array(digits.joined().utf8), Array(digits.joined(separator: " ").utf8),
                Array(digits.reversed().joined().utf8),
            ]
            return forms.contains { text.firstRange(of: $0) != nil }
        }
    }

    @Test(arguments: ways.map(\.name)) func aCrashTellsNothing(way: String) throws {
        let signals = try #require(Self.ways.first { $0.name == way }?.signals)
        for setting in [nil, "enable=no", Self.loud] {
            let (result, secret) = try Self.crash(way, setting)
            #expect(signals.contains(result.code - 128), "\(result.code)")
            #expect(result.output.isEmpty)
            #expect(Self.pieces(of: secret, in: Array(result.talk.utf8)) == 0, "\(result.talk)")
            #expect(!result.talk.contains("rax") && !result.talk.contains("Registers"))
        }
    }

    /// Without the hardening the same runtime prints the secret; the search is one that finds it.
    @Test func withoutTheHardeningTheRuntimeTells() throws {
        let (result, secret) = try Self.crash("bounds", bare: true, Self.loud)
        let found = Self.pieces(of: secret, in: Array(result.talk.utf8))
        #expect(found > 0, "\(result.talk.prefix(2000))")
        print(
            "trap: \(Self.ways.count) ways in 3 settings print nothing; without hardening \(found) of 61 pieces are printed"
        )
    }

    /// The real daemons, killed by every signal that the runtime would report, in the middle of the work.
    @Test(arguments: [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGFPE, SIGQUIT]) func aDaemonThatCrashesTellsNothing(
        signal: Int32
    ) throws {
        let desk = try Desk(environment: ["SWIFT_BACKTRACE": Self.loud])
        let token = try desk.makeVaultWithToken()
        let traces = TokenTraces([token.value])
        #expect(try desk.value() == token.value)
        for socket in [desk.places.agentSocket, desk.places.proberSocket] {
            let process = try Client.process(at: socket)
            kill(process, signal)
            for _ in 0..<200 where kill(process, 0) == 0 { _ = poll(nil, 0, 20) }
            #expect(kill(process, 0) != 0, "it ends by signal \(signal)")
        }
        #expect(try desk.secret("probe", Desk.name).code == 0, "others take their place")
        #expect(try desk.value() == token.value)
        #expect(try traces.found(below: desk.home) == [:])
        for log in ["secretd.log", "secret-prober.log"] {
            let text = (try? String(contentsOfFile: desk.places.state + "/" + log, encoding: .utf8)) ?? ""
            #expect(!text.contains("Crash:") && !text.contains("rax"), "\(text.suffix(500))")
        }
        #expect(try FileManager.default.subpathsOfDirectory(atPath: desk.home).allSatisfy { !$0.contains("core") })
    }
}
