import ArgumentParser
import Lifecycle
import Wire

struct List: Verb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Print the names, one a line.")
    @OptionGroup var common: CommonOptions

    private struct Entry: Encodable {
        let name: String
        let kind: String
        let state: String
    }
    private struct Report: Encodable { let credentials: [Entry] }

    func perform() throws(Fault) -> ExitCode {
        guard case .status(let report) = try Agent(common: common).ask(.status(StatusQuery())).0 else {
            throw Fault.unexpectedAnswer
        }
        guard !report.daemon.locked else {
            throw Fault.locked
        }
        let entries = report.credentials.map {
            Entry(name: $0.name.description, kind: $0.kind, state: $0.state.rawValue)
        }
        try voice.show(Report(credentials: entries), entries.map(\.name).joined(separator: "\n"))
        return .done
    }
}
