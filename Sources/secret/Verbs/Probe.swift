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
    @Flag(help: "Send a request that the provider bills.") var spend = false

    private struct Report: Encodable { let probes: [ProbeResult] }

    func perform() throws(Fault) -> ExitCode {
        let targets = try targets()
        var results: [ProbeResult] = []
        var keyring: Fault?
        for (place, target) in targets.enumerated() {
            // A keyring that does not answer is waited for once.
            if let keyring, target.isHeld, !keyring.isOfOneItem { continue }
            if targets.count > 1 { voice.say("asking about \(target.name) (\(place + 1) of \(targets.count))") }
            do throws(Fault) {
                if let result = try ask(target.name, accepted: common.yes) { results.append(result) }
            } catch {
                guard target.isHeld, targets.count > 1, error.code == .unreachable || error.code == .notNow else {
                    throw error
                }
                keyring = error
                voice.say("\(target.name) was not asked about: \(error.message)")
            }
        }
        let isUnanswered = results.contains { $0.skipped == "the prober does not answer" }
        let prober = Fault(.unreachable, "prober", "the prober does not answer", hint: "secret daemon start")
        let fault = isUnanswered ? prober : keyring
        // Of two JSON documents on stdout a script reads neither.
        if let fault, common.json { throw fault }
        try voice.show(Report(probes: results), results.map { $0.line(unasked: "not asked") }.joined(separator: "\n"))
        if let fault { throw fault }
        return .done
    }

    /// - Returns: each with whether its value may lie in the keyring.
    private func targets() throws(Fault) -> [(name: CredentialName, isHeld: Bool)] {
        guard [text != nil, due, all].count(where: \.self) == 1 else {
            throw Fault(.usage, "probe_what", "give a name, --due or --all", hint: "secret probe --all")
        }
        guard !spend || text != nil else {
            throw Fault(.usage, "spend_what", "--spend goes with a name", hint: "secret status")
        }
        if let text { return [(try NameArgument.name(text), true)] }
        guard case .status(let status) = try Agent(common: common).ask(.status(StatusQuery())).0 else {
            throw Fault.unexpectedAnswer
        }
        guard !status.daemon.locked else { throw Fault.locked }
        let now = Timestamp.current().rfc3339
        return status.credentials.filter { credential in
            credential.probing == .on && (all || credential.nextProbeAt.map { $0 <= now } ?? false)
        }.map { ($0.name, $0.store == ValueHome.keyring.rawValue) }
    }

    /// Nil when it was removed meanwhile.
    private func ask(_ name: CredentialName, accepted: Bool) throws(Fault) -> ProbeResult? {
        switch try Agent(common: common).ask(.probe(name, accepted: accepted, spends: spend)).0 {
        case .probed(let result): return result
        case .question(let question):
            try Consent(common: common, command: "secret probe \(name)", instead: "secret status \(name)").require(
                question)
            return try ask(name, accepted: true)
        default: throw Fault.unexpectedAnswer
        }
    }
}

extension ProbeResult {
    /// - Parameter unasked: what it means that there is no outcome.
    func line(unasked: String) -> String {
        let said = outcome.map { "\($0.outcome.rawValue) (\($0.reason))" }
        return "\(name): \(said ?? "\(unasked): \(skipped ?? "")"), state \(state.rawValue)"
            + (action.map { "; run: \($0)" } ?? "")
    }
}

extension Fault {
    /// Says nothing about other items of the keyring.
    fileprivate var isOfOneItem: Bool { ["keyring_missing", "keyring_changed"].contains(id) }
}
