internal import CLinux
internal import Glibc

/// The two ends of a pseudo-terminal (pty(7)).
package enum TerminalEnds {
    /// What a person types is written to `master`; a program gets `slave`. Both belong to the caller.
    package static func make() throws(TestFault) -> (master: Int32, slave: Int32) {
        var (master, slave) = (Int32(-1), Int32(-1))
        guard unsafe linux_terminal(&master, &slave) == 0 else { throw .system(call: "open /dev/ptmx", errno: errno) }
        return (master, slave)
    }
}
