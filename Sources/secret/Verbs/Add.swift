import ArgumentParser
import Lifecycle
import Sealing
import Wire

struct Add: Verb {
    static let configuration = CommandConfiguration(
        commandName: "add", abstract: "Store a token that you paste, and ask its provider whether it works.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument
    @OptionGroup var store: StoreOptions

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        let order = try store.order(for: name)
        if try Agent(common: common).connect().welcome.vault == .none {
            // Two JSON documents, one of them with a recovery code, are no answer for a script.
            if common.json {
                _ = try Agent(common: common).ask(.slots)  // tells why there is none
                throw Fault.noVault
            }
            voice.say("there is no vault yet; one is made first")
            try Initialization(common: common).run()
        }
        let paste = try store.paste(for: name, verb: "add", common)
        let report = try Storing(common: common, verb: "add").store(order, paste) { .add($0) }
        try voice.show(report, "")
        if !common.json { StoreText(report).lines.forEach(voice.say) }
        return .done
    }
}

/// Sends an order, puts its questions to the person, and sends it again with the answers.
struct Storing {
    let common: CommonOptions
    /// `add` or `rotate`.
    let verb: String

    func store(_ order: StoreOrder, _ paste: SecretBox, _ request: (StoreOrder) -> Request) throws(Fault) -> StoreReport
    {
        var order = order
        for _ in 0..<4 {
            switch try Agent(common: common).ask(request(order), secret: paste).0 {
            case .stored(let report): return report
            case .question(let question):
                try Consent(common: common, command: "secret \(verb) \(order.name)").require(question)
                order.accepted.insert(question.topic)
            default: throw Fault.unexpectedAnswer
            }
        }
        throw Fault(.fault, "questions", "the daemon asks the same again and again", hint: "secret daemon stop")
    }
}

/// A question that only a person may answer.
struct Consent {
    let common: CommonOptions
    /// What a person runs again with an answer.
    let command: String
    /// What a person who declined may run; nil for storing without a probe.
    var instead: String?

    /// - Throws: exit code 64 when there is nobody to ask, 77 when the person declined.
    func require(_ question: Question) throws(Fault) {
        if common.yes {
            Voice(common).say(question.text)
            return
        }
        guard !common.noInput, let terminal = Terminal() else {
            throw Fault(
                .usage, "needs_answer", "this needs an answer: \(question.text)",
                hint: question.topic == .probe
                    ? "agree with `\(command) --yes`, or ask nobody with `\(command) --probe passive`"
                    : command + " --yes")
        }
        guard terminal.agrees(to: question.text + " Agree?") else {
            throw Fault(
                .notPermitted, "declined", "declined; nothing was \(instead == nil ? "stored" : "asked")",
                hint: instead ?? (question.topic == .probe ? command + " --probe passive" : "claude setup-token"))
        }
    }
}

/// What a person is told about a stored paste, a line each.
struct StoreText {
    let lines: [String]

    init(_ report: StoreReport) {
        let credential = report.credential
        var lines: [String] = []
        if let removed = report.removed { lines.append(removed) }
        lines += report.notes.map { "note: \($0)" }
        let role = report.role == .live ? "" : " as \(report.role.rawValue)"
        lines.append(
            "stored \(credential.name)\(role): \(credential.kind), \(report.length) characters, fingerprint \(report.fingerprint)"
        )
        if let outcome = report.outcome {
            lines.append("the provider says: \(outcome.outcome.rawValue) (\(outcome.reason))")
        }
        lines.append(
            "state: \(credential.state.rawValue)" + (credential.nextProbeAt.map { ", next probe \($0)" } ?? ""))
        if let end = credential.expiresAt { lines.append("expires: \(end) (\(credential.expirySource))") }
        self.lines = lines
    }
}
