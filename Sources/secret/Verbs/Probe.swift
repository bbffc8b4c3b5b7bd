import ArgumentParser
import Lifecycle
import Wire

struct Probe: Verb {
    static let configuration = CommandConfiguration(
        commandName: "probe", abstract: "Ask providers now; a free request, and one confirmation.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Such as anthropic/main.", valueName: "name")) var text: String?
    @Flag(help: "Those that are due.") var due = false
    @Flag(help: "All whose probing is on.") var all = false

    private struct Report: Encodable { let probes: [ProbeResult] }

    func perform() throws(Fault) -> ExitCode {
        let names = try names()
        var results: [ProbeResult] = []
        for name in names {
            if names.count > 1 { voice.say("asking about \(name) (\(results.count + 1) of \(names.count))") }
            if let result = try ask(name, accepted: common.yes) { results.append(result) }
        }
        let isUnanswered = results.contains { $0.skipped == "the prober does not answer" }
        let fault = Fault(.unreachable, "prober", "the prober does not answer", hint: "secret daemon start")
        // Of two JSON documents on stdout a script reads neither.
        if isUnanswered, common.json { throw fault }
        try voice.show(Report(probes: results), results.map(line).joined(separator: "\n"))
        if isUnanswered { throw fault }
        return .done
    }

    private func line(_ result: ProbeResult) -> String {
        let said = result.outcome.map { "\($0.outcome.rawValue) (\($0.reason))" }
        return "\(result.name): \(said ?? "not asked: \(result.skipped ?? "")"), state \(result.state.rawValue)"
            + (result.action.map { "; run: \($0)" } ?? "")
    }

    private func names() throws(Fault) -> [CredentialName] {
        guard [text != nil, due, all].count(where: \.self) == 1 else {
            throw Fault(.usage, "probe_what", "give a name, --due or --all", hint: "secret probe --all")
        }
        if let text { return [try NameArgument.name(text)] }
        guard case .status(let status) = try Agent(common: common).ask(.status(StatusQuery())).0 else {
            throw Fault.unexpectedAnswer
        }
        guard !status.daemon.locked else { throw Fault.locked }
        let now = Timestamp.current().rfc3339
        return status.credentials.filter { credential in
            credential.probing == .on && (all || credential.nextProbeAt.map { $0 <= now } ?? false)
        }.map(\.name)
    }

    /// Nil when it was removed meanwhile.
    private func ask(_ name: CredentialName, accepted: Bool) throws(Fault) -> ProbeResult? {
        switch try Agent(common: common).ask(.probe(name, accepted: accepted)).0 {
        case .probed(let result): return result
        case .question(let question):
            try Consent(common: common, command: "secret probe \(name)", instead: "secret status \(name)").require(
                question)
            return try ask(name, accepted: true)
        default: throw Fault.unexpectedAnswer
        }
    }
}
