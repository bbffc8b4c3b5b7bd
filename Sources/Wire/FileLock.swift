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
        return FileLock(descriptor: descriptor)
    }

    private init(descriptor: Int32) { self.descriptor = descriptor }

    deinit { Glibc.close(descriptor) }
}
