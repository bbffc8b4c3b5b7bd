import Foundation
import Glibc
import TestSupport
import Wire

/// A desk whose secrets are all canaries, and a watch over every place where one could come out.
final class LeakDesk {
    private let desk: Desk
    private let disk: SmallDisk
    private let files: String
    private let tokens: [Provider.Token]
    private let traces: [(channel: String, traces: TokenTraces)]
    private let watch: ProcessWatch
    private static let passphrase = canary("passphrase")
    private static let generic = canary("generic")
    private static let imported = canary("imported")
    private static let exported = canary("environment")
    private var fileCount = 0
    private(set) var runs = 0
    private(set) var bytes = 0
    private(set) var leaks: [String] = []

    /// Long and of one channel only; beyond its first 13 bytes it is random.
    private static func canary(_ channel: String) -> String {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        return channel.padding(toLength: 13, withPad: "-", startingAt: 0)
            + String((0..<48).compactMap { _ in letters.randomElement() })
    }

    init() throws {
        disk = try SmallDisk(megabytes: 8)
        let desk = try Desk(home: disk.path + "/home")
        self.desk = desk
        files = desk.folder + "/files"
        try FileManager.default.createDirectory(atPath: files, withIntermediateDirectories: false)
        let made = try desk.secret("init", "--machine", "--no-input")
        let tokens = try (0..<40).map { _ in try desk.provider.mint() }
        self.tokens = tokens
        guard made.code == 0, try desk.add(tokens[0]).code == 0 else { throw TestFault.unexpected(made.talk) }
        let code = made.text.split(separator: "\n").first.map(String.init) ?? ""
        let traces = [
            ("token", TokenTraces(tokens.map(\.value))), ("passphrase", TokenTraces([Self.passphrase])),
            ("generic", TokenTraces([Self.generic])), ("imported", TokenTraces([Self.imported])),
            ("environment", TokenTraces([Self.exported])),
            ("recovery code", TokenTraces([code, code.filter { $0 != "-" }])),
        ]
        self.traces = traces
        watch = ProcessWatch(traces: traces[0].1, home: desk.home)
        // The shell of a careless person; daemons must not inherit it.
        desk.environment["CARELESS"] = Self.exported
        try Data("MY_SECRET=\(Self.imported)\nANTHROPIC_API_KEY=\(tokens[39].value)\n".utf8).write(
            to: URL(filePath: files + "/text.env"))
        try Data("key: {{ secret://anthropic/main }}\n".utf8).write(to: URL(filePath: files + "/template"))
        let backup = try desk.secret(
            "backup", files + "/sealed", "--passphrase-fd", "0", "--no-input", input: Self.passphrase)
        guard backup.code == 0 else { throw TestFault.unexpected(backup.talk) }
    }

    deinit { desk.stop() }

    /// Brings a condition about; what it needs stays until the next one.
    func enter(_ condition: LeakCell.Condition) throws {
        disk.empty()
        try mendVault()
        try desk.provider.fault("none")
        for token in tokens.prefix(38) { try desk.provider.set(token, to: "accepted") }
        switch condition {
        case .well, .killed, .killedMeanwhile: break
        case .refused: for token in tokens.prefix(38) { try desk.provider.set(token, to: "revoked") }
        case .echo, .redirect, .storm, .cut: try desk.provider.fault(condition.rawValue)
        case .locked: _ = try desk.secret("lock")
        case .fullDisk: try disk.fill()
        case .damaged: try damageVault()
        }
    }

    /// One run and a look at all that came out of it.
    func run(_ cell: LeakCell) throws {
        if cell.condition == .killed { killDaemons() }
        let words = self.words(cell)
        var looks = 0
        let result = try desk.run(words, input: input(cell.command.input)) { [watch] process in
            looks += 1
            if looks % 8 == 1 { watch.look(at: "\(process)") }
            if looks == 12, cell.condition == .killedMeanwhile { self.killDaemons() }
        }
        runs += 1
        let shown = (cell.command.givesValue ? [] : result.output) + Array(result.talk.utf8)
        search(shown, "\(cell.condition) \(cell.format) \(cell.command.words.joined(separator: " "))")
        for file in ["out-\(fileCount)"] { try? FileManager.default.removeItem(atPath: files + "/" + file) }
    }

