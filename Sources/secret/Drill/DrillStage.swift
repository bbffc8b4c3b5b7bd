import FoundationEssentials
import Glibc
import Lifecycle
import Wire

/// A home, a simulated provider and the real programs, all in one temporary folder.
///
/// The tokens here are the simulator's own inventions; they open nothing, and so may be held as plain bytes.
struct DrillStage {
    let folder: String
    let provider: SimulatedProvider
    private let common: CommonOptions
    static let name = "anthropic/main"

    init(_ common: CommonOptions) throws(Fault) {
        self.common = common
        let parent = ProcessInfo.processInfo.environment["TMPDIR"] ?? "/tmp"
        var pattern = Array((parent + "/tokenward-drill.XXXXXX").utf8CString)
        guard unsafe mkdtemp(&pattern) != nil else {
            throw Fault(
                .inputOutput, "drill_folder", "no folder can be made below \(parent) (errno \(errno))",
                hint: "df -h \(parent)")
        }
        folder = String(decoding: pattern.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(Fault) {
            provider = try SimulatedProvider(folder: folder + "/provider")
            try writeSettings()
        } catch {
            try? FileManager.default.removeItem(atPath: folder)
            throw error
        }
    }

    private var home: String { folder + "/home" }

    /// Times of seconds instead of hours; nothing else differs from a real home.
    private func writeSettings() throws(Fault) {
        let text = """
            confirm: {explicit: [2, 1s], generic: [3, 2s], flaky: [4, 3s], recheck: [1s, 1s, 1s]}
            probe: {interval: {anthropic.setup-token: 2s}, host_rate: 200ms, trust: ["\(provider.authority)"]}
            backoff: {first: 1s, most: 4s}
            """
        do {
            try FileManager.default.createDirectory(
                atPath: home, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o700])
            try Data(text.utf8).write(to: URL(filePath: home + "/config.yaml"))
        } catch {
            throw Fault(.inputOutput, "drill_folder", "the drill's home cannot be written", hint: "df -h \(folder)")
        }
    }

    func tell(_ text: String) { if !common.json { try? Voice.output("\n" + text) } }

    /// Runs `secret` in the drill's home as a person would, and shows the line and what it prints.
    func run(_ arguments: [String], input: [UInt8]? = nil, shownInput: String = "") throws(Fault) -> Int32 {
        if !common.json { try Voice.output("$ \(shownInput)secret \(arguments.joined(separator: " "))") }
        return try quietly(arguments, input: input, output: common.json ? nil : STDOUT_FILENO)
    }

    /// The same without a word.
    func quietly(_ arguments: [String], input: [UInt8]? = nil, output: Int32? = nil) throws(Fault) -> Int32 {
        var pipe = try Pipe()
        let child = try Program.start(
            "secret", arguments, descriptors: [pipe.reading, output, output], leads: false,
            extra: ["TOKENWARD_HOME": home])
        if let input { _ = unsafe write(pipe.writing, input, input.count) }
        pipe.closeWriting()
        return child.end()
    }

    /// Seconds until `status --check` ends with the code; the drill's timer alone does the asking.
    func secondsUntil(checkSays code: Int32) throws(Fault) -> Double {
        let clock = ContinuousClock()
        let start = clock.now
        while clock.now - start < .seconds(60) {
            if try quietly(["status", "--check", "--quiet"]) == code {
                return Double((clock.now - start).milliseconds) / 1000
            }
            _ = poll(nil, 0, 100)
        }
        throw Fault(.fault, "drill_stuck", "the drill waited 60 s for a change that did not come", hint: "secret drill")
    }

    /// How many files below the home hold one of the values in clear.
    func files(holding values: [[UInt8]]) -> Int {
        guard let paths = try? FileManager.default.subpathsOfDirectory(atPath: home) else { return 0 }
        return paths.count { path in
            guard let content = FileManager.default.contents(atPath: home + "/" + path) else { return false }
            return values.contains { content.firstRange(of: $0) != nil }
        }
    }

    /// Stops what was started and removes the folder.
    func clear() {
        _ = try? quietly(["daemon", "stop", "--quiet"])
        provider.quit()
        try? FileManager.default.removeItem(atPath: folder)
    }
}
