import Lifecycle
import Testing
import Wire

@testable import secret_session

/// Who was told what, and when a channel that fails is tried again.
@Suite struct NoticeLedgerTests {
    private let now = Timestamp(seconds: 1_800_000_000)
    private let vault = RecordID.random()

    private func page(_ upTo: UInt64, of vault: RecordID? = nil) -> NoticePage {
        NoticePage(vault: vault ?? self.vault, notices: [], upTo: upTo)
    }

    private func notice(_ sequence: UInt64, _ kind: Notice.Kind, _ name: String = "a", _ detail: String = "") throws
        -> Notice
    {
        Notice(
            sequence: sequence, at: now.rfc3339, kind: kind, name: try CredentialName(name), tokenKind: "k",
            state: .revoked, detail: detail, fingerprint: "f", action: "secret rotate \(name)")
    }

    @Test func aNewChannelBeginsNow() {
        var ledger = NoticeLedger()
        ledger.follow(page(7), ["desktop"])
        ledger.follow(page(9), ["desktop", "webhook"])
        #expect(ledger.channels["desktop"]?.after == 7 && ledger.channels["webhook"]?.after == 9)
        ledger.follow(page(9), ["webhook"])
        #expect(ledger.channels.keys.sorted() == ["webhook"])
    }

    @Test func anotherVaultCountsAnew() {
        var ledger = NoticeLedger()
        ledger.follow(page(70), ["desktop"])
        ledger.follow(page(3, of: .random()), ["desktop"])
        #expect(ledger.channels["desktop"]?.after == 3)
    }

    @Test func failuresDoubleUpToAnHourAndEnd() {
        var ledger = NoticeLedger()
        ledger.follow(page(1), ["webhook"])
        var waits: [Duration] = []
        for _ in 0..<12 {
            ledger.failed("webhook", "down", at: now)
            #expect(ledger.ready(at: now).isEmpty)
            waits.append((ledger.channels["webhook"]?.retryAt ?? now) - now)
        }
        #expect(waits.prefix(3) == [.seconds(5), .seconds(10), .seconds(20)] && waits.last == .hours(1))
        #expect(ledger.ready(at: now + .hours(1)) == ["webhook"] && ledger.channels["webhook"]?.problem == "down")
        ledger.delivered("webhook", upTo: 5, at: now, any: true)
        #expect(ledger.channels["webhook"] == .init(after: 5, deliveredAt: now))
        ledger.delivered("webhook", upTo: 4, at: now + .hours(1), any: false)
        #expect(ledger.channels["webhook"] == .init(after: 5, deliveredAt: now), "never back")
    }

    @Test func whatIsOverIsNotTold() throws {
        let over = [try notice(1, .needsPerson), try notice(2, .needsPerson, "b"), try notice(3, .recovered)]
        #expect(Notice.worthTelling(over).map(\.sequence) == [2])
        #expect(Notice.worthTelling([try notice(4, .recovered)]).map(\.sequence) == [4])
        let steps = [
            try notice(5, .deadline, "a", "30d"), try notice(6, .deadline, "b", "7d"),
            try notice(7, .deadline, "a", "14d"),
        ]
        #expect(Notice.worthTelling(steps).map(\.sequence) == [6, 7])
    }

    @Test(arguments: Notice.Kind.allCases) func eachHasAHeadlineAndAdvice(_ kind: Notice.Kind) throws {
        let notice = try notice(1, kind, "a/b", "past")
        #expect(!notice.headline.isEmpty && !notice.advice.isEmpty && !notice.advice.contains("<"))
    }

    @Test(arguments: Settings.Webhook.Template.allCases) func aMessageQuotesWhatItHolds(
        _ template: Settings.Webhook.Template
    ) throws {
        let message = WebhookMessage(try notice(1, .held, "a", "said \"so\"\nthen"), template)
        #expect(!message.body.isEmpty && !message.headers.isEmpty)
        #expect(template == .ntfy || !message.body.contains("\n"))
    }
}
