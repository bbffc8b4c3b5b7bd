/// One form of one kind of token, as far as a paste is compared with it.
package struct PasteKind: Equatable, Sendable {
    /// The id of a policy, such as `anthropic.setup-token`.
    package var id: String
    /// For people, such as `Anthropic setup-token`.
    package var display: String
    package var format: TokenFormat
    /// What makes a new one, such as `claude setup-token`.
    package var command: String?
    /// Where a person makes a new one.
    package var page: String?

    package init(
        id: String, display: String, format: TokenFormat, command: String? = nil, page: String? = nil
    ) {
        self.id = id
        self.display = display
        self.format = format
        self.command = command
        self.page = page
    }

    /// One for each form of the kind's tokens.
    package static func all(_ policy: Policy) -> [PasteKind] {
        policy.formats.map {
            PasteKind(
                id: policy.id, display: policy.display, format: $0, command: policy.replacement.command,
                page: policy.replacement.page)
        }
    }

    /// The name without what stands in parentheses, with its article.
    var spoken: String {
        let short = display.prefix { $0 != "(" }
        let name = short.last == " " ? short.dropLast() : short
        let isVowel = name.first.map { "AEIOUaeiou".contains($0) } ?? false
        return (isVowel ? "an " : "a ") + name
    }
}

/// Which kind a paste is, and how well it fits.
package struct KindGuess: Equatable, Sendable {
    package var kind: PasteKind
    package var finding: ShapeFinding
}

extension TokenFormat {
    /// All whole tokens are equally long, so the length alone tells where one ends.
    var hasOneLength: Bool { lengths.lowerBound == lengths.upperBound }

    /// The longest of its prefixes, in bytes.
    var longestPrefix: Int { prefixes.map(\.utf8.count).max() ?? 0 }
}

extension [PasteKind] {
    /// Forms of tokens that start with `prefix`, in the order in which they are tried: those of the wanted kind if it has one.
    func declaring(_ prefix: String, wanted: String?) -> [PasteKind] {
        let fitting = filter { $0.format.prefixes.contains(prefix) }
        let asked = fitting.filter { $0.id == wanted }
        let tried = asked.isEmpty ? fitting.filter { !$0.format.isNamedOnly } : asked
        return tried.sorted { $0.format.priority > $1.format.priority }
    }

    /// Forms that nothing begins, of the kind that was asked for.
    func bare(_ wanted: String?) -> [PasteKind] { filter { $0.id == wanted && $0.format.prefixes.isEmpty } }
}
