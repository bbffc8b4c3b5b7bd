internal import CLinux
internal import Glibc

/// A pipe(2) whose two ends are close-on-exec, so that children that run beside it do not hold it open.
package struct PipeEnds: ~Copyable {
    package private(set) var reading: Int32
    package private(set) var writing: Int32

    package init() throws(TestFault) {
        var ends: [Int32] = [-1, -1]
        guard unsafe linux_pipe(&ends) == 0 else { throw .system(call: "pipe2", errno: errno) }
        // Above the numbers that a child's own descriptors get, so that filling one never overwrites another.
        let moved = ends.map { fcntl($0, F_DUPFD_CLOEXEC, 64) }
        for end in ends { close(end) }
        guard moved.allSatisfy({ $0 >= 0 }) else { throw .system(call: "fcntl", errno: errno) }
        reading = moved[0]
        writing = moved[1]
    }

    deinit {
        if reading >= 0 { close(reading) }
        if writing >= 0 { close(writing) }
    }

    /// So that the reader sees the end once every other writer is gone.
    package mutating func closeWriting() {
        close(writing)
        writing = -1
    }

    /// So that a writer gets EPIPE.
    package mutating func closeReading() {
        close(reading)
        reading = -1
    }

    package borrowing func write(_ bytes: [UInt8]) throws(TestFault) {
        let written = unsafe Glibc.write(writing, bytes, bytes.count)
        guard written == bytes.count else { throw .system(call: "write", errno: errno) }
    }

    /// What comes until the end of file, or until `isEnough`.
    package borrowing func read(
        within time: Duration, until isEnough: ([UInt8]) -> Bool = { _ in false }
    ) throws(TestFault) -> [UInt8] {
        let deadline = ContinuousClock.now + time
        var all: [UInt8] = []
        while !isEnough(all) {
            try Readiness.wait(for: reading, until: deadline)
            var chunk = [UInt8](repeating: 0, count: 65_536)
            let count = unsafe Glibc.read(reading, &chunk, chunk.count)
            guard count >= 0 else { throw .system(call: "read", errno: errno) }
            if count == 0 { break }
            all += chunk.prefix(count)
        }
        return all
    }
}

/// poll(2) with a deadline: how tests wait for something to happen without sleeping for time to pass.
package enum Readiness {
    package static func wait(for descriptor: Int32, until deadline: ContinuousClock.Instant) throws(TestFault) {
        repeat {
            let left = ContinuousClock.now.duration(to: deadline)
            var question = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            let milliseconds = max(
                0, left.components.seconds * 1_000 + left.components.attoseconds / 1_000_000_000_000_000)
            let answers = unsafe poll(&question, 1, Int32(milliseconds))
            if answers > 0 { return }
            if answers == 0 { throw .late("descriptor \(descriptor)") }
        } while errno == EINTR
        throw .system(call: "poll", errno: errno)
    }
}
