internal import Glibc

/// A Unix socket that listens and never answers, in a folder of its own.
package struct SilentSocket: ~Copyable {
    package let path: String
    private let folder: String
    private let descriptor: Int32

    package init() throws(TestFault) {
        let folder = "/tmp/tokenward-silent-\(UInt64.random(in: 0 ... .max))"
        guard unsafe mkdir(folder, 0o700) == 0 else { throw .system(call: "mkdir", errno: errno) }
        self.descriptor = try Self.listening(at: folder + "/socket")
        self.folder = folder
        path = folder + "/socket"
    }

    deinit {
        close(descriptor)
        unsafe unlink(path)
        unsafe rmdir(folder)
    }

    /// Returns when somebody has connected; they are left waiting.
    package borrowing func waitForCaller(within time: Duration) throws(TestFault) {
        try Readiness.wait(for: descriptor, until: .now + time)
    }

    private static func listening(at path: String) throws(TestFault) -> Int32 {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let room = MemoryLayout.size(ofValue: address.sun_path)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { bytes in
            unsafe bytes.copyBytes(from: path.utf8.prefix(room - 1))
        }
        // SOCK_CLOEXEC == O_CLOEXEC
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | O_CLOEXEC, 0)
        let bound = unsafe withUnsafeBytes(of: &address) { bytes in
            unsafe bind(
                descriptor, bytes.assumingMemoryBound(to: sockaddr.self).baseAddress, socklen_t(bytes.count))
        }
        guard bound == 0, listen(descriptor, 4) == 0 else { throw .system(call: "bind", errno: errno) }
        return descriptor
    }
}
