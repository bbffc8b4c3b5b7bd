internal import CSodium
internal import Glibc
internal import Synchronization

/// Whether the kernel keeps secrets out of swap.
package enum LockedMemory {
    private static let failed = Atomic(false)

    /// Remembers for the life of the process that a secret lay in memory that may be swapped.
    static func noteFailure() { failed.store(true, ordering: .relaxed) }

    /// True when every secret so far was locked, mlock(2) accepts a page now, and the kernel counts locked pages for this process (`VmLck` of proc(5)).
    ///
    /// `sodium_malloc` goes on without a word when locking fails; this asks again.
    package static func isHeld() -> Bool {
        guard !failed.load(ordering: .relaxed), sodium_init() >= 0, let page = unsafe sodium_malloc(64) else {
            return false
        }
        defer { unsafe sodium_free(page) }
        guard unsafe sodium_mlock(page, 64) == 0 else { return false }
        return kernelCount() > 0
    }

    /// `VmLck` in kB; 0 when it cannot be read.
    private static func kernelCount() -> Int {
        let file = unsafe open("/proc/self/status", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return 0 }
        defer { close(file) }
        var bytes = [UInt8](repeating: 0, count: 8192)
        let count = unsafe read(file, &bytes, bytes.count)
        guard count > 0 else { return 0 }
        let text = String(decoding: bytes.prefix(count), as: UTF8.self)
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmLck:") }
        return line.flatMap { Int($0.dropFirst(6).filter(\.isNumber)) } ?? 0
    }
}
