import Foundation
import TestSupport
import Wire

/// A person's desk: a home of their own below a temporary folder, the programs as built, and a simulated provider.
///
/// The daemons and the folder end with the value. The tokens are the simulator's inventions and open nothing.
final class Desk {
    static let name = "anthropic/main"
    let folder: String
    /// What the programs are started with, and nothing else.
    var environment: [String: String]
    /// All that the programs said so far, but for values that were read.
    private(set) var heard: [UInt8] = []
    private var started: Provider?

    /// - Parameter home: an existing folder instead of one below the desk's own.
    init(settings: String = Settings.quiet, environment extra: [String: String] = [:], home: String? = nil) throws {
        folder = NSTemporaryDirectory() + "tokenward-desk-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
        environment = [
            "PATH": "/usr/bin:/bin", "HOME": folder + "/nobody", "TOKENWARD_HOME": home ?? folder + "/home",
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nonexistent/bus", "SWIFT_BACKTRACE": "enable=no",
        ].merging(extra) { $1 }
        try write(settings: settings)
    }

    deinit {
        stop()
        try? FileManager.default.removeItem(atPath: folder)
    }

    var home: String { environment["TOKENWARD_HOME"] ?? "" }
    var places: Places { Places(environment: environment) }

    /// Started when it is first asked for.
    var provider: Provider {
        get throws {
            if let started { return started }
            let fresh = try Provider()
            started = fresh
            return fresh
        }
    }

    func write(settings: String) throws {
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        try Data(settings.utf8).write(to: URL(filePath: home + "/config.yaml"))
    }

    /// Runs `secret` to its end.
    @discardableResult
    func secret(_ words: String..., input: String? = nil) throws -> ProgramResult {
        try run([try BuiltProgram.path("secret")] + words, input: input)
    }

    /// Runs any program in the desk's environment; `$SECRET` names ours for shells.
    @discardableResult
    func run(_ words: [String], input: String? = nil, watching: ((Int32) -> Void)? = nil) throws -> ProgramResult {
        let settings = environment.merging(["SECRET": try BuiltProgram.path("secret")]) { $1 }
        let result = try ProgramResult.of(
            words[0], Array(words.dropFirst()), environment: settings, input: input.map { Array($0.utf8) },
            within: .seconds(60), watching: watching)
        if !words.contains("read") { heard += result.output + Array(result.talk.utf8) }
        return result
    }

    /// All daemons, by the person's own command; what does not end so is killed.
    func stop() {
        let sockets = [places.agentSocket, places.proberSocket, places.sessionSocket]
        let listeners = sockets.compactMap { try? Client.process(at: $0) }
        if let result = try? secret("daemon", "stop"), result.code == 0 { return }
        for process in listeners where process > 1 { try? ForeignProcess.kill(process) }
    }

    /// Writes of `secretd`'s and `secret-prober`'s configuration.
    enum Settings {
        /// Nothing happens by the timer; hosts are asked without a wait.
        static let quiet = "probe: {host_rate: 1ms}\n"
        /// The timer asks twice a second, and a death is confirmed as fast.
        static let busy = """
            confirm: {explicit: [2, 300ms], generic: [3, 300ms], flaky: [4, 300ms], recheck: [400ms, 400ms, 400ms]}
            probe: {interval: {anthropic.setup-token: 500ms}, host_rate: 1ms}
            backoff: {first: 300ms, most: 600ms}
            """
    }
}

/// `secret-simulator` as a child, spoken to over its standard input.
final class Provider {
    struct Token {
        let number: Int
        let value: String
    }
    private let child: SpawnedProgram
    private var orders: PipeEnds
    private let answers: PipeEnds
    let port: Int

    init() throws {
        orders = try PipeEnds()
        var answers = try PipeEnds()
        child = try SpawnedProgram(
            try BuiltProgram.path("secret-simulator"), [], environment: ["SWIFT_BACKTRACE": "enable=no"],
            descriptors: [0: orders.reading, 1: answers.writing])
        answers.closeWriting()
        let ready = try Self.line(from: answers)
        guard let text = ready.split(separator: "=").last, let port = Int(text) else {
            throw TestFault.unexpected(ready)
        }
        self.port = port
        self.answers = answers
    }

    var process: Int32 { child.pid }
    var baseURL: String { "http://127.0.0.1:\(port)" }
    /// Requests so far.
    var requests: Int { get throws { Int(try ask("count").dropFirst("requests ".count)) ?? -1 } }

    func mint(_ kind: String = "anthropic.setup-token") throws -> Token {
        let words = try ask("mint \(kind)").split(separator: " ")
        guard words.count == 3, let number = Int(words[1]) else { throw TestFault.unexpected("mint \(kind)") }
        return Token(number: number, value: String(words[2]))
    }

    func set(_ token: Token, to fixture: String) throws { try obey("set \(token.number) \(fixture)") }
    func fault(_ fault: String) throws { try obey("fault \(fault)") }

    private func obey(_ order: String) throws {
        guard try ask(order) == "ok" else { throw TestFault.unexpected(order) }
    }

    private func ask(_ order: String) throws -> String {
        try orders.write(Array((order + "\n").utf8))
        return try Self.line(from: answers)
    }

    private static func line(from pipe: borrowing PipeEnds) throws -> String {
        let bytes = try pipe.read(within: .seconds(60)) { $0.last == 0x0A }
        return String(decoding: bytes.dropLast(), as: UTF8.self)
    }
}
