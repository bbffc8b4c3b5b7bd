internal import Glibc

extension OutputSpan<UInt8> {
    /// Takes exactly `count` bytes from a call such as read(2).
    ///
    /// - Throws: `.inputFailed` with errno, or 0 when the input ended early.
    package mutating func fill(
        _ count: Int, from source: (UnsafeMutablePointer<UInt8>, Int) -> Int
    ) throws(SealingError) {
        let end = self.count + count
        while self.count < end {
            let got = unsafe readOnce(atMost: end - self.count, from: source)
            if got < 0, errno == EINTR { continue }
            guard got > 0 else { throw .inputFailed(errno: got < 0 ? errno : 0) }
        }
    }

    /// Calls `source` once with the free room; returns what it returned.
    package mutating func readOnce(atMost most: Int, from source: (UnsafeMutablePointer<UInt8>, Int) -> Int) -> Int {
        unsafe withUnsafeMutableBufferPointer { room, initialized in
            guard let start = room.baseAddress else { return 0 }
            let got = unsafe source(start + initialized, min(most, room.count - initialized))
            if got > 0 { initialized += got }
            return got
        }
    }
}

extension SecretBytes {
    /// Reads a descriptor to its end.
    ///
    /// - Throws: `.tooLarge` when more than `capacity` bytes come, `.inputFailed`, `.lockedMemoryExhausted`.
    package static func reading(_ descriptor: Int32, capacity: Int) throws(SealingError) -> SecretBytes {
        let all = try SecretBytes(capacity: capacity + 1) { output throws(SealingError) in
            while output.freeCapacity > 0 {
                let got = unsafe output.readOnce(atMost: capacity + 1) { room, size in
                    unsafe read(descriptor, room, size)
                }
                if got < 0, errno == EINTR { continue }
                guard got >= 0 else { throw .inputFailed(errno: errno) }
                if got == 0 { break }
            }
        }
        guard all.count <= capacity else { throw .tooLarge(bytes: all.count) }
        return all
    }

    /// Writes all of it to a descriptor; false with errno when that failed.
    package borrowing func write(to descriptor: Int32) -> Bool {
        let count = self.count
        return unsafe withPointer { bytes in
            var written = 0
            while written < count {
                let result = unsafe Glibc.write(descriptor, bytes + written, count - written)
                if result < 0, errno == EINTR { continue }
                guard result > 0 else { return false }
                written += result
            }
            return true
        }
    }
}
