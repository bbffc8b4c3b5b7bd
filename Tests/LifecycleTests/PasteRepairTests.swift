import Testing

@testable import Lifecycle

/// Pastes out of which the whole token comes, and nothing else.
@Suite struct PasteRepairTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String, paste: String
        var kind = Sample.setupToken
        var token = Sample.token()
        var testDescription: String { name }
    }

    @Test(arguments: plain + wraps + dressings + others) func repairs(_ row: Row) {
        for wanted in [nil, row.kind] {
            let read = Read(row.paste, wanted: wanted)
            #expect(read.token == row.token)
            #expect(read.guess?.kind.id == row.kind.id)
            #expect(read.guess?.finding == .exact)
            #expect(read.cleaned?.count == row.token.utf8.count)
        }
    }

    static let whole = Sample.token()

    static let plain = [
        Row(name: "nothing to do", paste: whole),
        Row(name: "line feed at the end", paste: whole + "\n"),
        Row(name: "CRLF at the end", paste: whole + "\r\n"),
        Row(name: "spaces around", paste: "  \t" + whole + "   "),
        Row(name: "no-break space before", paste: "\u{A0}" + whole),
        Row(name: "no-break space inside", paste: whole.broken(at: 40, "\u{A0}")),
        Row(name: "narrow no-break space inside", paste: whole.broken(at: 40, "\u{202F}")),
        Row(name: "space inside", paste: whole.broken(at: 60, " ")),
        Row(name: "zero-width space inside", paste: whole.broken(at: 50, "\u{200B}")),
        Row(name: "zero-width space in the prefix", paste: whole.broken(at: 5, "\u{200B}")),
        Row(name: "byte order mark", paste: "\u{FEFF}" + whole),
        Row(name: "word joiner inside", paste: whole.broken(at: 20, "\u{2060}")),
        Row(name: "soft hyphen inside", paste: whole.broken(at: 20, "\u{AD}")),
        Row(name: "directional marks", paste: "\u{202A}" + whole + "\u{202C}"),
        Row(name: "NUL between the bytes", paste: whole.map { "\($0)\0" }.joined()),
        Row(name: "bracketed paste", paste: "\u{1B}[200~" + whole + "\u{1B}[201~"),
        Row(name: "bracketed paste as caret text", paste: "^[[200~" + whole + "^[[201~"),
        Row(name: "bracketed paste without escape", paste: "[200~" + whole + "[201~"),
        Row(name: "bracketed paste without bracket", paste: "200~" + whole + "201~"),
        Row(name: "bracketed paste, readline's rest", paste: "0~" + whole + "1~"),
        Row(name: "colour around", paste: "\u{1B}[1;32m" + whole + "\u{1B}[0m"),
        Row(name: "colour inside", paste: whole.broken(at: 70, "\u{1B}[0m\u{1B}[33m")),
        Row(name: "colour without escape byte", paste: "[33m" + whole + "[0m"),
        Row(name: "colour of 256", paste: "\u{1B}[38;5;208m" + whole + "\u{1B}[39m"),
        Row(name: "clear to end of line", paste: whole.broken(at: 80, "\u{1B}[K\n")),
        Row(name: "eight-bit control sequence", paste: "\u{9B}31m" + whole),
        Row(
            name: "link of a terminal",
            paste: "\u{1B}]8;;https://a.example/\u{1B}\\" + whole + "\u{1B}]8;;\u{1B}\\"),
        Row(name: "title of a window", paste: "\u{1B}]0;shell\u{07}" + whole),
        Row(name: "character set", paste: "\u{1B}(B" + whole),
    ]

    static let wraps = [
        Row(name: "80 columns", paste: whole.wrapped(80)),
        Row(name: "79 columns", paste: whole.wrapped(79)),
        Row(name: "72 columns", paste: whole.wrapped(72)),
        Row(name: "100 columns", paste: whole.wrapped(100)),
        Row(name: "107 columns", paste: whole.wrapped(107)),
        Row(name: "40 columns", paste: whole.wrapped(40)),
        Row(name: "20 columns", paste: whole.wrapped(20)),
        Row(name: "80 columns, CRLF", paste: whole.wrapped(80, "\r\n")),
        Row(name: "80 columns, CR", paste: whole.wrapped(80, "\r")),
        Row(name: "80 columns, CR CR LF", paste: whole.wrapped(80, "\r\r\n")),
        Row(name: "80 columns, line separator", paste: whole.wrapped(80, "\u{2028}")),
        Row(name: "80 columns, next line", paste: whole.wrapped(80, "\u{85}")),
        Row(name: "80 columns, empty line between", paste: whole.wrapped(80, "\n\n")),
        Row(name: "80 columns, indented", paste: "  " + whole.wrapped(78, "\n  ")),
        Row(name: "80 columns, padded with spaces", paste: whole.wrapped(80, "      \n")),
        Row(name: "80 columns, wrap became a space", paste: whole.wrapped(80, " ")),
        Row(name: "80 columns, backslash", paste: whole.wrapped(79, "\\\n")),
        Row(name: "76 columns, quoted-printable", paste: whole.wrapped(75, "=\n")),
        Row(name: "80 columns, written as escape", paste: "\"" + whole.wrapped(80, "\\n") + "\""),
        Row(name: "in the prefix", paste: whole.broken(at: 7, "\n")),
        Row(name: "after the prefix", paste: whole.broken(at: 13, "\n")),
        Row(name: "after each hyphen of the prefix", paste: "sk-\nant-\noat01-\n" + whole.dropFirst(13)),
        Row(
            name: "prompt before, terminal of 80",
            paste: ("export CLAUDE_CODE_OAUTH_TOKEN=" + whole).wrapped(80)),
        Row(
            name: "prompt before, break in the prefix",
            paste: ("export CLAUDE_CODE_OAUTH_TOKEN=" + whole).wrapped(38)),
        Row(name: "in a box", paste: "│ " + whole.wrapped(76, " │\n│ ") + " │"),
        Row(name: "with > of a chat", paste: "> " + whole.wrapped(78, "\n> ")),
        Row(name: "with > > of a mail", paste: "> > " + whole.wrapped(70, "\n> > ")),
        Row(name: "two quoted halves", paste: "\"" + whole.wrapped(80, "\"\n  \"") + "\""),
        Row(
            name: "what claude setup-token prints",
            paste:
                "✓ Long-lived authentication token created successfully!\n\n"
                + "Your OAuth token (valid for 1 year):\n\n"
                + whole.wrapped(80) + "\n\nStore this token securely. You won't be able to see it again.\n\n"
                + "Use this token by setting: export CLAUDE_CODE_OAUTH_TOKEN=<token>\n"),
        Row(name: "a sentence follows", paste: whole.wrapped(80) + "\nand then run the next command"),
        Row(name: "a sentence follows on the line", paste: whole.wrapped(80) + " and then run it"),
        Row(
            name: "another ending, even wrap", paste: Sample.token(seed: 5, tail: "x9AA").wrapped(80),
            token: Sample.token(seed: 5, tail: "x9AA")),
    ]

    static let dressings = [
        Row(name: "double quotes", paste: "\"\(whole)\""),
        Row(name: "single quotes", paste: "'\(whole)'"),
        Row(name: "smart quotes", paste: "\u{201C}\(whole)\u{201D}"),
        Row(name: "smart single quotes", paste: "\u{2018}\(whole)\u{2019}"),
        Row(name: "guillemets", paste: "«\(whole)»"),
        Row(name: "angle brackets", paste: "<\(whole)>"),
        Row(name: "parentheses and full stop", paste: "(\(whole))."),
        Row(name: "Bearer", paste: "Bearer \(whole)"),
        Row(name: "Bearer without space", paste: "Bearer\(whole)"),
        Row(name: "Authorization header", paste: "Authorization: Bearer \(whole)"),
        Row(name: "x-api-key header", paste: "x-api-key: \(whole)"),
        Row(name: "export", paste: "export CLAUDE_CODE_OAUTH_TOKEN=\(whole)"),
        Row(name: "export in quotes", paste: "export CLAUDE_CODE_OAUTH_TOKEN=\"\(whole)\""),
        Row(name: "fish", paste: "set -gx CLAUDE_CODE_OAUTH_TOKEN \(whole)"),
        Row(name: "PowerShell", paste: "$env:CLAUDE_CODE_OAUTH_TOKEN = '\(whole)'"),
        Row(name: "environment file with comment", paste: "TOKEN=\(whole) # mine, 2026"),
        Row(name: "environment file, more lines", paste: "A=1\nTOKEN=\(whole)\nB=2\n"),
        Row(name: "environment file, wrapped, more lines", paste: "TOKEN=\(whole)".wrapped(80) + "\nB=2\n"),
        Row(name: "shell prompt", paste: "sam@mini:~$ echo \(whole)"),
        Row(name: "arrow prompt", paste: "❯ \(whole)"),
        Row(name: "JSON", paste: "{\"token\":\"\(whole)\"}"),
        Row(name: "JSON in JSON", paste: "\"{\\\"token\\\":\\\"\(whole)\\\"}\""),
        Row(name: "JSON of a profile, wrapped", paste: profile.wrapped(80)),
        Row(name: "YAML", paste: "anthropic:\n  token: \(whole)\n"),
        Row(name: "Markdown code", paste: "`\(whole)`"),
        Row(name: "Markdown block", paste: "```\n\(whole)\n```"),
        Row(name: "Markdown block, wrapped", paste: "```text\n\(whole.wrapped(80))\n```"),
        Row(name: "Markdown bold", paste: "**\(whole)**"),
        Row(name: "Markdown emphasis", paste: "_\(whole)_"),
        Row(name: "Markdown strong emphasis", paste: "__\(whole)__"),
        Row(name: "Markdown list", paste: "- \(whole)"),
        Row(name: "Markdown table", paste: "| token | \(whole) |"),
        Row(name: "HTML", paste: "<code>\(whole)</code>"),
        Row(name: "curl", paste: curl),
        Row(name: "curl, wrapped", paste: curl.wrapped(80)),
        Row(name: "curl over lines", paste: curl.split(separator: " -H ").joined(separator: " \\\n  -H ")),
        Row(name: "chat with time and name", paste: "[12:03] sam: \(whole)\n[12:04] ann: thanks!"),
        Row(name: "prefix twice", paste: "sk-ant-oat01-" + whole),
        Row(name: "prefix three times", paste: "sk-ant-oat01-sk-ant-oat01-" + whole),
        Row(name: "part of the prefix twice", paste: "sk-ant-" + whole),
        Row(name: "sk- twice", paste: "sk-" + whole),
        Row(name: "other prefix before", paste: "sk-ant-api03-" + whole),
        Row(name: "prefix twice, wrapped", paste: ("sk-ant-oat01-" + whole).wrapped(80)),
        Row(name: "token twice, glued", paste: whole + whole),
        Row(name: "token twice, on lines", paste: whole + "\n" + whole + "\n"),
        Row(name: "token twice, one wrapped", paste: whole.wrapped(80) + "\n" + whole),
        Row(name: "cut, then whole", paste: whole.prefix(79) + "\n" + whole),
        Row(name: "prefix named before", paste: "It begins with sk-ant-oat01- and looks so:\n" + whole),
        Row(name: "prefix typed before a header", paste: "sk-ant-oat01-Authorization: Bearer " + whole),
        Row(name: "word that begins with sk-", paste: "sk-learn-compatible-estimators need " + whole),
        Row(name: "masked before", paste: "sk-ant-o...Q2xR7mWd\n" + whole),
    ]

    static let profile = """
        {"profiles":{"anthropic:manual":{"provider":"anthropic","type":"token","token":"\(whole)"}}}
        """
    static let curl =
        "curl https://api.anthropic.com/v1/models -H 'anthropic-version: 2023-06-01' "
        + "-H \"Authorization: Bearer \(whole)\" -H 'anthropic-beta: oauth-2025-04-20'"

    static let others = [Sample.apiKey, Sample.adminKey, Sample.openAI, Sample.openRouter].flatMap { kind in
        let token = Sample.token(kind, seed: 7)
        return [
            Row(name: "\(kind.id) alone", paste: token, kind: kind, token: token),
            Row(name: "\(kind.id) at 80 columns", paste: token.wrapped(80), kind: kind, token: token),
            Row(name: "\(kind.id) at 72 columns", paste: token.wrapped(72), kind: kind, token: token),
            Row(name: "\(kind.id) at 60 columns", paste: token.wrapped(60), kind: kind, token: token),
            Row(name: "\(kind.id) in JSON", paste: "{\"apiKey\": \"\(token)\"}", kind: kind, token: token),
            Row(name: "\(kind.id) in emphasis", paste: "_\(token)_", kind: kind, token: token),
            Row(name: "\(kind.id) in a sentence", paste: "use \(token) for it", kind: kind, token: token),
            Row(
                name: "\(kind.id) assigned", paste: "export KEY=\(token)\necho done", kind: kind, token: token
            ),
        ]
    }
}
