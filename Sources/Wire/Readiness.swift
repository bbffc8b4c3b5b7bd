internal import FoundationEssentials
internal import Glibc

/// How a daemon tells whoever started it that it answers, or why it does not: one JSON object on descriptor 3, then the end of file.
package enum Readiness {
    package static let descriptor: Int32 = 3

    private struct Word: Codable { var fault: Fault? }

    /// Tells the starter, if a pipe leads to one, and lets go of the descriptor; does nothing when there is no starter.
    package static func tell(_ fault: Fault?, started: Bool) {
        var facts = stat()
        guard started, unsafe fstat(descriptor, &facts) == 0, facts.st_mode & S_IFMT == S_IFIFO else { return }
        if let word = try? JSONEncoder().encode(Word(fault: fault)) {
            _ = unsafe word.withUnsafeBytes { bytes in unsafe write(descriptor, bytes.baseAddress, bytes.count) }
        }
        Glibc.close(descriptor)
    }

    /// What the daemon said; a fault of its own when it ended without a word or said nothing in time.
    package static func heard(on descriptor: Int32, program: String, within milliseconds: Int32) -> Fault? {
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 4096)
        while true {
            var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard unsafe poll(&waiting, 1, milliseconds) > 0 else {
                return Fault(
                    .unreachable, "daemon_slow", "\(program) did not start in time", hint: "secret daemon status")
            }
            let count = unsafe read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { break }
            bytes += chunk.prefix(count)
        }
        guard let word = try? JSONDecoder().decode(Word.self, from: Data(bytes)) else {
            return Fault(
                .unreachable, "daemon_ended", "\(program) ended while it started", hint: "secret daemon status")
        }
        return word.fault
    }
}
