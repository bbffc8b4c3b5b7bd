import ArgumentParser
import Wire

struct Undo: Verb {
    static let configuration = CommandConfiguration(
        commandName: "undo", abstract: "Go back to the previous value while it is kept.")
    @OptionGroup var common: CommonOptions
    @OptionGroup var target: NameArgument

    func perform() throws(Fault) -> ExitCode {
        let name = try target.name()
        guard case .stored(let report) = try Agent(common: common).ask(.undo(name)).0 else {
            throw Fault.unexpectedAnswer
        }
        try voice.show(report, "")
        if !common.json { StoreText(report).lines.forEach(voice.say) }
        return .done
    }
}
