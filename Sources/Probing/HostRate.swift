internal import Synchronization

/// Spaces requests to one host and port, first come first served; every request takes a turn, controls too.
package final class HostRate<Time: Clock<Duration>>: Sendable where Time.Instant: Sendable {
    private let clock: Time
    private let bookings: Mutex<HostBookings<Time.Instant>>

    /// - Parameter interval: the least time between two requests to one host, `probe.host_rate`.
    package init(interval: Duration, clock: Time) {
        self.clock = clock
        bookings = Mutex(HostBookings(interval: interval))
    }

    /// Returns when a request to `authority` may start; a cancelled caller's turn stays unused.
    package func turn(at authority: String) async throws(CancellationError) {
        let start = bookings.withLock { $0.book(authority, now: clock.now) }
        guard clock.now < start else { return }
        do { try await clock.sleep(until: start, tolerance: nil) } catch { throw CancellationError() }
    }
}

/// Who may start when: the state of `HostRate` without its waiting.
package struct HostBookings<Instant: InstantProtocol & Sendable>: Sendable
where Instant.Duration == Duration {
    package let interval: Duration
    private var free: [String: Instant] = [:]

    package init(interval: Duration) { self.interval = interval }

    /// The first free moment at `authority`, which is taken by this call.
    package mutating func book(_ authority: String, now: Instant) -> Instant {
        let start = max(now, free[authority] ?? now)
        free = free.filter { $0.value > now }
        free[authority] = start.advanced(by: interval)
        return start
    }

    /// Hosts that a new request would have to wait for, as far as known.
    package var hosts: Int { free.count }
}
