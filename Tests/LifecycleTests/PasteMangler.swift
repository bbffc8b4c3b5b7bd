import TestSupport

@testable import Lifecycle

/// Does to a token what terminals, chats, editors and people do.
struct Mangler {
    var random: SplitMix
    let token: String
    private(set) var steps: [String] = []

    init(random: SplitMix, token: String) {
        self.random = random
        self.token = token
    }

    /// What stands behind or around tokens; none of it belongs to one.
    static let phrases = [
        "and then run it", "Done", "thanks!", "Store this token securely.", "v2.1", "ok", "A new line", "I",
        "gpt-4 on Node20", "see-the-docs-at-our-main-page", "macOS", "export FOO=bar", "2026-11-22",
        "add face dead beef",
        "Use this token by setting:\nexport X=1", "request_id_011CQm2Zk8", "npm install", "x", "AA", "is AA",
        "line\nAA",
        "deadbeef", "it's here", "\"quoted\" text", "# a comment", "| cell |", "$ ls -la",
        "https://claude.ai/settings",
        "one\ntwo\nthree\nfour", "a b c d e f g h i j k l m n o p",
    ]

    mutating func mangled(times: Int) -> String {
        var paste = token
        for _ in 0..<times { paste = mangle(paste) }
        return paste
    }

    private mutating func mangle(_ paste: String) -> String {
        let step = Step.allCases[Int(random.next() % UInt64(Step.allCases.count))]
        steps.append("\(step)")
        return switch step {
        case .wrap: paste.wrapped(columns, pick(["\n", "\n", "\r\n", "\r\n", "\r", "\n  ", "  \n"]))
        case .around:
            pick(["\n", " ", "\t", "\r\n", "\u{A0}", "\u{FEFF}"]) + paste
                + pick(["\n", " ", "\r\n", "  \n", "\u{A0}"])
        case .brackets: "\u{1B}[200~" + paste + "\u{1B}[201~"
        case .colour: insert(pick(["\u{1B}[0m", "\u{1B}[1;31m", "\u{1B}[K", "\u{1B}[38;5;2m"]), paste)
        case .invisible:
            insert(pick(["\u{200B}", "\u{200D}", "\u{FEFF}", "\u{2060}", "\u{AD}", "\u{200E}"]), paste)
        case .quotes:
            pick(["\"", "'", "\u{201C}", "\u{2018}", "`", "«"]) + paste
                + pick(["\"", "'", "\u{201D}", "\u{2019}", "`", "»"])
        case .header: pick(["Bearer ", "Authorization: Bearer ", "x-api-key: ", "bearer: "]) + paste
        case .assignment:
            pick(["export TOKEN=", "TOKEN=", "token: ", "set -gx TOKEN ", "$env:TOKEN = "]) + paste
        case .prompt: pick(["$ ", "% ", "# ", "❯ ", "sam@mini:~$ ", "> "]) + paste
        case .prefixTwice: Self.prefix(of: token) + paste
        case .json: "{\"profiles\":{\"a:b\":{\"type\":\"token\",\"token\":\"" + paste + "\",\"n\":1}}}"
        case .environment: "A=1\nTOKEN=" + paste + "\nB=\"two\"\n"
        case .curl: "curl https://api.example/v1/models -H \"Authorization: Bearer " + paste + "\" -H 'a: b'"
        case .markdown: pick(["```\n", "**", "- ", "1. "]) + paste + pick(["\n```", "**", "\n"])
        case .chat:
            "> " + paste.split(separator: "\n", omittingEmptySubsequences: false).joined(separator: "\n> ")
        case .sentence:
            pick(["Here it is: ", "token\n", "my key is "]) + paste + pick(["\n", "\n\n", " "])
                + pick(Self.phrases)
        }
    }

    private enum Step: CaseIterable {
        case wrap, around, brackets, colour, invisible, quotes, header, assignment, prompt, prefixTwice, json
        case environment, curl, markdown, chat, sentence
    }

    private var columns: Int { mutating get { 72 + Int(random.next() % 61) } }

    private mutating func pick(_ choices: [String]) -> String {
        choices[Int(random.next() % UInt64(choices.count))]
    }

    /// Somewhere between two scalars.
    private mutating func insert(_ part: String, _ paste: String) -> String {
        let scalars = Array(paste.unicodeScalars)
        let place = Int(random.next() % UInt64(scalars.count + 1))
        var text = String.UnicodeScalarView()
        text.append(contentsOf: scalars[..<place])
        text.append(contentsOf: part.unicodeScalars)
        text.append(contentsOf: scalars[place...])
        return String(text)
    }

    private static func prefix(of token: String) -> String {
        for kind in [Sample.setupToken, Sample.apiKey, Sample.adminKey, Sample.openAI, Sample.openRouter] {
            if let prefix = kind.format.prefixes.first(where: { token.hasPrefix($0) }) { return prefix }
        }
        return ""
    }
}
