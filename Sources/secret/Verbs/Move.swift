import ArgumentParser
import Wire

struct Move: Verb {
    static let configuration = CommandConfiguration(
        commandName: "move", abstract: "Hold the values of a credential in the login keyring, or in the vault again.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument
    @Option(help: ArgumentHelp("vault or keyring.", valueName: "home")) var to: String

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        let home = try ValueHome.named(to, option: "--to", verb: "move")
        try voice.done(Agent(common: common).ask(.move(name, to: home)).0)
        return .done
    }
}
