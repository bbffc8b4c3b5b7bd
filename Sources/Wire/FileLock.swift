internal import Glibc

/// An exclusive lock that the kernel drops when the process ends, however it ends (flock(2)).
package struct FileLock: ~Copyable {
    private let descriptor: Int32

    /// Nil when another process holds it.
    ///
    /// - Throws: `.failed` with errno when the file cannot be made.
    package static func take(_ path: String) throws(WireError) -> FileLock? {
        let descriptor = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .failed(errno: errno) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let code = errno
            Glibc.close(descriptor)
            if code == EWOULDBLOCK { return nil }
            throw .failed(errno: code)
        }
        let process = Array("\(getpid())\n".utf8)
        guard ftruncate(descriptor, 0) == 0, unsafe write(descriptor, process, process.count) == process.count else {
            let code = errno
            Glibc.close(descriptor)
            throw .failed(errno: code)
        }
        return FileLock(descriptor: descriptor)
    }

    /// The process that holds the lock, wherever its socket went; nil when nobody does.
    package static func holder(_ path: String) -> Int32? {
        let descriptor = unsafe open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW)
        guard descriptor >= 0 else { return nil }
        defer { Glibc.close(descriptor) }
        guard flock(descriptor, LOCK_EX | LOCK_NB) != 0, errno == EWOULDBLOCK else { return nil }
        var text = [UInt8](repeating: 0, count: 16)
        let count = unsafe read(descriptor, &text, text.count)
        return Int32(String(decoding: text.prefix(max(0, count)).prefix { $0 != 0x0A }, as: UTF8.self))
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { Glibc.close(descriptor) }
}
