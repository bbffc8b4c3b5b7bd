internal import CLinux
internal import Glibc

/// A process that is not the test's own child, such as a daemon that a command started.
package enum ForeignProcess {
    /// SIGKILL, and a wait for the end, which comes later than kill(2) returns.
    package static func kill(_ process: Int32, within time: Duration = .seconds(60)) throws(TestFault) {
        try waitForEnd(of: process, within: time) { Glibc.kill(process, SIGKILL) }
    }

    /// - Parameter cause: brings it about, once the process cannot be mistaken for another any more.
    package static func waitForEnd(
        of process: Int32, within time: Duration = .seconds(60), cause: () -> Void = {}
    ) throws(TestFault) {
        let ending = linux_pidfd(process)
        guard ending >= 0 else {
            if errno == ESRCH { return }
            throw .system(call: "pidfd_open", errno: errno)
        }
        defer { close(ending) }
        cause()
        try Readiness.wait(for: ending, until: .now + time)
    }
}
