internal import CLinux
internal import Glibc

/// Unix socket addresses of any length: sun_path holds 107 bytes (unix(7)), a longer path is reached through its folder's descriptor.
enum UnixSocket {
    private static let longestPath = 107

    /// Calls `body` with an address for the path; the folder must exist.
    static func withAddress<Value>(
        of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(WireError) -> Value
    ) throws(WireError) -> Value {
        guard path.utf8.count > longestPath else { return try unsafe withShortAddress(of: path, body) }
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let folder = unsafe linux_open_folder(String(path.dropLast(name.count)))
        guard folder >= 0 else { throw errno == ENOENT ? .nobodyThere : .failed(errno: errno) }
        defer { close(folder) }
        return try unsafe withShortAddress(of: "/proc/self/fd/\(folder)/\(name)", body)
    }

    private static func withShortAddress<Value>(
        of path: String, _ body: (UnsafePointer<sockaddr>, socklen_t) throws(WireError) -> Value
    ) throws(WireError) -> Value {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        unsafe withUnsafeMutableBytes(of: &address.sun_path) { room in
            for (index, byte) in path.utf8.prefix(longestPath).enumerated() { unsafe room[index] = byte }
        }
        let result = unsafe withUnsafePointer(to: &address) { pointer -> Result<Value, WireError> in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                do throws(WireError) {
                    return .success(try unsafe body(generic, socklen_t(MemoryLayout<sockaddr_un>.size)))
                } catch { return .failure(error) }
            }
        }
        return try result.get()
    }

    static func make() throws(WireError) -> Int32 {
        let descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { throw .failed(errno: errno) }
        return descriptor
    }

    /// Connects without waiting for room in the other end's queue, where a stopped process would hold the caller for ever; false with
    /// errno, EAGAIN for a full queue.
    static func connect(_ descriptor: Int32, _ address: UnsafePointer<sockaddr>, _ size: socklen_t) -> Bool {
        let flags = fcntl(descriptor, F_GETFL)
        _ = fcntl(descriptor, F_SETFL, flags | O_NONBLOCK)
        let result = unsafe Glibc.connect(descriptor, address, size)
        let code = errno
        _ = fcntl(descriptor, F_SETFL, flags)
        errno = code
        return result == 0
    }

    /// - Throws: `.untrustedSocket` unless the folder around the path belongs to this user and to nobody else.
    static func requirePrivateFolder(of path: String) throws(WireError) {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        var facts = stat()
        guard unsafe lstat(String(path.dropLast(name.count + 1)), &facts) == 0 else {
            throw errno == ENOENT ? .nobodyThere : .failed(errno: errno)
        }
        let isFolder = facts.st_mode & S_IFMT == S_IFDIR
        guard isFolder, facts.st_uid == geteuid(), facts.st_mode & 0o077 == 0 else { throw .untrustedSocket }
    }
}
