import Foundation
import Lifecycle
import Probing
import Sealing
import Testing

/// The program as `secret drill` uses it: a child that is spoken to through pipes.
@Suite(.timeLimit(.minutes(20))) struct SimulatorProgramTests {
    /// A running simulator.
    private struct Child {
        let process = Process()
        let input = Pipe(), output = Pipe()
        private let ended = DispatchSemaphore(value: 0)

        init(_ arguments: [String]) throws {
            let here = try #require(
                CommandLine.arguments.first { $0.contains("tokenwardPackageTests.xctest") } ?? ownPath)
            process.executableURL = URL(fileURLWithPath: here).deletingLastPathComponent()
                .appendingPathComponent("secret-simulator")
            process.arguments = arguments
            process.standardInput = input
            process.standardOutput = output
            process.terminationHandler = { [ended] _ in ended.signal() }
            try process.run()
        }

        private var ownPath: String? {
            try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        }

        func line() throws -> String {
            var bytes = Data()
            while let byte = try output.fileHandleForReading.read(upToCount: 1), byte.first != 0x0A,
                !byte.isEmpty
            {
                bytes += byte
            }
            return String(decoding: bytes, as: UTF8.self)
        }

        func ask(_ order: String) throws -> String {
            try input.fileHandleForWriting.write(contentsOf: Data((order + "\n").utf8))
            return try line()
        }

        /// Closes its standard input, as a dead parent does.
        func end() throws -> Int32 {
            try input.fileHandleForWriting.close()
            return code()
        }

        /// The exit code or the signal; a child that does not end is killed.
        func code() -> Int32 {
            if ended.wait(timeout: .now() + 60) == .timedOut { kill(process.processIdentifier, SIGKILL) }
            process.waitUntilExit()
            return process.terminationStatus
        }
    }

    @Test(arguments: [false, true]) func servesADrillAndEndsWithItsParent(_ tls: Bool) async throws {
        let folder = NSTemporaryDirectory() + "tokenward-drill-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let child = try Child(tls ? ["--tls", "--folder", folder] : [])
        let ready = try child.line().split(separator: " ")
        #expect(ready.first == "ready")
        let port = try #require(ready.dropFirst().first?.split(separator: "=").last)
        let trust = ready.filter { $0.hasPrefix("ca=") }.map { String($0.dropFirst(3)) }
        #expect(trust.count == (tls ? 1 : 0))

        let token = try SecretBox(
            String(#require(child.ask("mint anthropic.setup-token").split(separator: " ").last)))
        #expect(token.bytes.count == 108)
        let transport = try HTTPTransport(timeout: Rig.patient, trust: trust)
        let prober = Prober(
            policies: try Samples().policies, transport: transport,
            rate: HostRate(interval: .zero, clock: ContinuousClock()), retryFloor: .seconds(60),
            now: { Timestamp(seconds: 1_795_000_000) })
        let order = ProbeOrder(
            kind: Samples.setupToken, baseURL: "\(tls ? "https" : "http")://127.0.0.1:\(port)")
        #expect(await prober.probe(order, token: token).outcome.kind == .valid)
        #expect(try child.ask("set 1 revoked") == "ok")
        #expect(await prober.probe(order, token: token).outcome.reason == "revoked")
        #expect(try child.ask("count") == "requests 3")
        #expect(try child.ask("strays") == "strays 0")
        await transport.close()
        #expect(try child.end() == 0)
    }

    @Test func endsWhenItIsTold() throws {
        let child = try Child([])
        _ = try child.line()
        child.process.terminate()
        #expect(child.code() == SIGTERM)
    }

    @Test func endsWhileARequestHangs() async throws {
        let child = try Child([])
        let port = try #require(child.line().split(separator: "=").last)
        #expect(try child.ask("fault slow") == "ok")
        let transport = try HTTPTransport(timeout: Rig.patient)
        let base = try BaseURL("http://127.0.0.1:\(port)")
        let request = try #require(try Samples().policies[id: Samples.setupToken]?.probe.request)
        let hanging = Task { try await transport.send(request, to: base, token: nil, parts: nil) }
        while try child.ask("count") == "requests 0" {}
        #expect(try child.end() == 0)
        await #expect(throws: TransportFailure.cut) { try await hanging.value }
        await transport.close()
    }
}
