internal import Glibc
internal import Sealing

/// The inherited pipe or socket through which a key leaves this process; closed when the value dies.
struct KeyOutlet: ~Copyable {
    private let descriptor: Int32

    /// - Throws: a usage complaint for stdin, stdout, stderr, and for what is neither a pipe nor a socket:
    ///   a key that goes to a file or a terminal stays there.
    init(descriptor: Int32) throws(Complaint) {
        var status = stat()
        guard descriptor > STDERR_FILENO, unsafe fstat(descriptor, &status) == 0 else {
            throw .usage("--fd must name an inherited descriptor above 2")
        }
        guard [S_IFIFO, S_IFSOCK].contains(status.st_mode & S_IFMT) else {
            throw .usage("--fd must name a pipe or a socket")
        }
        signal(SIGPIPE, SIG_IGN)
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Writes `header`, which is public, and then the secret straight from its locked memory.
    borrowing func send(_ secret: borrowing SecretBytes, after header: [UInt8] = []) throws(Complaint) {
        try unsafe header.withUnsafeBufferPointer { bytes throws(Complaint) in
            guard let start = bytes.baseAddress else { return }
            try unsafe write(start, count: bytes.count)
        }
        try unsafe secret.withPointer { start throws(Complaint) in
            try unsafe write(start, count: secret.count)
        }
    }

    private borrowing func write(_ start: UnsafePointer<UInt8>, count: Int) throws(Complaint) {
        var sent = 0
        while sent < count {
            let written = unsafe Glibc.write(descriptor, start + sent, count - sent)
            if written >= 0 { sent += written } else if errno != EINTR { throw .output(errno: errno) }
        }
    }
}
