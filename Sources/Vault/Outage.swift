internal import Lifecycle

/// While this machine has no network, nobody is asked and no failure is counted.
struct Outage {
    private static let shortest = Duration.seconds(30)
    private static let longest = Duration.minutes(5)
    private var wait = shortest
    private(set) var until: Timestamp?

    /// When the next one may try, while the network is away.
    func rest(at now: Timestamp) -> Duration? {
        guard let until, now < until, until - now <= Self.longest else { return nil }
        return until - now
    }

    mutating func failed(at now: Timestamp) -> Duration {
        let rest = wait
        until = now + rest
        wait = min(wait * 2, Self.longest)
        return rest
    }

    mutating func ended() { self = Outage() }

    /// The reason code of an outcome that says so.
    static let reason = "offline"
}
