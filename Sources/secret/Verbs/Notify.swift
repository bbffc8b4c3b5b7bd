import ArgumentParser
import Lifecycle
import Wire

/// `notify`: how people are told what needs them; the part that runs in the person's session answers.
struct Notify: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "How you are told what needs you: desktop, a command, a webhook.",
        subcommands: [NotifyTest.self, NotifyStatus.self])
}

struct NotifyTest: Verb {
    static let configuration = CommandConfiguration(commandName: "test", abstract: "Send a test notice now.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("desktop, command or webhook.", valueName: "channel")) var channel: String

    func perform() throws(Fault) -> ExitCode {
        // A webhook's address may lie in the vault.
        _ = try? Agent(common: common).connect()
        return try SessionProgram.go(["notify", "test"], [channel], common)
    }
}

struct NotifyStatus: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show each channel, and why one fails.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode { try SessionProgram.go(["notify", "status"], [], common) }
}

/// `secret-session`, in place of this program.
enum SessionProgram {
    static func go(_ verb: [String], _ words: [String], _ common: CommonOptions) throws(Fault) -> ExitCode {
        let options = common.json ? ["--json"] : []
        return try Program.become("secret-session", verb + options + (words.isEmpty ? [] : ["--"] + words))
    }
}
