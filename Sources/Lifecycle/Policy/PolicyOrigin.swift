/// Where a policy comes from.
package enum PolicyOrigin: Equatable, Sendable {
    case builtIn
    /// A person's own file; another content has another digest, and is another policy.
    case file(name: String, digest: String)

    /// `built-in`, or the file's name.
    package var words: String {
        switch self {
        case .builtIn: "built-in"
        case .file(let name, _): name
        }
    }

    /// Nil for what is built in.
    package var digest: String? {
        if case .file(_, let digest) = self { digest } else { nil }
    }
}

extension Policy {
    /// What a person must agree to before a token is sent by this policy instead of the known one; empty when it only tightens.
    ///
    /// - Parameter known: the built-in policy of the same id; nil when there is none.
    package func confirmations(insteadOf known: Policy?) -> [String] {
        guard let request = probe.request else { return [] }
        guard let known, let knownRequest = known.probe.request else {
            return ["a token is sent to \(probe.hosts.first ?? "a host"), by a request that the file says"]
        }
        var found: [String] = []
        let foreign = probe.hosts.filter { !known.probe.hosts.contains($0) }
        if !foreign.isEmpty {
            found.append("a token may be sent to \(foreign.joined(separator: ", "))")
        } else if probe.hosts.first != known.probe.hosts.first {
            found.append("\(probe.hosts.first ?? "another host") is asked first")
        }
        if request != knownRequest { found.append("another request is sent") }
        if parts != known.parts { found.append("another part of the value is sent") }
        return found + looserTerms(than: known)
    }

    private func looserTerms(than known: Policy) -> [String] {
        let modes: [ProbeSpecification.Mode] = [.off, .passive, .active]
        let profiles: [ConfirmationProfile] = [.explicit, .generic, .flaky]
        var found: [String] = []
        if known.probe.cost == .metered, probe.cost == .free { found.append("a billed request is called free") }
        if known.probe.consent != nil, probe.consent == nil {
            found.append("the question before the first request is left out")
        }
        if (modes.firstIndex(of: probe.mode) ?? 0) > (modes.firstIndex(of: known.probe.mode) ?? 0) {
            found.append("it is asked about by default")
        }
        if schedule.interval < known.schedule.interval || schedule.minimum < known.schedule.minimum {
            found.append("it is asked about more often, every \(schedule.interval.spoken)")
        }
        if (profiles.firstIndex(of: judgement.hysteresis) ?? 0)
            < (profiles.firstIndex(of: known.judgement.hysteresis) ?? 0)
        {
            found.append("a death is believed sooner")
        }
        return found
    }
}
