internal import ArgumentParser
internal import Lifecycle
internal import Wire

/// `notify`: the ways to tell people something; `secret notify` becomes it.
struct NotifyVerbs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "notify", abstract: "How people are told what needs them.",
        subcommands: [NotifyTest.self, NotifyStatus.self])

    /// What is configured for this person.
    static func channels() throws(Fault) -> [any NoticeChannel] {
        let settings = try SessionDaemon.settings(ValueShelf.places).notify
        return NoticeChannels(settings, hasBus: NoticeChannels.hasBus) { _ in }.all
    }
}

struct NotifyTest: SessionVerb {
    static let configuration = CommandConfiguration(commandName: "test", abstract: "Send a test notice now.")
    @Flag var json = false
    @Argument var channel: String

    private struct Report: Encodable {
        let channel: String
        let delivered = true
    }

    func perform() throws(Fault) -> ExitCode {
        let channels = try NotifyVerbs.channels()
        guard let found = channels.first(where: { $0.name == channel }) else {
            let names = channels.map(\.name).joined(separator: ", ")
            throw Fault(
                .usage, "no_channel",
                "there is no such channel; those that are set up: \(names.isEmpty ? "none" : names)",
                hint: "secret notify --help")
        }
        let name: CredentialName
        do { name = try CredentialName("test/notice") } catch { throw Fault(.fault, "name", "no name") }
        let notice = Notice(
            sequence: 0, at: Timestamp.current().rfc3339, kind: .recovered, name: name, tokenKind: "generic.secret",
            state: .healthy, detail: "a test", fingerprint: "0000-0000-0000", action: nil)
        do throws(ChannelFailure) { try found.deliver(notice) } catch {
            throw Fault(
                .unreachable, "not_delivered", "the \(channel) channel failed: \(error.problem)",
                hint: "secret notify status")
        }
        try show(Report(channel: channel), "a test notice was delivered by \(channel)")
        return .done
    }
}

struct NotifyStatus: SessionVerb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show each channel, and why one fails.")
    @Flag var json = false

    private struct Report: Encodable {
        struct Channel: Encodable {
            let name: String
            let failures: Int
            let problem: String?
            let deliveredAt: String?
            let retryAt: String?
        }
        let channels: [Channel]
    }

    func perform() throws(Fault) -> ExitCode {
        let ledger = NoticeLedger.load(ValueShelf.places.noticeLedger)
        let channels = try NotifyVerbs.channels().map { channel in
            let known = ledger.channels[channel.name]
            return Report.Channel(
                name: channel.name, failures: known?.failures ?? 0, problem: known?.problem,
                deliveredAt: known?.deliveredAt?.rfc3339, retryAt: known?.retryAt?.rfc3339)
        }
        let rows = channels.map { channel in
            [
                channel.name, channel.problem.map { "fails: \($0)" } ?? "well",
                "delivered \(channel.deliveredAt ?? "nothing yet")",
            ]
        }
        let text = rows.isEmpty ? "no channel is set up" : Self.table(rows)
        try show(Report(channels: channels), text)
        return channels.contains { $0.problem != nil } ? .unreachable : .done
    }
}
