import ArgumentParser
import Lifecycle
import Wire

struct Prompt: Verb {
    static let configuration = CommandConfiguration(
        commandName: "prompt",
        abstract: "Ask for a new value in a window (pinentry), from scripts and cron; ends with a working token.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        // Nobody pastes in vain: the credential is there, and the vault is open.
        _ = try Agent(common: common).ask(.status(StatusQuery(name: name)))
        return try SessionProgram.go(["prompt"], [name.description], common)
    }
}
