import ArgumentParser
import Wire

struct Audit: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "The journal of everything that happened in the vault.",
        subcommands: [AuditList.self, AuditVerify.self], defaultSubcommand: AuditList.self)
}

struct AuditList: Verb {
    static let configuration = CommandConfiguration(commandName: "list", abstract: "Show the journal, newest first.")
    @OptionGroup var common: CommonOptions
    @Option(help: ArgumentHelp("At most so many.", valueName: "n")) var limit = 50
    @Option(help: ArgumentHelp("Entries before this number.", valueName: "n")) var before: UInt64?

    func perform() throws(Fault) -> ExitCode {
        guard limit >= 1 else {
            throw Fault(.usage, "limit", "--limit takes a number from 1 up", hint: "secret audit --limit 50")
        }
        guard case .audit(let entries) = try Agent(common: common).ask(.audit(limit: limit, before: before)).0 else {
            throw Fault.unexpectedAnswer
        }
        struct Report: Encodable { let entries: [AuditEntry] }
        let lines = entries.map { entry in
            let place = entry.name.map { "\($0)" + (entry.version.map { " v\($0)" } ?? "") } ?? "vault"
            return "\(entry.sequence)\(entry.signed ? "*" : "") \(entry.at) \(place): \(entry.event): \(entry.detail)"
        }
        try voice.show(Report(entries: entries), lines.joined(separator: "\n"))
        return .done
    }
}

struct AuditVerify: Verb {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Check that no entry was changed, dropped, added or cut off.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode {
        guard case .auditVerified(let report) = try Agent(common: common).ask(.verifyAudit).0 else {
            throw Fault.unexpectedAnswer
        }
        try voice.show(
            report,
            "the journal holds: \(report.entries) entries, \(report.signed) signed checkpoints, public key \(report.publicKey)"
        )
        return .done
    }
}
