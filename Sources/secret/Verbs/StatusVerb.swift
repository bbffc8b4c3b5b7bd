import ArgumentParser
import Glibc
import Lifecycle
import Wire

struct StatusVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show what is stored and whether it works; no character of any value.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Such as anthropic/main.", valueName: "name")) var text: String?
    @Flag(help: "Exit 1 when a person is needed, 2 when an end is near.") var check = false
    @Flag(help: "Show it again whenever it changes, until stopped.") var watch = false
    @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit: Int?
    @Option(help: ArgumentHelp("Names after this one.", valueName: "name")) var after: String?

    func perform() throws(Fault) -> ExitCode {
        if let limit, limit < 1 {
            throw Fault(.usage, "limit", "--limit takes a number from 1 up", hint: "secret status --limit 50")
        }
        let query = StatusQuery(name: try name(text), limit: limit, after: try name(after))
        var shown = try report(query)
        try show(shown)
        while watch {
            _ = poll(nil, 0, 1000)
            let next = try report(query)
            guard next != shown else { continue }
            shown = next
            try show(shown)
        }
        if !common.json { tellRest(shown) }
        if shown.daemon.locked {
            if !common.json { voice.say("the vault is locked; run: secret unlock") }
            return .notNow
        }
        guard shown.damaged == 0 else {
            throw Fault(
                .damaged, "damaged", "\(shown.damaged) records were changed outside of Tokenward and are left out",
                hint: "secret list")
        }
        return check ? ExitCode(rawValue: shown.check) ?? .fault : .done
    }

    /// What a table does not show.
    private func tellRest(_ report: StatusReport) {
        let all = report.summary?.values.reduce(0, +) ?? 0
        if let last = report.credentials.last, all > report.credentials.count {
            let counts = State.allCases.compactMap { state in
                report.summary?[state.rawValue].map { "\($0) \(state.rawValue)" }
            }
            voice.say("of \(all): \(counts.joined(separator: ", ")); the next: secret status --after \(last.name)")
        }
        if let uncounted = report.uncounted {
            voice.say("\(uncounted) credentials are still being read and are not among these")
        }
    }

    private func name(_ text: String?) throws(Fault) -> CredentialName? {
        guard let text else { return nil }
        return try NameArgument.name(text)
    }

    private func report(_ query: StatusQuery) throws(Fault) -> StatusReport {
        let pages = StatusPages(common: common)
        if common.json { return try pages.whole(query) }
        var first = query
        first.limit = min(query.limit ?? StatusPages.size, StatusPages.size)
        return try pages.ask(first)
    }

    private func show(_ report: StatusReport) throws(Fault) {
        let now = Timestamp.current()
        try voice.show(report, text == nil ? StatusText.table(report, now: now) : StatusText.sheet(report, now: now))
    }
}
