package import Lifecycle

/// What a client sent: enough to see which provider it means and which credential it shows.
package struct ReceivedRequest: Sendable {
    package var method: String
    /// With its query.
    package var target: String
    /// Names in lower case.
    package var headers: [String: String]

    package init(method: String, target: String, headers: [String: String]) {
        self.method = method
        self.target = target
        self.headers = headers
    }

    /// The kind that it looks like most: same path, then same fixed headers, a credential, its prefix.
    package func likeliest(of policies: [Policy]) -> Policy? {
        policies.filter { path == $0.probe.request.path.prefix { $0 != "?" } }
            .max { (likeness($0), $1.id) < (likeness($1), $0.id) }
    }

    /// What stands where this kind of token is sent; nil when nothing does.
    package func credential(placedAs policy: Policy) -> String? {
        for header in policy.probe.request.headers where header.carriesToken {
            let parts = header.value.split(separator: "{{token}}", omittingEmptySubsequences: false)
            guard let value = headers[header.name.lowercased()], parts.count == 2,
                value.hasPrefix(parts[0]), value.hasSuffix(parts[1])
            else { continue }
            return String(value.dropFirst(parts[0].count).dropLast(parts[1].count))
        }
        return bearer(of: policy)
    }

    /// Clients show a key of a known form as a bearer too: `anthropic` 2.12 of PyPI.
    private func bearer(of policy: Policy) -> String? {
        guard let value = headers["authorization"], value.hasPrefix("Bearer ") else { return nil }
        let token = value.dropFirst("Bearer ".count)
        return policy.format.prefixes.contains(where: token.hasPrefix) ? String(token) : nil
    }

    private var path: Substring { target.prefix { $0 != "?" } }

    private func likeness(_ policy: Policy) -> Int {
        let request = policy.probe.request
        let fixed = request.headers.filter { !$0.carriesToken }
        let met = fixed.filter { headers[$0.name.lowercased()] == $0.value }.count
        let credential = credential(placedAs: policy)
        let prefix = policy.format.prefixes.filter { credential?.hasPrefix($0) ?? false }.map(\.utf8.count)
            .max()
        return (prefix ?? 0) * 100 + (2 * met - fixed.count) * 10 + (credential == nil ? 0 : 5)
            + (method == request.method ? 1 : 0)
    }
}
