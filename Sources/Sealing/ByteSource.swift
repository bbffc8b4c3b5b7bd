internal import Glibc

/// Where public bytes come from: a file, or what a test makes of one.
package protocol ByteSource {
    /// At least one byte; none at the end.
    ///
    /// - Throws: `.inputFailed`.
    func read(atMost count: Int) throws(SealingError) -> [UInt8]
}

/// Where public bytes go.
package protocol ByteSink {
    /// All of them.
    ///
    /// - Throws: `.outputFailed`.
    func write(_ bytes: [UInt8]) throws(SealingError)
}

extension ByteSource {
    /// - Throws: `.streamEndsEarly` when there are fewer, and what reading throws.
    func readExactly(_ count: Int) throws(SealingError) -> [UInt8] {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let part = try read(atMost: count - bytes.count)
            guard !part.isEmpty else { throw .streamEndsEarly }
            bytes += part
        }
        return bytes
    }
}

/// A descriptor as both; whoever opened it closes it.
package struct DescriptorBytes: ByteSource, ByteSink {
    private let descriptor: Int32

    package init(_ descriptor: Int32) { self.descriptor = descriptor }

    package func read(atMost count: Int) throws(SealingError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: count)
        while true {
            let got = unsafe Glibc.read(descriptor, &bytes, count)
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw .inputFailed(errno: errno) }
            return got == count ? bytes : Array(bytes[..<got])
        }
    }

    package func write(_ bytes: [UInt8]) throws(SealingError) {
        var written = 0
        while written < bytes.count {
            let result = unsafe bytes.withUnsafeBytes { source in
                unsafe source.baseAddress.map { unsafe Glibc.write(descriptor, $0 + written, bytes.count - written) }
                    ?? 0
            }
            if result < 0, errno == EINTR { continue }
            guard result > 0 else { throw .outputFailed(errno: result < 0 ? errno : 0) }
            written += result
        }
    }
}
