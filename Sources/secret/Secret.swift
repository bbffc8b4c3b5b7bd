import ArgumentParser
import Wire

/// The root of the command line; each verb is one file in `Verbs/`.
struct Secret: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret", abstract: "Keeps API tokens, and knows whether each still works.",
        version: buildVersion,
        subcommands: [
            Init.self, Add.self, Rotate.self, Undo.self, StatusVerb.self, Probe.self, ReportOutcome.self,
            PolicyVerb.self, History.self,
            List.self,
            Remove.self, Move.self, Read.self, Run.self, Inject.self, HelperVerb.self, Pause.self, Resume.self,
            Prompt.self, Notify.self,
            Unlock.self,
            Lock.self, Slot.self, Rekey.self, Verify.self, Audit.self, Import.self, Backup.self, Export.self,
            Restore.self,
            Daemon.self, Drill.self,
        ])
}

/// What every verb takes.
struct CommonOptions: ParsableArguments {
    @Flag(help: "Print JSON on stdout.") var json = false
    @Flag(help: "Say nothing on stderr but errors.") var quiet = false
    @Flag(help: "Never ask anything.") var noInput = false
    @Flag(help: "Ask nothing, accept what is announced.") var yes = false
}

/// A verb: it does its work or throws a `Fault`, and prints through `Voice`.
protocol Verb: ParsableCommand {
    var common: CommonOptions { get }
    /// - Returns: what the process ends with.
    func perform() throws(Fault) -> ExitCode
    /// Whether a person reads stderr, who is told at the end what needs them.
    var isForPerson: Bool { get }
    /// What needs a person is then as it was before.
    var changesNothing: Bool { get }
}

extension Verb {
    var voice: Voice { Voice(common) }
    var isForPerson: Bool { true }
    var changesNothing: Bool { false }
}

/// ArgumentParser has a type of the same name; ours is the one that verbs answer with.
typealias ExitCode = Wire.ExitCode
