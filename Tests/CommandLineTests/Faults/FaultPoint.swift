import Foundation
import TestSupport
import Wire

/// One thing that goes wrong in one run of the exerciser.
struct FaultPoint: CustomStringConvertible {
    /// As `Tests/Faults/faults.c` names them.
    enum Mode: String, CaseIterable { case kill, torn, eio, enospc, fsync }
    let scenario: String
    let mode: Mode
    /// From 1: which write, or which synchronisation for `.fsync`.
    let at: Int

    var description: String { "\(scenario), \(mode.rawValue) at \(at)" }
}

/// Vaults that are exercised under faults, in a folder of the test's own.
final class FaultYard {
    let root: URL
    private let exerciser: String
    private let shim: String

    init() throws {
        root = FileManager.default.temporaryDirectory.appending(path: "tokenward-faults-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: root, withIntermediateDirectories: false)
        exerciser = try BuiltProgram.path("vault-exerciser")
        shim = root.appending(path: "faults.so").path
        let source = Self.sources.appending(path: "faults.c").path
        let made = try ProgramResult.of(
            "cc", ["-Wall", "-Wextra", "-Werror", "-shared", "-fPIC", "-O1", "-o", shim, source, "-ldl"],
            environment: Self.plain)
        guard made.code == 0 else { throw TestFault.unexpected("cc: \(made.talk)") }
    }

    deinit { try? FileManager.default.removeItem(at: root) }

    static let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appending(path: "Faults")
    static let plain = ["PATH": ProcessInfo.processInfo.environment["PATH"] ?? "", "SWIFT_BACKTRACE": "enable=no"]

    /// A vault that every run of a scenario starts from.
    func prepare(for scenario: String, credentials: Int = 3) throws -> URL {
        let folder = root.appending(path: "prepared")
        let made = try ProgramResult.of(
            exerciser, ["prepare", folder.path, "\(credentials)"], environment: Self.plain, within: .seconds(60))
        guard made.code == 0, made.text.hasSuffix("closed\n") else { throw TestFault.unexpected(made.text) }
        if scenario == "restore" {
            let lines = try run("furnish", in: folder, [:])
            guard lines == ["backed", "rotated n0 2", "closed"] else { throw TestFault.unexpected("\(lines)") }
        }
        return folder
    }

    /// Writes and synchronisations of an undisturbed run.
    func counts(_ scenario: String, from prepared: URL) throws -> (writes: Int, syncs: Int) {
        let folder = try copy(of: prepared, as: "count")
        let counts = root.appending(path: "counts").path
        _ = try run(scenario, in: folder, ["FAULT_MODE": "count", "FAULT_COUNTS": counts])
        try FileManager.default.removeItem(at: folder)
        let numbers = try String(contentsOfFile: counts, encoding: .utf8).split { $0.isWhitespace }.compactMap {
            Int($0)
        }
        guard numbers.count == 2, numbers[0] > 0, numbers[1] > 0 else { throw TestFault.unexpected("no counts") }
        return (numbers[0], numbers[1])
    }

    func copy(of prepared: URL, as name: String) throws -> URL {
        let folder = root.appending(path: name)
        try FileManager.default.copyItem(at: prepared, to: folder)
        return folder
    }

    /// What the exerciser said before it ended, whichever way.
    func run(_ scenario: String, in folder: URL, _ faults: [String: String]) throws -> [String] {
        var environment = Self.plain.merging(faults) { $1 }
        environment["LD_PRELOAD"] = shim
        environment["FAULT_FOLDER"] = folder.path
        let result = try ProgramResult.of(
            exerciser, [scenario, folder.path], environment: environment, within: .seconds(60))
        return result.text.split(separator: "\n").map(String.init)
    }

    func run(_ point: FaultPoint, in folder: URL) throws -> [String] {
        try run(point.scenario, in: folder, ["FAULT_MODE": point.mode.rawValue, "FAULT_AT": "\(point.at)"])
    }

    /// What each folder holds, by its path.
    func inspect(_ folders: [URL]) throws -> [String: [String]] {
        let result = try ProgramResult.of(
            exerciser, ["check"] + folders.map(\.path), environment: Self.plain, within: .seconds(120))
        var found: [String: [String]] = [:]
        var folder = ""
        for line in result.text.split(separator: "\n").map(String.init) {
            if line.hasPrefix("folder ") {
                folder = String(line.dropFirst(7))
            } else {
                found[folder, default: []].append(line)
            }
        }
        return found
    }
}
