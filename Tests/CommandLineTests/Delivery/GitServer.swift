import Foundation
import TestSupport

/// A repository `repo.git` behind HTTP Basic authentication on this machine; see `git-server.py`. Ends with the value.
final class GitServer {
    let port: Int
    private let folder: String
    private let child: SpawnedProgram
    private let answers: PipeEnds

    init(folder: String, user: String, password: String) throws {
        self.folder = folder + "/git"
        let settings = ["PATH": "/usr/bin:/bin", "HOME": folder, "GIT_CONFIG_NOSYSTEM": "1"]
        let identity = ["-c", "user.name=Alice", "-c", "user.email=alice@example.com"]
        let (work, bare) = (self.folder + "/work", self.folder + "/repo.git")
        try FileManager.default.createDirectory(atPath: self.folder, withIntermediateDirectories: false)
        for words in [
            ["init", "--quiet", work],
            ["-C", work] + identity + ["commit", "--quiet", "--allow-empty", "-m", "first"],
            ["clone", "--quiet", "--bare", work, bare],
        ] {
            let result = try ProgramResult.of("/usr/bin/git", words, environment: settings)
            guard result.code == 0 else { throw TestFault.unexpected(result.talk) }
        }
        let script = URL(filePath: #filePath).deletingLastPathComponent().path + "/git-server.py"
        var answers = try PipeEnds()
        try Data("\(user):\(password)".utf8).write(to: URL(filePath: self.folder + "/password"))
        child = try SpawnedProgram(
            "/usr/bin/python3", [script, self.folder], environment: settings, descriptors: [1: answers.writing])
        answers.closeWriting()
        let line = try answers.read(within: .seconds(20)) { $0.contains(0x0A) }
        guard let port = Int(String(decoding: line, as: UTF8.self).trimmingCharacters(in: .newlines)) else {
            throw TestFault.unexpected("the server told no port")
        }
        self.port = port
        self.answers = answers
    }

    var authority: String { "127.0.0.1:\(port)" }

    func accept(user: String, password: String) throws {
        try Data("\(user):\(password)".utf8).write(to: URL(filePath: folder + "/password"))
    }

    /// `200 alice`, one for each request so far.
    func requests() throws -> [String] {
        let text = try String(contentsOfFile: folder + "/requests", encoding: .utf8)
        return text.split(separator: "\n").map(String.init)
    }
}
