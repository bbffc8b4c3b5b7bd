import ArgumentParser
import Wire

struct Pause: Verb {
    static let configuration = CommandConfiguration(
        commandName: "pause", abstract: "Stop asking about a credential until it is resumed.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        try voice.done(Agent(common: common).ask(.pause(name)).0)
        return .done
    }
}
