internal import Glibc
package import Wire

/// The anchor in the state folder: two slots of 512 bytes that are overwritten in turn, so that a torn write spares the other one.
package struct AnchorFile: AnchorHome {
    package let path: String
    /// A sector: the unit that a disk writes whole.
    private static let slot = 512
    private static let slots = 2

    package init(path: String) { self.path = path }

    package func read() throws(Fault) -> [[UInt8]] {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else {
            if errno == ENOENT { return [] }
            throw unusable(errno)
        }
        defer { close(file) }
        var found: [[UInt8]] = []
        for slot in 0..<Self.slots {
            var bytes = [UInt8](repeating: 0, count: Self.slot)
            let count = unsafe pread(file, &bytes, bytes.count, off_t(slot * Self.slot))
            guard count >= 0 else { throw unusable(errno) }
            let size = Int(bytes[0]) << 8 | Int(bytes[1])
            if size > 0, size <= Self.slot - 2, count >= size + 2 { found.append(Array(bytes[2..<2 + size])) }
        }
        return found
    }

    package func write(_ anchor: [UInt8], turn: UInt64) throws(Fault) {
        guard anchor.count <= Self.slot - 2 else { throw unusable(EFBIG) }
        let file = try opened()
        defer { close(file) }
        var bytes = [UInt8(anchor.count >> 8), UInt8(anchor.count & 0xFF)] + anchor
        bytes += [UInt8](repeating: 0, count: Self.slot - bytes.count)
        let place = off_t(turn % UInt64(Self.slots)) * off_t(Self.slot)
        guard unsafe pwrite(file, bytes, bytes.count, place) == bytes.count else { throw unusable(errno) }
    }

    package func flush() throws(Fault) {
        let file = try opened()
        defer { close(file) }
        guard fsync(file) == 0 else { throw unusable(errno) }
    }

    /// Made with room for both slots, so that no later write needs any.
    private func opened() throws(Fault) -> Int32 {
        // Readable too: where a file system has no fallocate(2), glibc reads what is there before it writes.
        let file = unsafe open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { throw unusable(errno) }
        let code = posix_fallocate(file, 0, off_t(Self.slot * Self.slots))
        guard code == 0 else {
            close(file)
            throw unusable(code)
        }
        return file
    }

    private func unusable(_ code: Int32) -> Fault {
        Fault(
            .inputOutput, "anchor", "the anchor \(path) cannot be read or written (errno \(code))",
            hint: "check the folder and the disk, then run: secret verify")
    }
}
