import Foundation
import TestSupport

/// A disk of few MiB, made of a tmpfs(5), gone with the value; mounting it takes root, as in the container that the tests run in.
final class SmallDisk {
    let path: String

    init(megabytes: Int = 1) throws {
        path = NSTemporaryDirectory() + "tokenward-disk-\(UUID().uuidString.prefix(8))"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        try Self.run("mount", "-t", "tmpfs", "-o", "size=\(megabytes)m,mode=0700", "tokenward-tests", path)
    }

    deinit {
        try? Self.run("umount", "-l", path)
        try? FileManager.default.removeItem(atPath: path)
    }

    /// To the last byte.
    func fill() throws { try Self.fill(path) }
    func empty() { try? FileManager.default.removeItem(atPath: path + "/filler") }

    static func fill(_ disk: String) throws {
        guard (try? run("dd", "if=/dev/zero", "of=\(disk)/filler", "bs=4096")) == nil else {
            throw TestFault.unexpected("the disk is not full")
        }
    }

    private static func run(_ words: String...) throws {
        let result = try ProgramResult.of(words[0], Array(words.dropFirst()), environment: ["PATH": "/usr/bin:/bin"])
        guard result.code == 0 else { throw TestFault.unexpected("\(words[0]): \(result.talk)") }
    }
}
