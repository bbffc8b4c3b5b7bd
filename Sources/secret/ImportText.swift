import Lifecycle
import Wire

/// What a person is told about an import, a line each.
struct ImportText {
    let lines: [String]
    /// So many are named; more are counted.
    private static let mostNamed = 20

    init(_ report: ImportReport) {
        let verb = report.isRehearsal ? "would import" : "imported"
        let kinds = report.kinds.sorted { $0.key < $1.key }.map { "\($0.value) \($0.key)" }.joined(separator: ", ")
        var lines: [String] = []
        if report.imported <= Self.mostNamed {
            lines += report.credentials.map { taken in
                "\(taken.name): \(taken.kind), \(taken.length) characters, fingerprint \(taken.fingerprint) (line \(taken.line))"
            }
        }
        for (reason, count) in report.left.sorted(by: { $0.key < $1.key }) {
            let places = report.skipped.filter { $0.reason.rawValue == reason }.prefix(Self.mostNamed).map(\.line)
            let words = ImportSkip(rawValue: reason)?.message ?? reason
            lines.append("left \(count) alone: \(words) (\(LineList(places, of: count)))")
        }
        let credentials = report.imported == 1 ? "credential" : "credentials"
        lines.append("\(verb) \(report.imported) \(credentials)" + (kinds.isEmpty ? "" : ": \(kinds)"))
        self.lines = lines
    }
}

/// `line 3`, `lines 3, 7`, `lines 3, 7 and 12 more`.
struct LineList: CustomStringConvertible {
    let description: String

    init(_ lines: some Collection<Int>, of count: Int) {
        let more = count - lines.count
        let numbers = lines.map(String.init).joined(separator: ", ")
        description = (count == 1 ? "line " : "lines ") + numbers + (more > 0 ? " and \(more) more" : "")
    }
}

/// What stays in clear in the file that was imported, and the command that removes what can be removed safely.
struct ClearRemains: Encodable {
    /// How many values of those that were imported.
    var values: Int
    /// Where they are, when only they may be removed.
    var lines: [Int]?
    var command: String?
    /// For people.
    private(set) var advice: [String] = []

    private enum CodingKeys: String, CodingKey { case values, lines, command }

    init(_ report: ImportReport, _ file: ImportedFile.Facts) {
        values = report.imported
        let others = report.left.values.reduce(0, +)
        if report.form == "tokenward_export" { values = 0 }
        guard values > 0 else { return }
        // A command with a name that a terminal does not show as it is would name another file.
        let name = file.path.flatMap { Printable.line($0) == $0 ? "\(ShellWord($0))" : nil }
        let what = values == 1 ? "this value" : "these \(values) values"
        advice.append("\(name ?? "what was read") still holds \(what) in clear, and so may backups and copies of it")
        if let name, file.mode & 0o077 != 0 { advice.append("others can read it until: chmod 600 \(name)") }
        switch report.form {
        case "openclaw_profiles":
            // facts/openclaw.md §2.7: from 2026.2.26 on; its files are never changed by another program.
            command = "openclaw secrets configure"
            advice.append("OpenClaw uses them until references stand in their place: openclaw secrets configure")
            advice.append("what is left then, is told by: openclaw secrets audit --check")
        case "claude_credentials":
            // `claude auth` came with 2.1.41 (facts/openclaw.md §5); not tried here.
            command = "claude auth logout"
            advice.append("Claude Code owns it and renews what is in it; to end that login: claude auth logout")
        case _ where others > 0:
            let places = report.credentials.map(\.line)
            lines = places
            advice.append(
                "there is more in it, so it is not to be deleted; remove \(LineList(places.prefix(100), of: values)) in an editor"
            )
        default:
            command = name.map { "shred -u \($0)" }
            if let command { advice.append("nothing else is in it; remove it with: \(command)") }
        }
    }
}
