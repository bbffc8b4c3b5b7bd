/// The last step towards an end that a person was told of: each is told once.
package struct Reminder: Equatable, Sendable, Codable {
    /// Another end begins anew.
    package let end: Timestamp
    /// How long before the end, in milliseconds; 0 for the end itself.
    package let stepMilliseconds: Int64

    package init(end: Timestamp, step: Duration) {
        self.end = end
        stepMilliseconds = step.milliseconds
    }

    /// A date that is counted from each reply (`expires_in`) moves a little with every one: within an hour it is the same.
    fileprivate func isAbout(_ other: Timestamp) -> Bool { max(end, other) - min(end, other) <= .hours(1) }

    /// `14d`, `12h`, or `past`.
    package var words: String {
        guard stepMilliseconds > 0 else { return "past" }
        let hours = stepMilliseconds / 3_600_000
        return hours % 24 == 0 ? "\(hours / 24)d" : "\(max(1, hours))h"
    }
}

extension Expiry {
    /// What a person is to be told now; nil when the step was told, when none has come, and when the provider contradicts an estimate.
    package func reminder(
        at now: Timestamp, warnBefore: [Duration], provenAt: Timestamp?, told: Reminder?
    ) -> Reminder? {
        guard deadline(now: now, warnBefore: warnBefore, provenAt: provenAt) != .none else { return nil }
        let step = now >= at ? .zero : warnBefore.filter { now >= at - $0 }.min() ?? .zero
        let reminder = Reminder(end: at, step: step)
        if let told, told.isAbout(at), told.stepMilliseconds <= reminder.stepMilliseconds { return nil }
        return reminder
    }

    /// When the next step comes; nil when the end is past.
    package func nextStep(after now: Timestamp, warnBefore: [Duration]) -> Timestamp? {
        (warnBefore.map { at - $0 } + [at]).filter { $0 > now }.min()
    }
}
