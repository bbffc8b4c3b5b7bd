import Foundation
import Glibc
import Lifecycle
import TestSupport

/// A folder of mode 0700 that goes with its content when the value dies.
struct TemporaryFolder: ~Copyable {
    let path: String

    init(below parent: String = "/tmp") throws {
        path = "\(parent)/tokenward-wire-\(RecordID.random())"
        guard unsafe mkdir(path, 0o700) == 0 else { throw TestFault.system(call: "mkdir", errno: errno) }
    }

    /// Made of folders that are each 0700; longer than sun_path (unix(7)) has room for.
    func deepFolder(bytes: Int) throws -> String {
        var deep = path
        while deep.utf8.count < bytes {
            deep += "/" + String(repeating: "d", count: 40)
            guard unsafe mkdir(deep, 0o700) == 0 else { throw TestFault.system(call: "mkdir", errno: errno) }
        }
        return deep
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

func mode(of path: String) -> mode_t? {
    var facts = stat()
    return unsafe lstat(path, &facts) == 0 ? facts.st_mode & 0o7777 : nil
}
