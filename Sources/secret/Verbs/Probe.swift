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
        let scope = try scope()
        let results = try ask(scope, accepted: common.yes)
        let text = results.map { result in
            let said =
                result.outcome.map { "\($0.outcome.rawValue) (\($0.reason))" } ?? "not asked: \(result.skipped ?? "")"
            return "\(result.name): \(said), state \(result.state.rawValue)"
                + (result.action.map { "; run: \($0)" } ?? "")
        }.joined(separator: "\n")
        try voice.show(Report(probes: results), text)
        if results.contains(where: { $0.skipped == "the prober does not answer" }) { return .unreachable }
        return .done
    }

    private func scope() throws(Fault) -> Request.ProbeScope {
        guard [text != nil, due, all].count(where: \.self) == 1 else {
            throw Fault(.usage, "probe_what", "give a name, --due or --all", hint: "secret probe --all")
        }
        guard let text else { return due ? .due : .all }
        do { return .one(try CredentialName(text)) } catch {
            throw Fault(.usage, "bad_name", error.message, hint: "secret list")
        }
    }

    private func ask(_ scope: Request.ProbeScope, accepted: Bool) throws(Fault) -> [ProbeResult] {
        switch try Agent(common: common).ask(.probe(scope, accepted: accepted)).0 {
        case .probed(let results): return results
        case .question(let question):
            guard !accepted, case .one(let name) = scope else { throw Fault.noSlots }
            try Consent(common: common).require(question, for: name)
            return try ask(scope, accepted: true)
        default: throw Fault.noSlots
        }
    }
}
