internal import FoundationEssentials
internal import Lifecycle
internal import Wire

/// What is posted about a notice: pure; a template sees what a notice holds, and that is no secret.
struct WebhookMessage: Equatable {
    var body: String
    var headers: [String]

    init(_ notice: Notice, _ template: Settings.Webhook.Template) {
        let line = "\(notice.headline); \(notice.advice)"
        headers = ["Content-Type: application/json"]
        switch template {
        case .json: body = (try? Sheet.text(notice)) ?? ""
        // https://discord.com/developers/docs/resources/webhook#execute-webhook: `content`, and nobody is mentioned.
        case .discord: body = Self.json(Discord(content: line))
        // https://api.slack.com/messaging/webhooks: `text`.
        case .slack: body = Self.json(["text": line])
        // https://docs.ntfy.sh/publish/: the body is the message, Title and Priority are headers.
        case .ntfy:
            body = notice.advice
            headers = [
                "Content-Type: text/plain; charset=utf-8", "Title: \(notice.headline)",
                "Priority: \(notice.kind == .needsPerson || notice.kind == .refused ? "high" : "default")",
            ]
        }
    }

    private struct Discord: Encodable {
        let content: String
        let allowed_mentions = ["parse": [String]()]
    }

    private static func json(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { String(decoding: $0, as: UTF8.self) } ?? ""
    }
}
