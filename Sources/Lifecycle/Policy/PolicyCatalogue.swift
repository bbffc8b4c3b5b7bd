/// All kinds that this program knows, with unique ids.
package struct PolicyCatalogue: Sendable {
    /// By priority, the highest first, then by id.
    package let policies: [Policy]
    private let places: [String: Int]

    /// - Parameter checked: those whose fixtures are searched for tokens; nil for all.
    /// - Throws: for two policies with one id, and for a fixture that holds what looks like a token.
    package init(_ policies: [Policy], checked: [Policy]? = nil) throws(FormatProblem) {
        self.policies = policies.sorted { ($1.priority, $0.id) < ($0.priority, $1.id) }
        var places: [String: Int] = [:]
        for (place, policy) in self.policies.enumerated() {
            guard places.updateValue(place, forKey: policy.id) == nil else {
                throw FormatProblem(path: "id", message: "two policies are called \(policy.id)")
            }
        }
        self.places = places
        try lintFixtures(of: checked ?? policies)
    }

    package subscript(id id: String) -> Policy? { places[id].map { policies[$0] } }

    /// What a paste is compared with, in order.
    package var pasteKinds: [PasteKind] { policies.flatMap(PasteKind.all) }

    /// What tokens begin with that renew others and are never stored.
    package var refreshPrefixes: [String] { policies.flatMap(\.refreshPrefixes) }

    /// How many of a value's first bytes are those that all of its kind begin with, as `sk-ant-oat01-`; 0 for no kind that is known.
    package func publicCount(of value: Span<UInt8>) -> Int {
        let prefixes = policies.flatMap(\.formats).flatMap(\.prefixes).map { Array($0.utf8) }
        let fitting = prefixes.filter { prefix in
            prefix.count <= value.count && prefix.indices.allSatisfy { prefix[$0] == value[$0] }
        }
        return fitting.map(\.count).max() ?? 0
    }

    private func lintFixtures(of checked: [Policy]) throws(FormatProblem) {
        for policy in checked {
            for fixture in policy.fixtures {
                let texts = [fixture.reply.body] + fixture.reply.headers.values
                guard !texts.contains(where: holdsToken) else {
                    let path = "\(policy.id).fixtures.\(fixture.name)"
                    throw FormatProblem(path: path, message: "holds what looks like a token")
                }
            }
        }
    }

    private func holdsToken(_ text: String) -> Bool {
        policies.contains { policy in
            policy.formats.contains { $0.mayOccur(in: Array(text.utf8)) }
        }
    }
}

extension TokenFormat {
    /// A prefix at the start of a word and at least 16 characters of the alphabet behind it; two letters alone tell nothing.
    fileprivate func mayOccur(in bytes: [UInt8]) -> Bool {
        prefixes.filter { $0.utf8.count > 2 }.contains { prefix in
            bytes.indices.contains { start in
                let rest = bytes[start...]
                let atWordStart = start == 0 || !Alphabet.base64url.contains(bytes[start - 1])
                return atWordStart && rest.starts(with: prefix.utf8)
                    && rest.dropFirst(prefix.utf8.count).prefix(16).filter(contains).count == 16
            }
        }
    }
}
