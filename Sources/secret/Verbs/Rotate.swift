import ArgumentParser
import Lifecycle
import Wire

struct Rotate: Verb {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Replace a token by one that you paste; the old one stays until the new one works.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument
    @OptionGroup var store: StoreOptions
    @Flag(help: "Make it live whatever the provider says.") var now = false
    @Option(help: ArgumentHelp("How long to keep the old value, such as 24h.", valueName: "time")) var grace: String?

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        var order = try store.order(for: name)
        order.now = now
        if let grace {
            guard let time = Duration(shortText: grace) else {
                throw Fault(.usage, "grace", "--grace takes a time such as 24h", hint: "secret rotate --help")
            }
            order.graceMilliseconds = time.milliseconds
        }
        // Before anything is pasted: is there such a credential, and is the vault open?
        _ = try Agent(common: common).ask(.status(StatusQuery(name: name)))
        let paste = try store.paste(for: name, verb: "rotate", common)
        let report = try Storing(common: common, verb: "rotate").store(order, paste) { .rotate($0) }
        let code = try outcome(of: report, name)
        try voice.show(report, "")
        if !common.json { StoreText(report).lines.forEach(voice.say) }
        return code
    }

    /// Live is done; a candidate was refused, or waits for a conclusive answer.
    private func outcome(of report: StoreReport, _ name: CredentialName) throws(Fault) -> ExitCode {
        guard report.role == .candidate else { return .done }
        let refused = report.outcome.map { $0.outcome.isDeath || $0.outcome == .wrongKind } ?? false
        guard refused else {
            voice.say("no conclusive answer yet; it goes live by itself at the first good one")
            return .notNow
        }
        if !common.json { StoreText(report).lines.forEach(voice.say) }
        throw Fault(
            .refused, "candidate_refused",
            "the provider refused the new value (\(report.outcome?.reason ?? "no reason")); the old one stays live",
            hint: "secret rotate \(name)")
    }
}
