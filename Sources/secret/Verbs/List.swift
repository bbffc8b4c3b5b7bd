import ArgumentParser
import Lifecycle
import Wire

struct List: Verb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Print the names, one a line.")
    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit: Int?
    @Option(help: ArgumentHelp("Names after this one.", valueName: "name")) var after: String?

    private struct Entry: Encodable {
        let name: String
        let kind: String
        let state: String
    }
    private struct Report: Encodable { let credentials: [Entry] }

    func perform() throws(Fault) -> ExitCode {
        if let limit, limit < 1 {
            throw Fault(.usage, "limit", "--limit takes a number from 1 up", hint: "secret list --limit 50")
        }
        var query = StatusQuery(limit: limit)
        query.after = try after.map { (text) throws(Fault) in try NameArgument.name(text) }
        var entries: [Entry] = []
        try StatusPages(common: common).forEach(query) { (report) throws(Fault) in
            guard !report.daemon.locked else { throw Fault.locked }
            if let left = report.uncounted { throw Fault.stillCounted(left) }
            let page = report.credentials.map {
                Entry(name: $0.name.description, kind: $0.kind, state: $0.state.rawValue)
            }
            if common.json { entries += page } else { try Voice.output(page.map(\.name).joined(separator: "\n")) }
        }
        if common.json { try voice.show(Report(credentials: entries), "") }
        return .done
    }
}

extension Fault {
    fileprivate static func stillCounted(_ left: Int) -> Fault {
        Fault(
            .notNow, "still_counted", "the vault was opened a moment ago; \(left) credentials are still being read",
            hint: "secret status")
    }
}
