import ArgumentParser
import Wire

struct History: Verb {
    static let configuration = CommandConfiguration(
        commandName: "history", abstract: "Show what happened to a credential, newest first.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument
    @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 50

    private struct Report: Encodable { let history: [HistoryEntry] }

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        guard case .history(let entries) = try Agent(common: common).ask(.history(name, limit: limit)).0 else {
            throw Fault.unexpectedAnswer
        }
        let text = entries.map { entry in
            "\(entry.at)  \(entry.event)\(entry.version.map { "  v\($0)" } ?? "")  \(Printable.line(entry.detail))"
        }.joined(separator: "\n")
        try voice.show(Report(history: entries), text)
        return .done
    }
}
