internal import Glibc
package import Lifecycle

extension Timestamp {
    /// The wall clock (clock_gettime(2), CLOCK_REALTIME).
    @Sendable package static func current() -> Timestamp {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }
}
