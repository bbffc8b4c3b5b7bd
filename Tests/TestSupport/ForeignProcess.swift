internal import CLinux
internal import Glibc

/// A process that is not the test's own child, such as a daemon that a command started.
package enum ForeignProcess {
    /// SIGKILL, and a wait for the end, which comes later than kill(2) returns.
    package static func kill(_ process: Int32, within time: Duration = .seconds(60)) throws(TestFault) {
        let ending = linux_pidfd(process)
        guard ending >= 0 else {
            if errno == ESRCH { return }
            throw .system(call: "pidfd_open", errno: errno)
        }
        defer { close(ending) }
        Glibc.kill(process, SIGKILL)
        try Readiness.wait(for: ending, until: .now + time)
    }
}
