internal import Glibc
internal import Lifecycle
internal import Sealing
internal import Wire

/// A prompt that ends in a working token: asks, hands the paste to the key holder, says what was wrong with it, and tells the answer.
struct TokenPrompt {
    let places: Places
    let name: CredentialName
    /// The pinentry to ask through.
    let program: String
    /// How often a person may paste.
    private static let mostPastes = 8

    /// - Returns: what became of the credential.
    /// - Throws: what the key holder says, exit code 77 when the person gave up, 69 without a window.
    func run() throws(Fault) -> StoreReport {
        let before = try status()
        let window = try Pinentry.start(program)
        let result = Result { () throws(Fault) in try ask(window, before) }
        window.end()
        return try result.get()
    }

    private func ask(_ window: borrowing Pinentry, _ before: CredentialReport) throws(Fault) -> StoreReport {
        var order = StoreOrder(name: name)
        var problem: String?
        for _ in 0..<Self.mostPastes {
            guard let paste = try window.paste(Self.description(of: before), error: problem) else {
                throw .declined(name)
            }
            do throws(Fault) {
                let report = try store(&order, paste, window)
                guard let refusal = Self.refusal(report) else {
                    try window.tell(Self.told(report))
                    return report
                }
                problem = refusal
            } catch {
                guard error.code == .refused else { throw error }
                problem = error.message
            }
        }
        throw .declined(name)
    }

    /// Sends the paste, and puts the questions that come back to the person.
    private func store(
        _ order: inout StoreOrder, _ paste: SecretBox, _ window: borrowing Pinentry
    ) throws(Fault) -> StoreReport {
        for _ in 0..<4 {
            switch try call(.rotate(order), secret: paste) {
            case .stored(let report): return report
            case .question(let question):
                guard try window.agrees(to: question.text) else { throw .declined(name) }
                order.accepted.insert(question.topic)
            default: throw .unexpectedAnswer
            }
        }
        throw .unexpectedAnswer
    }

    private static func description(of credential: CredentialReport) -> String {
        let command = credential.kind == "anthropic.setup-token" ? "; `claude setup-token` prints one" : ""
        return "\(credential.name) (\(credential.kind)) is \(credential.state.rawValue).\n"
            + "Paste a new token, all lines of it\(command)."
    }

    /// Why the provider did not take the new value; nil when it did, or did not say.
    private static func refusal(_ report: StoreReport) -> String? {
        guard report.role == .candidate, let outcome = report.outcome,
            outcome.outcome.isDeath || outcome.outcome == .wrongKind
        else { return nil }
        return "the provider refused this value (\(outcome.reason)); the one before stays"
    }

    private static func told(_ report: StoreReport) -> String {
        let name = report.credential.name
        guard report.role == .live else {
            return "\(name): no conclusive answer yet; the new value goes live by itself at the first good one"
        }
        let answer = report.outcome.map { "the provider says \($0.outcome.rawValue) (\($0.reason))" }
        return "\(name) is \(report.credential.state.rawValue): \(answer ?? "its provider was not asked yet")"
    }

    private func status() throws(Fault) -> CredentialReport {
        guard case .status(let report) = try call(.status(StatusQuery(name: name))),
            let credential = report.credentials.first
        else { throw .unexpectedAnswer }
        return credential
    }

    private func call(_ request: Request, secret: SecretBox? = nil) throws(Fault) -> Answer {
        let answer: Answer
        do {
            let client = try Client(socket: places.agentSocket, program: "secret-session prompt")
            answer =
                if let secret {
                    try client.call(request, secret: secret.bytes, as: Answer.self).0
                } else {
                    try client.call(request, as: Answer.self).0
                }
        } catch {
            throw Fault(.unreachable, "no_daemon", "the daemon cannot be reached", hint: "secret daemon status")
        }
        if case .failure(let fault) = answer { throw fault }
        return answer
    }
}

extension Fault {
    fileprivate static func declined(_ name: CredentialName) -> Fault {
        Fault(.notPermitted, "declined", "nothing was pasted; \(name) is as it was", hint: "secret rotate \(name)")
    }
    fileprivate static let unexpectedAnswer = Fault(
        .fault, "unexpected", "the daemon's answer is not the expected one", hint: "secret daemon stop")
}
