/// When to ask again: pure, from what is known after an outcome.
package struct Schedule: Equatable, Sendable {
    package var interval: Duration
    /// Waits after the first, second, ... bad answer of a suspect; behind the last one, twice as long.
    package var recheck: [Duration]
    package var backoffFirst: Duration
    package var backoffMost: Duration

    package init(interval: Duration, recheck: [Duration], backoffFirst: Duration, backoffMost: Duration) {
        self.interval = interval
        self.recheck = recheck
        self.backoffFirst = backoffFirst
        self.backoffMost = backoffMost
    }

    /// The longest wait between questions about a suspect (facts/providers.md §6: every 2 h).
    package static let suspectMost = Duration.hours(2)
    /// facts/providers.md §6: a dead token is asked once a day for 7 days, then only on request.
    package static let deadInterval = Duration.days(1)
    package static let deadSpan = Duration.days(7)
    /// facts/providers.md §6: interval x (1 ± 15 %).
    package static let jitter = 0.15

    /// The next time to ask about a version, or nil when only a person asks.
    ///
    /// - Parameter seed: stable for the credential, so that a restart moves nothing and credentials spread out.
    package func due(after outcome: Outcome, standing: Standing, seed: UInt64, now: Timestamp) -> Timestamp? {
        let wanted = regular(standing: standing, seed: seed, now: now)
        guard let retry = outcome.retryAfterMilliseconds else { return wanted }
        return wanted.map { max($0, now + .milliseconds(retry)) }
    }

    /// facts/providers.md §6 lets a host be asked every 2 s; imports leave room for what is due besides.
    package static let importSpacing = Duration.seconds(10)

    /// When one of many credentials that are stored at once is asked about first: one after another as far as the interval reaches,
    /// the others at their own places in it, so that no number of them makes a burst.
    ///
    /// - Parameter place: how many were stored before it.
    package func firstDue(place: Int, seed: UInt64, now: Timestamp) -> Timestamp {
        let inLine = Self.importSpacing.milliseconds.multipliedReportingOverflow(by: Int64(place))
        guard inLine.overflow || inLine.partialValue >= interval.milliseconds else {
            return now + .milliseconds(inLine.partialValue)
        }
        return now + .milliseconds(Int64(mix(seed) % UInt64(max(1, interval.milliseconds))))
    }

    private func regular(standing: Standing, seed: UInt64, now: Timestamp) -> Timestamp? {
        if standing.failures > 0, standing.deadSince == nil {
            return now + spread(backoff(failures: standing.failures), seed: seed, now: now)
        }
        switch standing.verdict {
        case .suspect(let suspicion):
            let step = suspicion.count - 1
            let wait = recheck.indices.contains(step) ? recheck[step] : recheck.last.map { $0 * 2 }
            return now + min(wait ?? Self.suspectMost, Self.suspectMost)
        case .expired, .revoked, .refused:
            let since = standing.deadSince ?? now
            return now - since < Self.deadSpan ? now + spread(Self.deadInterval, seed: seed, now: now) : nil
        case .unverified, .healthy, .degraded, .miswired, .unproven:
            return slot(seed: seed, now: now)
        }
    }

    private func backoff(failures: Int) -> Duration {
        var wait = backoffFirst
        for _ in 1..<max(1, min(failures, 64)) where wait < backoffMost { wait = wait * 2 }
        return min(wait, backoffMost)
    }

    /// The credential's own place in the interval, nearest to one interval from now, so that credentials never bunch.
    private func slot(seed: UInt64, now: Timestamp) -> Timestamp {
        let length = max(1, interval.milliseconds)
        let phase = Int64(seed % UInt64(length))
        let earliest = now.milliseconds + length / 2
        let ahead = ((phase - earliest) % length + length) % length
        let place = earliest + ahead
        return now + spread(.milliseconds(place - now.milliseconds), seed: seed, now: now)
    }

    private func spread(_ wait: Duration, seed: UInt64, now: Timestamp) -> Duration {
        let mixed = mix(seed ^ UInt64(bitPattern: now.milliseconds))
        let unit = Double(mixed >> 11) / Double(UInt64(1) << 53)
        return .milliseconds(Int64(Double(wait.milliseconds) * (1 + Self.jitter * (2 * unit - 1))))
    }

    /// SplitMix64 (Steele, Lea, Flood 2014): a good spread from neighbouring inputs.
    private func mix(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
