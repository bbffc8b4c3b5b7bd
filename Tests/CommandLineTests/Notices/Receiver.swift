import Foundation
import TestSupport

/// A program of `Tests/Receivers` that writes what it gets into a file, a line of JSON each.
struct Receiver: ~Copyable {
    let log: String
    /// What it printed first.
    let word: String
    private let child: SpawnedProgram

    /// - Parameter words: behind the script's name; `LOG` stands for the file.
    static func start(
        _ script: String, _ words: [String], in folder: String, environment: [String: String]
    ) throws -> Receiver {
        let log = folder + "/" + script + ".log"
        var output = try PipeEnds()
        let given = words.map { $0 == "LOG" ? log : $0 }
        let child = try SpawnedProgram(
            "/usr/bin/python3", [Self.path(script)] + given, environment: environment,
            descriptors: [1: output.writing])
        output.closeWriting()
        return Receiver(log: log, word: try line(from: output), child: child)
    }

    static func path(_ script: String) -> String {
        let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        return tests.deletingLastPathComponent().path + "/Receivers/" + script
    }

    private static func line(from pipe: borrowing PipeEnds) throws -> String {
        let bytes = try pipe.read(within: .seconds(20)) { $0.contains(UInt8(ascii: "\n")) }
        return String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
    }

    /// What it got so far.
    var got: [[String: Any]] { Self.lines(log) }

    static func lines(_ log: String) -> [[String: Any]] {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").compactMap {
            try? JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any]
        }
    }

    /// Waits until it got something that fits.
    func waits(for fits: ([String: Any]) -> Bool) -> [String: Any]? {
        for _ in 0..<300 {
            if let found = got.first(where: fits) { return found }
            usleep(100_000)
        }
        return nil
    }
}
