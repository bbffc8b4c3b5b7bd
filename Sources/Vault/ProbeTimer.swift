internal import Lifecycle
internal import Synchronization
internal import Wire

/// Runs what is due, when it is due, and sleeps in between.
package struct ProbeTimer: Sendable {
    private let vault: Vault
    private let alarm: Alarm
    private let surroundings: Surroundings
    /// Credentials asked about at the same time: while every provider is silent for its 10 s, enough for 100,000 twice a day.
    private static let breadth = 32
    /// The longest sleep: a clock that was set is noticed after it.
    private static let longestSleep = Duration.minutes(5)

    /// - Parameter alarm: rung by the vault whenever a due time changed.
    package init(_ vault: Vault, alarm: Alarm, surroundings: Surroundings) {
        self.vault = vault
        self.alarm = alarm
        self.surroundings = surroundings
    }

    /// Until the task is cancelled.
    package func run() async {
        let underWay = UnderWay()
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                do throws(Fault) {
                    await vault.scrub()
                    if underWay.beginSweep() { group.addTask { await sweep(underWay) } }
                    let room = Self.breadth - underWay.turns
                    let ids = room > 0 ? try await vault.takeTurns(limit: room) : []
                    underWay.begin(ids.count)
                    for id in ids { group.addTask { await serve(id, underWay) } }
                    // Who has no room waits for the end of a turn.
                    let due = room > ids.count ? try await vault.nextDue() : nil
                    let wait = due.map { $0 - surroundings.now() } ?? Self.longestSleep
                    if try await vault.countOn() { continue }
                    if wait > .zero { await alarm.wait(atMost: min(wait, Self.longestSleep)) }
                } catch {
                    surroundings.failed(error)
                    await alarm.wait(atMost: .seconds(30))
                }
            }
        }
    }

    private func serve(_ id: RecordID, _ underWay: UnderWay) async {
        await vault.serve(id)
        underWay.end()
        alarm.ring()
    }

    private func sweep(_ underWay: UnderWay) async {
        do throws(Fault) { try await vault.sweepItems() } catch { surroundings.failed(error) }
        underWay.endSweep()
    }
}

/// What the timer's tasks do now.
private final class UnderWay: Sendable {
    private let state = Mutex((turns: 0, isSweeping: false))

    var turns: Int { state.withLock(\.turns) }
    func begin(_ count: Int) { state.withLock { $0.turns += count } }
    func end() { state.withLock { $0.turns -= 1 } }

    /// False while the last one is not done.
    func beginSweep() -> Bool {
        state.withLock { state in
            defer { state.isSweeping = true }
            return !state.isSweeping
        }
    }

    func endSweep() { state.withLock { $0.isSweeping = false } }
}
