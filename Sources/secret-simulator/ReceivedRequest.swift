internal import Foundation
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

    /// Without its query.
    var path: Substring { Self.path(target) }

    /// The kinds that are asked at this path.
    package func candidates(of policies: [Policy]) -> [Policy] {
        policies.filter { policy in
            guard let request = policy.probe.request else { return false }
            return Self.values(in: path, as: Self.path(request.path)) != nil
        }
    }

    /// The kind that it looks like most: same path, then same fixed headers, a credential, its prefix.
    package func likeliest(of policies: [Policy]) -> Policy? {
        candidates(of: policies).max { (likeness($0), $1.id) < (likeness($1), $0.id) }
    }

    /// What stands where this kind of token is sent; nil when nothing does.
    package func credential(placedAs policy: Policy) -> String? {
        guard let request = policy.probe.request else { return nil }
        if Template(request.path).pieces.contains(.token) {
            return Self.values(in: Self.path(target), as: Self.path(request.path))?.first { !$0.isEmpty }
        }
        for header in request.headers where header.carriesToken {
            guard let value = headers[header.name.lowercased()],
                let shown = Self.values(in: value[...], as: header.value[...])?.first
            else { continue }
            let isBasic = Template(header.value).pieces.contains(.basic)
            return isBasic ? Data(base64Encoded: shown).map { String(decoding: $0, as: UTF8.self) } : shown
        }
        return bearer(of: policy)
    }

    /// Clients show a key of a known form as a bearer too: `anthropic` 2.12 of PyPI.
    private func bearer(of policy: Policy) -> String? {
        guard let value = headers["authorization"], value.hasPrefix("Bearer ") else { return nil }
        let token = value.dropFirst("Bearer ".count)
        return policy.formats.flatMap(\.prefixes).contains(where: token.hasPrefix) ? String(token) : nil
    }

    private static func path(_ target: String) -> Substring { target.prefix { $0 != "?" } }

    /// What fills the places of a template; nil when the text is not made from it.
    private static func values(in text: Substring, as template: Substring) -> [String]? {
        var rest = text
        var values: [String] = []
        let pieces = Template(String(template)).pieces
        for (index, piece) in pieces.enumerated() {
            if case .literal(let literal) = piece {
                guard rest.hasPrefix(literal) else { return nil }
                rest = rest.dropFirst(literal.count)
                continue
            }
            var end = rest.endIndex
            if index + 1 < pieces.count, case .literal(let next) = pieces[index + 1] {
                guard let found = rest.firstRange(of: next) else { return nil }
                end = found.lowerBound
            }
            values.append(String(rest[..<end]))
            rest = rest[end...]
        }
        return rest.isEmpty ? values : nil
    }

    private func likeness(_ policy: Policy) -> Int {
        guard let request = policy.probe.request else { return 0 }
        let fixed = request.headers.filter { !$0.carriesToken && $0.name != "user-agent" }
        let met = fixed.filter { headers[$0.name.lowercased()] == $0.value }.count
        let credential = credential(placedAs: policy)
        let prefix = policy.formats.flatMap(\.prefixes).filter { credential?.hasPrefix($0) ?? false }
            .map(\.utf8.count).max()
        return (prefix ?? 0) * 100 + (2 * met - fixed.count) * 10 + (credential == nil ? 0 : 5)
            + (method == request.method ? 1 : 0)
    }
}
