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

    private func name(_ text: String?) throws(Fault) -> CredentialName? {
        guard let text else { return nil }
        return try NameArgument.name(text)
    }

    private func report(_ query: StatusQuery) throws(Fault) -> StatusReport {
        guard case .status(let report) = try Agent(common: common).ask(.status(query)).0 else {
            throw Fault.unexpectedAnswer
        }
        return report
    }

    private func show(_ report: StatusReport) throws(Fault) {
        let now = Timestamp.current()
        try voice.show(report, text == nil ? StatusText.table(report, now: now) : StatusText.sheet(report, now: now))
    }
}
