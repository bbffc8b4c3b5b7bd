import Wire

/// Looks at the command line before anything else does: a token has no place there, and no error may repeat one.
struct ArgumentGuard {
    private let arguments: [String]
    /// What tokens begin with; such an argument is refused unread.
    private static let tokenMarks = [
        "sk-", "ghp_", "gho_", "ghu_", "ghs_", "github_pat_", "glpat-", "xox", "hf_", "gsk_", "AIza",
    ]

    init(_ arguments: [String]) { self.arguments = arguments }

    /// - Throws: exit code 64 for a token on the command line and for a verb that does not exist.
    func check(verbs: [String]) throws(Fault) {
        let own = arguments.prefix { $0 != "--" }
        if own.contains(where: isTokenOption) || arguments.contains(where: isToken) {
            throw Fault(
                .usage, "token_on_command_line",
                "a token was given on the command line, where every program of this machine and the shell's history can read it",
                hint: "revoke it at its provider, make a new one, and paste that when asked")
        }
        guard let verb = arguments.first, !verb.hasPrefix("-"), verb != "help", !verbs.contains(verb) else { return }
        let near = verbs.min { Self.distance($0, verb) < Self.distance($1, verb) }
        let hint = near.flatMap { Self.distance($0, verb) <= 2 ? "secret \($0)" : nil } ?? "secret --help"
        throw Fault(.usage, "unknown_verb", "there is no verb \(shown(verb))", hint: hint)
    }

    /// A mark that no letter or digit precedes, and enough behind it: less where a value begins than in the middle of one, where a
    /// credential's own name may look alike.
    private func isToken(_ argument: String) -> Bool {
        var before: Character = "="
        for start in argument.indices {
            defer { before = argument[start] }
            guard !before.isLetter, !before.isNumber else { continue }
            let rest = argument[start...]
            guard let mark = Self.tokenMarks.first(where: rest.hasPrefix) else { continue }
            let length = rest.dropFirst(mark.count).prefix { $0.isLetter || $0.isNumber || "-_.".contains($0) }.count
            if length >= (before == "=" ? 12 : 20) { return true }
        }
        return false
    }

    /// Of ours; a command that `run` starts may have one for something else.
    private func isTokenOption(_ argument: String) -> Bool { argument == "--token" || argument.hasPrefix("--token=") }

    /// The parser's words as ours, without arguments that might be secret.
    func fault(parserSaid message: String) -> Fault {
        var text = message
        for (place, argument) in arguments.enumerated() where !argument.isEmpty && !isPlainOption(argument) {
            text = text.replacing("'\(argument)'", with: "number \(place + 1)")
        }
        let line = text.split(separator: "\n").first.map(String.init) ?? "the command line cannot be read"
        let plain = line.replacing("<", with: "").replacing(">", with: "")
        let verb = arguments.first { !$0.hasPrefix("-") } ?? ""
        let lowered = (plain.first?.lowercased() ?? "") + plain.dropFirst()
        return Fault(
            .usage, "usage", lowered.hasSuffix(".") ? String(lowered.dropLast()) : lowered,
            hint: "secret help \(verb)".trimmed)
    }

    /// `--json` and its like hold no value.
    private func isPlainOption(_ argument: String) -> Bool {
        argument.hasPrefix("--") && argument.utf8.count <= 24 && !argument.contains("=")
    }

    private func shown(_ verb: String) -> String {
        let plain = verb.utf8.count <= 24 && verb.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
        return plain ? "\"\(verb)\"" : "like that"
    }

    /// Levenshtein distance, for "did you mean".
    private static func distance(_ left: String, _ right: String) -> Int {
        let right = Array(right.utf8)
        var row = Array(0...right.count)
        for (i, a) in left.utf8.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let cost = min(row[j + 1] + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = row[j + 1]
                row[j + 1] = cost
            }
        }
        return row[right.count]
    }
}

extension String {
    /// Without spaces at its end.
    var trimmed: String {
        var text = self[...]
        while text.last == " " { text = text.dropLast() }
        return String(text)
    }
}
