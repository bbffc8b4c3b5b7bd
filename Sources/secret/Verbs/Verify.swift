import ArgumentParser
import Wire

struct Verify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check the whole vault: file, manifest, records, journal, anchor.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode {
        guard case .verified(let report) = try Agent(common: common).ask(.verify).0 else {
            throw Fault.unexpectedAnswer
        }
        let counts = "\(report.credentials) credentials, \(report.versions) values, \(report.entries) journal entries"
        let findings = report.findings.map { "\($0.at): \($0.message)" }
        try voice.show(report, findings.isEmpty ? "all is well: \(counts)" : findings.joined(separator: "\n"))
        if report.freshness != "anchored", !common.json {
            voice.say("whether this is the newest state is not known: there was no anchor, or it cannot be written")
        }
        guard report.findings.isEmpty else {
            if common.json { return .damaged }
            throw Fault(
                .damaged, "verify_failed", "the vault fails its own check in \(report.findings.count) places",
                hint:
                    "take the last good state back with `secret restore`, or remove what is named with `secret remove`")
        }
        return .done
    }
}
