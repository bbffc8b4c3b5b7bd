import Foundation
import TestSupport

/// The file system of `Tests/Faults/powerloss.py`, mounted as long as the value lives.
final class PowerLine {
    let mount: URL
    private let server: SpawnedProgram
    private static let fusermount = "fusermount3"

    static var isPossible: Bool { unsafe access("/dev/fuse", R_OK | W_OK) == 0 }

    init(in folder: URL) throws {
        mount = folder.appending(path: "power")
        try FileManager.default.createDirectory(at: mount, withIntermediateDirectories: false)
        let script = FaultYard.sources.appending(path: "powerloss.py").path
        var talk = try PipeEnds()
        server = try SpawnedProgram(
            "/usr/bin/python3", [script, mount.path], environment: FaultYard.plain, descriptors: [1: talk.writing])
        talk.closeWriting()
        let said = try talk.read(within: .seconds(20)) { $0.contains(UInt8(ascii: "\n")) }
        guard said.starts(with: "ready".utf8) else {
            throw TestFault.unexpected("no FUSE: is python3-fusepy installed?")
        }
    }

    deinit {
        _ = try? ProgramResult.of(Self.fusermount, ["-u", "-z", mount.path], environment: FaultYard.plain)
    }

    private var switchboard: URL { mount.appending(path: ".power") }

    private func order(_ command: String) throws {
        let file = unsafe open(switchboard.path, O_WRONLY)
        guard file >= 0 else { throw TestFault.system(call: "open .power", errno: errno) }
        defer { close(file) }
        guard unsafe write(file, command, command.utf8.count) == command.utf8.count else {
            throw TestFault.system(call: "write .power", errno: errno)
        }
    }

    /// Everything so far is on the disk; the power goes at the `change`-th change from now, never for 0.
    func arm(_ change: Int) throws { try order("arm \(change)") }

    /// Changes since the last order to arm, and whether the power is gone.
    func state() throws -> (changes: Int, isCut: Bool) {
        let words = try String(contentsOf: switchboard, encoding: .utf8).split { $0.isWhitespace }
        guard words.count == 4, let changes = Int(words[1]) else { throw TestFault.unexpected("no state") }
        return (changes, words[3] == "1")
    }

    /// What a disk would hold now; `seed` 0 loses all that was not synchronised, others some of it in any order.
    func lose(seed: Int, to folder: URL) throws {
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try order("lose \(seed) \(folder.path)")
    }
}
