internal import Glibc

/// What goes into a program and comes out of it while it runs, of any size, so that neither side waits for the other.
///
/// The descriptors stay their owner's and live longer than the value.
struct PipeTraffic {
    private(set) var received: [Int32: [UInt8]] = [:]
    private var open: Set<Int32>
    private let feeding: Int32?
    private var given: ArraySlice<UInt8>

    /// - Parameters:
    ///   - sources: the reading ends.
    ///   - feeding: a writing end that takes `given`, nil for none.
    init(from sources: [Int32], feeding: Int32?, _ given: [UInt8]) {
        open = Set(sources)
        self.feeding = feeding
        self.given = given[...]
        if let feeding { _ = fcntl(feeding, F_SETFL, O_NONBLOCK) }
    }

    var hasEnded: Bool { open.isEmpty }
    /// Nothing is left to be given: the owner may close the writing end.
    var isFed: Bool { given.isEmpty }

    /// Moves what can be moved, after a wait for something to move or for `ending` to become readable.
    mutating func move(beside ending: Int32, within milliseconds: Int32) throws(TestFault) {
        var questions = open.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
        questions.append(pollfd(fd: ending, events: Int16(POLLIN), revents: 0))
        if let feeding, !isFed { questions.append(pollfd(fd: feeding, events: Int16(POLLOUT), revents: 0)) }
        guard unsafe poll(&questions, nfds_t(questions.count), milliseconds) >= 0 else {
            guard errno == EINTR else { throw .system(call: "poll", errno: errno) }
            return
        }
        for question in questions where question.revents != 0 && question.fd != ending {
            if question.fd == feeding { try feed(question.fd) } else { try receive(question.fd) }
        }
    }

    private mutating func receive(_ source: Int32) throws(TestFault) {
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = unsafe read(source, &chunk, chunk.count)
        guard count >= 0 else { throw .system(call: "read", errno: errno) }
        received[source, default: []] += chunk.prefix(count)
        if count == 0 { open.remove(source) }
    }

    /// The owner keeps the other end too, so that a program that ends early breaks no pipe.
    private mutating func feed(_ target: Int32) throws(TestFault) {
        let count = unsafe given.withUnsafeBytes { bytes in unsafe write(target, bytes.baseAddress, bytes.count) }
        if count >= 0 {
            given = given.dropFirst(count)
        } else if errno != EAGAIN {
            throw .system(call: "write", errno: errno)
        }
    }
}
