import ArgumentParser
import Wire

struct Remove: Verb {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Forget a credential, its values and its history.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        do throws(Fault) { _ = try Agent(common: common).ask(.status(StatusQuery(name: name))) } catch {
            // What is damaged can still be let go of.
            guard error.code == .damaged, error.id == "damaged" else { throw error }
        }
        if !common.yes {
            guard !common.noInput, let terminal = Terminal() else {
                throw Fault(.usage, "needs_answer", "removing needs an answer", hint: "secret remove \(name) --yes")
            }
            guard terminal.agrees(to: "remove \(name) and every value of it, for good?") else {
                throw Fault(.notPermitted, "declined", "declined; nothing was removed", hint: "secret status \(name)")
            }
        }
        try voice.done(Agent(common: common).ask(.remove(name)).0)
        return .done
    }
}
