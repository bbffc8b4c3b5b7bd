internal import Lifecycle
internal import Synchronization
internal import Wire

/// Runs what is due, when it is due, and sleeps in between.
package struct ProbeTimer: Sendable {
    private let vault: Vault
    private let alarm: Alarm
    private let surroundings: Surroundings
    /// Credentials asked about at the same time.
    private static let breadth = 8
    /// The longest sleep: a clock that was set, or a machine that slept, is noticed after it.
    private static let longestSleep = Duration.minutes(5)

    /// - Parameter alarm: rung by the vault whenever a due time changed.
    package init(_ vault: Vault, alarm: Alarm, surroundings: Surroundings) {
        self.vault = vault
        self.alarm = alarm
        self.surroundings = surroundings
    }

    /// Until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            do throws(Fault) {
                await vault.scrub()
                try await vault.sweepItems()
                let due = try await vault.nextDue()
                let wait = due.map { $0 - surroundings.now() } ?? Self.longestSleep
                if wait > .zero {
                    await alarm.wait(atMost: min(wait, Self.longestSleep))
                } else {
                    try await vault.tick(limit: Self.breadth)
                }
            } catch {
                surroundings.failed(error)
                await alarm.wait(atMost: .seconds(30))
            }
        }
    }
}

/// A bell with a time limit: one waits, any number ring.
package final class Alarm: Sendable {
    private struct Bell {
        var rung = false
        var waiting: CheckedContinuation<Void, Never>?
    }
    private let bell = Mutex(Bell())

    package init() {}

    package func ring() {
        let waiting = bell.withLock { bell in
            defer { bell.waiting = nil }
            bell.rung = bell.waiting == nil
            return bell.waiting
        }
        waiting?.resume()
    }

    /// Returns when the alarm rings, rang before, or the time is over.
    func wait(atMost limit: Duration) async {
        let sleeper = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { ring() }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = bell.withLock { bell in
                    if bell.rung || Task.isCancelled {
                        bell.rung = false
                        return true
                    }
                    bell.waiting = continuation
                    return false
                }
                if ready { continuation.resume() }
            }
        } onCancel: {
            ring()
        }
        sleeper.cancel()
    }
}
