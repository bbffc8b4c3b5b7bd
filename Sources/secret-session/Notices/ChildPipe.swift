internal import CLinux
internal import Glibc
internal import Sealing

/// Both ends of a pipe to a child; closed when the value dies.
struct ChildPipe: ~Copyable {
    private(set) var reading: Int32
    private(set) var writing: Int32

    init() throws(ChannelFailure) {
        var ends: [Int32] = [-1, -1]
        guard unsafe linux_pipe(&ends) == 0 else { throw ChannelFailure(problem: "no pipe is to be had") }
        (reading, writing) = (ends[0], ends[1])
    }

    mutating func closeReading() { Self.close(&reading) }
    mutating func closeWriting() { Self.close(&writing) }

    /// What comes until the end or until the time is over, and no more than that; the rest is dropped.
    borrowing func text(atMost limit: Int, within milliseconds: Int32) -> String {
        var all: [UInt8] = []
        var room = [UInt8](repeating: 0, count: 1024)
        while true {
            var ready = pollfd(fd: reading, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&ready, 1, milliseconds) > 0 else { break }
            let count = unsafe read(reading, &room, room.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            all += room.prefix(min(count, limit - all.count))
        }
        return String(decoding: all, as: UTF8.self)
    }

    /// False when the other end is closed.
    borrowing func write(_ text: String) -> Bool {
        guard let bytes = try? SecretBytes(copying: Array(text.utf8).span) else { return text.isEmpty }
        return bytes.write(to: writing)
    }

    private static func close(_ end: inout Int32) {
        if end >= 0 { Glibc.close(end) }
        end = -1
    }

    deinit {
        if reading >= 0 { Glibc.close(reading) }
        if writing >= 0 { Glibc.close(writing) }
    }
}
