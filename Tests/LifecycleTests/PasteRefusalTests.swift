import Testing

@testable import Lifecycle

/// Pastes that are named and not stored.
@Suite struct PasteRefusalTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String, paste: String
        var wanted: PasteKind?
        let refusal: PasteRefusal
        var testDescription: String { name }
    }

    @Test(arguments: shapes + lookAlikes + kinds) func refuses(_ row: Row) {
        #expect(Read(row.paste, wanted: row.wanted).refusal == row.refusal)
    }

    static let whole = Sample.token()

    static func short(_ got: Int, _ width: Int?) -> PasteRefusal {
        .shape(.short(got: got, expected: 108...108, terminalWidth: width), Sample.setupToken)
    }

    static func several(_ displays: String...) -> PasteRefusal {
        .several(displays.map { .init(display: $0, count: 1) })
    }

    static let shapes = [
        Row(name: "79", paste: String(whole.prefix(79)), refusal: short(79, 80)),
        Row(name: "80", paste: whole.prefix(80) + "\n", refusal: short(80, 80)),
        Row(name: "99", paste: String(whole.prefix(99)), refusal: short(99, 100)),
        Row(name: "72", paste: String(whole.prefix(72)), refusal: short(72, 72)),
        Row(name: "60", paste: String(whole.prefix(60)), refusal: short(60, nil)),
        Row(name: "107", paste: String(whole.prefix(107)), refusal: short(107, nil)),
        Row(
            name: "first line behind an assignment", paste: String(("export TOKEN=" + whole).prefix(100)),
            refusal: short(87, 100)),
        Row(name: "79 and a sentence", paste: whole.prefix(79) + " and then run it", refusal: short(79, 80)),
        Row(
            name: "79 and a line of text", paste: whole.prefix(79) + "\nand then run it",
            refusal: short(79, 80)),
        Row(name: "79 and one word", paste: whole.prefix(79) + "\nDone\n", refusal: short(79, 80)),
        Row(name: "104 and a word of four", paste: whole.prefix(104) + "\nDone\n", refusal: short(104, nil)),
        Row(
            name: "79 and a phrase of 29", paste: whole.prefix(79) + " see-the-docs-at-our-main-page",
            refusal: short(79, 80)),
        Row(
            name: "79 and words that add up", paste: whole.prefix(79) + "\nStore this token in secrets today",
            refusal: short(79, 80)),
        Row(
            name: "last two characters of two lines",
            paste: whole.prefix(80) + "\n" + whole.dropFirst(80).prefix(20), refusal: short(100, nil)),
        Row(name: "prefix alone", paste: "sk-ant-oat01-", refusal: short(13, nil)),
        Row(
            name: "four more at the end", paste: whole + "abcd",
            refusal: .shape(.surplus(extra: 4, expected: 108), Sample.setupToken)),
        Row(
            name: "hyphen at the wrap", paste: whole.wrapped(80, "-\n"),
            refusal: .shape(.unclearEnd(pieces: 2), Sample.setupToken)),
        Row(
            name: "exclamation mark inside", paste: whole.broken(at: 40, "!"),
            refusal: .shape(.badCharacter(position: 41, .punctuation), Sample.setupToken)),
        Row(
            name: "letter outside ASCII", paste: whole.broken(at: 40, "й"),
            refusal: .shape(.badCharacter(position: 41, .notASCII), Sample.setupToken)),
        Row(
            name: "typographic dash inside", paste: whole.broken(at: 40, "–"),
            refusal: .shape(.badCharacter(position: 41, .dash), Sample.setupToken)),
        Row(
            name: "capital hexadecimal", paste: Sample.token(Sample.openRouter).prefix(72) + "A",
            refusal: .shape(.badCharacter(position: 73, .otherAlphabet), Sample.openRouter)),
        Row(
            name: "project key without its infix", paste: "sk-proj-" + whole.suffix(90),
            refusal: .shape(.missingInfix(got: 98), Sample.openAI)),
        Row(
            name: "project key of one line", paste: String(Sample.token(Sample.openAI).prefix(100)),
            refusal: .shape(.short(got: 100, expected: 164...164, terminalWidth: 100), Sample.openAI)),
        Row(
            name: "project key, cut, and a line that may belong to it",
            paste: Sample.token(Sample.openAI).prefix(110) + "\nx7Kp2",
            refusal: .shape(.short(got: 115, expected: 164...164, terminalWidth: nil), Sample.openAI)),
        Row(
            name: "project key with a word behind it", paste: Sample.token(Sample.openAI) + "Store",
            refusal: .shape(.surplus(extra: 5, expected: 164), Sample.openAI)),
        Row(
            name: "admin key of OpenAI", paste: "sk-admin-" + Sample.token(Sample.openAI).dropFirst(8),
            refusal: .noKind(characters: 165, example: "anthropic.setup-token")),
    ]

    static let lookAlikes = [
        Row(name: "nothing", paste: "", refusal: .empty),
        Row(name: "only spaces", paste: " \r\n\t\u{A0}\u{200B}\n", refusal: .empty),
        Row(name: "only colours", paste: "\u{1B}[0m\u{1B}[200~\u{1B}[201~", refusal: .empty),
        Row(
            name: "too large", paste: String(repeating: "a", count: 262_145),
            refusal: .tooLarge(bytes: 262_145)),
        Row(name: "refresh token", paste: Sample.refreshToken(), refusal: .refreshToken),
        Row(name: "refresh token, wrapped", paste: Sample.refreshToken().wrapped(80), refusal: .refreshToken),
        Row(
            name: "refresh token, setup-token wanted", paste: Sample.refreshToken(),
            wanted: Sample.setupToken,
            refusal: .refreshToken),
        Row(name: "login code", paste: loginCode, refusal: .loginCode),
        Row(name: "login code, wanted", paste: loginCode, wanted: Sample.setupToken, refusal: .loginCode),
        Row(name: "token with # and state", paste: whole + "#" + whole.suffix(43), refusal: .loginCode),
        Row(name: "OpenClaw's marker", paste: "__OPENCLAW_REDACTED__", refusal: .redactionMarker),
        Row(
            name: "OpenClaw's marker in JSON", paste: "{\"token\":\"__OPENCLAW_REDACTED__\"}",
            refusal: .redactionMarker),
        Row(name: "sentinel", paste: "oc-sent-v2.\(whole.suffix(60)).end", refusal: .sentinel),
        Row(
            name: "sentinel, wanted", paste: "oc-sent-v2.\(whole.suffix(60)).end", wanted: Sample.setupToken,
            refusal: .sentinel),
        Row(name: "OpenClaw's mask", paste: "sk-ant-o...Q2xR7mWd", refusal: .masked),
        Row(
            name: "OpenClaw's mask in its line", paste: "anthropic:manual=token:sk-ant-o...Q2xR7mWd",
            refusal: .masked),
        Row(name: "mask, wanted", paste: "sk-ant-o...Q2xR7mWd", wanted: Sample.setupToken, refusal: .masked),
        Row(name: "ellipsis", paste: "sk-ant-oat01-abcd…wxyz", refusal: .masked),
        Row(name: "stars", paste: "sk-ant-oat01-****************", refusal: .masked),
        Row(name: "stars alone", paste: "****************", refusal: .masked),
        Row(name: "bullets", paste: "sk-proj-••••••••abcd", refusal: .masked),
        Row(name: "long, then an ellipsis", paste: whole.prefix(70) + "…", refusal: .masked),
        Row(name: "variable", paste: "$CLAUDE_CODE_OAUTH_TOKEN", refusal: .variable),
        Row(name: "variable in braces", paste: "\"${CLAUDE_CODE_OAUTH_TOKEN}\"", refusal: .variable),
        Row(name: "reference", paste: "secret://anthropic/main", refusal: .reference),
        Row(name: "capital of a telephone", paste: "Sk" + whole.dropFirst(2), refusal: .alteredPrefix),
        Row(
            name: "typographic hyphens", paste: whole.split(separator: "-").joined(separator: "\u{2011}"),
            refusal: .alteredPrefix),
    ]

    static let loginCode = String(whole.suffix(48)) + "#" + String(Sample.token(seed: 3).suffix(43))

    static let kinds = [
        Row(
            name: "API key, setup-token wanted", paste: Sample.token(Sample.apiKey),
            wanted: Sample.setupToken,
            refusal: .otherKind(found: Sample.apiKey, wanted: Sample.setupToken)),
        Row(
            name: "cut API key, setup-token wanted", paste: String(Sample.token(Sample.apiKey).prefix(80)),
            wanted: Sample.setupToken, refusal: .otherKind(found: Sample.apiKey, wanted: Sample.setupToken)),
        Row(
            name: "setup-token, OpenAI wanted", paste: whole, wanted: Sample.openAI,
            refusal: .otherKind(found: Sample.setupToken, wanted: Sample.openAI)),
        Row(
            name: "admin key, API key wanted", paste: Sample.token(Sample.adminKey), wanted: Sample.apiKey,
            refusal: .otherKind(found: Sample.adminKey, wanted: Sample.apiKey)),
        Row(
            name: "unknown kind of Anthropic", paste: "sk-ant-sid01-" + whole.suffix(95),
            refusal: .noKind(characters: 108, example: "anthropic.setup-token")),
        Row(
            name: "sk- of another provider", paste: "sk-" + Sample.token(Sample.openRouter).suffix(32),
            refusal: .noKind(characters: 35, example: "anthropic.setup-token")),
        Row(name: "word", paste: "hello", refusal: .noKind(characters: 5, example: "anthropic.setup-token")),
        Row(
            name: "second line only", paste: String(whole.suffix(28)), wanted: Sample.setupToken,
            refusal: .shape(.foreignPrefix(got: 28), Sample.setupToken)),
        Row(
            name: "two setup-tokens", paste: whole + "\n" + Sample.token(seed: 2),
            refusal: .several([.init(display: Sample.setupToken.display, count: 2)])),
        Row(
            name: "two setup-tokens, wrapped", paste: (whole + "\n" + Sample.token(seed: 2)).wrapped(80),
            refusal: .several([.init(display: Sample.setupToken.display, count: 2)])),
        Row(
            name: "two providers",
            paste: "A=\(Sample.token(Sample.openAI))\nB=\(Sample.token(Sample.apiKey))",
            refusal: several("OpenAI API key", "Anthropic API key")),
        Row(
            name: "setup-token and refresh token", paste: whole + "\n" + Sample.refreshToken(),
            refusal: several(Sample.setupToken.display, "refresh token")),
        Row(
            name: "whole one and another cut one", paste: whole + "\n" + Sample.token(seed: 2).prefix(70),
            refusal: .several([.init(display: Sample.setupToken.display, count: 2)])),
    ]
}
