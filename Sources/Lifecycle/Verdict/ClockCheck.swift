/// Compares our clock with those of providers, so that a wrong one ends no token.
package struct ClockCheck: Equatable, Sendable {
    /// facts/providers.md §6: a difference that no slow reply explains.
    package static let tolerance = Duration.seconds(120)
    /// How often one host must say so, when no other does.
    package static let sayingsOfOneHost = 3

    private var doubters: [String] = []
    /// Hosts that disagreed when they were heard last.
    private var disagreeing: Set<String> = []
    /// What the last that disagreed said: our clock minus theirs.
    package private(set) var skew: Duration?

    package init() {}

    /// Two hosts, or one host three times, disagreed with us, and nobody agreed since.
    package var isDoubtful: Bool { Set(doubters).count > 1 || doubters.count >= Self.sayingsOfOneHost }

    /// One host's word is enough for what is asked of it alone.
    package func isDoubtful(for host: String) -> Bool { isDoubtful || disagreeing.contains(host) }

    /// A loopback address has this machine's own clock: that it agrees takes back its own doubt and nobody else's.
    ///
    /// - Parameter skew: our clock minus the host's.
    package mutating func heard(_ skew: Duration, from host: String, isLoopback: Bool = false) {
        guard skew > Self.tolerance || skew < .zero - Self.tolerance else {
            doubters.removeAll { !isLoopback || $0 == host }
            disagreeing = isLoopback ? disagreeing.subtracting([host]) : []
            if disagreeing.isEmpty { self.skew = nil }
            return
        }
        disagreeing.insert(host)
        doubters = doubters.suffix(Self.sayingsOfOneHost - 1) + [host]
        self.skew = skew
    }
}
