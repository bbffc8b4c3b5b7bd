import ArgumentParser
import Lifecycle
import Wire

/// `policy`: what is known of each kind; the part of Tokenward that reads policies answers.
struct PolicyVerb: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What is known of each kind of token, and your own files.",
        subcommands: [PolicyList.self, PolicyShow.self, PolicyCheck.self, PolicyTest.self])

    /// Goes on as the program that reads policies.
    static func go(_ verb: String, _ words: [String], _ common: CommonOptions) throws(Fault) -> ExitCode {
        try SessionProgram.go(["policy", verb], words, common)
    }
}

struct PolicyList: Verb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "All kinds, in one table.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode { try PolicyVerb.go("list", [], common) }
}

struct PolicyShow: Verb {
    static let configuration = CommandConfiguration(
        commandName: "show", abstract: "One kind in full: its shape, what is asked, and how answers are judged.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("Such as anthropic.setup-token.", valueName: "kind")) var kind: String

    func perform() throws(Fault) -> ExitCode { try PolicyVerb.go("show", [kind], common) }
}

struct PolicyCheck: Verb {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Read files of your own strictly; without a name, those in the configuration's folder policies.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("A policy file.", valueName: "file")) var files: [String] = []

    func perform() throws(Fault) -> ExitCode { try PolicyVerb.go("check", files, common) }
}

struct PolicyTest: Verb {
    static let configuration = CommandConfiguration(
        commandName: "test", abstract: "Judge every example answer of every kind, or of one kind or file.")
    @OptionGroup var common: CommonOptions
    @Argument(help: ArgumentHelp("A kind or a policy file.", valueName: "what")) var subjects: [String] = []

    func perform() throws(Fault) -> ExitCode { try PolicyVerb.go("test", subjects, common) }
}
