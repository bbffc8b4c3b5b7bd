import ArgumentParser
import Wire

struct Resume: Verb {
    static let configuration = CommandConfiguration(commandName: "resume", abstract: "Ask about a credential again.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        try voice.done(Agent(common: common).ask(.resume(name)).0)
        return .done
    }
}
