internal import ArgumentParser
internal import Lifecycle
internal import Wire

/// `prompt`: asks through pinentry for a new value; `secret prompt` becomes it.
struct PromptVerb: SessionVerb {
    static let configuration = CommandConfiguration(
        commandName: "prompt", abstract: "Ask through pinentry for a new value of a credential.")
    @Flag var json = false
    @Argument var name: String

    func perform() throws(Fault) -> ExitCode {
        let places = ValueShelf.places
        guard let name = try? CredentialName(name) else {
            throw Fault(.usage, "bad_name", "that is no name", hint: "use a name such as anthropic/main")
        }
        let settings = try SessionDaemon.settings(places)
        let report = try TokenPrompt(places: places, name: name, program: Pinentry.program(settings.notify)).run()
        let outcome = report.outcome.map { ": \($0.outcome.rawValue) (\($0.reason))" } ?? ""
        try show(report, "\(name) is \(report.credential.state.rawValue)\(outcome)")
        return report.role == .live ? .done : .notNow
    }
}