    /// Everything that lies in the home, and what other programs can see of those that run.
    func searchFiles(_ condition: LeakCell.Condition) throws {
        watch.look()
        leaks += watch.leaks.map { "\(condition): \($0)" }
        for path in try FileManager.default.subpathsOfDirectory(atPath: desk.home) {
            let content = FileManager.default.contents(atPath: desk.home + "/" + path) ?? Data()
            search(Array(content) + Array(path.utf8), "\(condition) file \(path)")
        }
        search(Array(FileManager.default.contents(atPath: files + "/sealed") ?? Data()), "\(condition) backup")
    }

    private func search(_ found: [UInt8], _ place: String) {
        bytes += found.count
        for (channel, traces) in traces {
            let encodings = traces.found(in: found)
            if !encodings.isEmpty { leaks.append("\(place): \(channel) in \(encodings.sorted())") }
        }
    }

    private func words(_ cell: LeakCell) -> [String] {
        fileCount += 1
        var words = cell.command.words.map { word in
            switch word {
            case "FILE": files + "/out-\(fileCount)"
            case "TEXT": files + "/text.env"
            case "TEMPLATE": files + "/template"
            case "SEALED": files + "/sealed"
            default: word
            }
        }
        let own = words.firstIndex(of: "--") ?? words.endIndex
        switch cell.format {
        case .plain, .noColor: break
        case .terminal: words.insert("--no-input", at: own)
        case .json: words.insert("--json", at: own)
        case .quiet: words.insert("--quiet", at: own)
        }
        desk.environment["NO_COLOR"] = cell.format == .noColor ? "1" : nil
        let secret = (try? BuiltProgram.path("secret")) ?? "secret"
        guard cell.format == .terminal else { return [secret] + words }
        let line = ([secret] + words).map { "'" + $0 + "'" }.joined(separator: " ")
        return ["/usr/bin/script", "-qec", line, "/dev/null"]
    }

    private func input(_ input: LeakCell.Input) -> String? {
        let fresh = tokens[1 + runs % 37].value
        return switch input {
        case .none: nil
        case .newToken: fresh
        case .sameToken: tokens[0].value
        case .halfToken: String(fresh.prefix(61))
        case .twoTokens: fresh + "\n" + tokens[38].value
        case .foreign: Self.imported
        case .generic: Self.generic
        case .passphrase: Self.passphrase
        case .request: #"{"protocolVersion":1,"provider":"vault","ids":["anthropic/main","no/such"]}"#
        case .gitRequest: "protocol=https\nhost=git.example.com\n\n"
        case .gitStore: "protocol=https\nhost=git.example.com\nusername=alice\npassword=\(Self.generic)\n\n"
        }
    }

    private func killDaemons() {
        for socket in [desk.places.agentSocket, desk.places.proberSocket] {
            if let process = try? Client.process(at: socket), process > 1 { try? ForeignProcess.kill(process) }
        }
    }

    private func mendVault() throws {
        _ = try desk.secret("unlock", "--machine", "--no-input")
        if try desk.secret("verify").code == 0 { return }
        let restored = try desk.secret(
            "restore", files + "/sealed", "--replace", "--yes", "--passphrase-fd", "0", input: Self.passphrase)
        guard restored.code == 0 else { throw TestFault.unexpected(restored.talk) }
    }

    /// One byte of each page but the first, while nobody looks.
    private func damageVault() throws {
        _ = try desk.secret("daemon", "stop")
        var content = try Data(contentsOf: URL(filePath: desk.places.database))
        for place in stride(from: 4096 + 2000, to: content.count, by: 4096) { content[place] ^= 1 }
        let file = try FileHandle(forWritingTo: URL(filePath: desk.places.database))
        try file.write(contentsOf: content)
        try file.close()
    }
}
