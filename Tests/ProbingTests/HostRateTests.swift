import Probing
import TestSupport
import Testing

@Suite struct HostRateTests {
    @Test func spacesRequestsToOneHostOnly() {
        let start = InstantClock.Instant(offset: .seconds(100))
        var bookings = HostBookings<InstantClock.Instant>(interval: .seconds(2))
        let table: [(host: String, now: Int, start: Int)] = [
            ("a:443", 0, 0), ("a:443", 0, 2), ("b:443", 0, 0), ("a:443", 1, 4), ("a:8443", 1, 1),
            ("b:443", 5, 5), ("a:443", 30, 30),
        ]
        for row in table {
            let booked = bookings.book(row.host, now: start.advanced(by: .seconds(row.now)))
            #expect(booked == start.advanced(by: .seconds(row.start)), "\(row.host) at \(row.now)")
        }
        #expect(bookings.hosts == 1, "hosts that nobody waits for are forgotten")
    }

    @Test func waitsForTheTurn() async throws {
        let clock = InstantClock()
        let rate = HostRate(interval: .seconds(2), clock: clock)
        for _ in 0..<5 { try await rate.turn(at: "a:443") }
        #expect(clock.now.offset == .seconds(8))
    }

    @Test func aThousandAtOnceKeepTheirDistance() async throws {
        let clock = InstantClock()
        let rate = HostRate(interval: .milliseconds(10), clock: clock)
        try await withThrowingTaskGroup { group in
            for _ in 0..<1000 { group.addTask { try await rate.turn(at: "a:443") } }
            try await group.waitForAll()
        }
        #expect(clock.now.offset >= .milliseconds(9990))
    }

    @Test func noIntervalIsNoWait() async throws {
        let clock = InstantClock()
        let rate = HostRate(interval: .zero, clock: clock)
        for _ in 0..<5 { try await rate.turn(at: "a:443") }
        #expect(clock.now.offset == .zero)
    }
}
