import Testing

@testable import Lifecycle

/// What is told about a paste: the words, the counts, what is kept as it is, and what a file holds.
@Suite struct PasteTests {
    static let whole = Sample.token()

    @Test func aCutAtEightyColumnsIsSaidInThisSentence() throws {
        let refusal = try #require(Read(String(Self.whole.prefix(79))).refusal)
        #expect(
            refusal.message == "79 of 108 characters: this looks cut at the edge of an 80-column terminal")
        let name = try CredentialName("anthropic/main")
        #expect(
            refusal.hint(verb: "add", name: name)
                == "widen the terminal to at least 120 columns, run `claude setup-token` again "
                + "and paste all of it"
        )
    }

    @Test func anotherKindIsNamedWithTheCommandThatStoresIt() throws {
        let refusal = try #require(Read(Sample.token(Sample.apiKey), wanted: Sample.setupToken).refusal)
        let name = try CredentialName("main")
        #expect(refusal.message == "this is an Anthropic API key, not an Anthropic setup-token")
        #expect(
            refusal.hint(verb: "add", name: name)
                == "store it as what it is: `secret add main --kind anthropic.api-key`")
        #expect(refusal.hint(verb: "rotate", name: name).contains("`secret add anthropic/api-key --kind"))
    }

    @Test(arguments: PasteRefusalTests.shapes + PasteRefusalTests.lookAlikes + PasteRefusalTests.kinds)
    func wordsGiveNothingAway(_ row: PasteRefusalTests.Row) throws {
        let name = try CredentialName("anthropic/main")
        for verb in ["add", "rotate"] {
            let words =
                row.refusal.message + " " + row.refusal.hint(verb: verb, name: name, wanted: row.wanted)
            #expect(!words.contains { $0.isNewline || "<>{}".contains($0) })
            #expect(row.refusal.message.first?.isUppercase == false)
            for piece in row.paste.split(whereSeparator: \.isWhitespace) where piece.count > 20 {
                #expect(!words.contains(piece.suffix(12)))
            }
        }
    }

    struct Tally: Sendable, CustomTestStringConvertible {
        let testDescription: String, paste: String, message: String?
    }

    static let tallies = [
        Tally(testDescription: "nothing", paste: whole, message: nil),
        Tally(
            testDescription: "wrap", paste: whole.wrapped(80) + "\r\n",
            message: "removed 2 line breaks, 1 carriage return"),
        Tally(
            testDescription: "header", paste: "Authorization: Bearer \(whole)",
            message: "removed 2 spaces, 1 Bearer prefix, 1 assignment"),
        Tally(
            testDescription: "export", paste: "$ export TOKEN=\"\(whole)\"",
            message: "removed 2 spaces, 2 quotes, 1 assignment, 1 shell prompt"),
        Tally(
            testDescription: "colours", paste: "\u{1B}[1m\u{200B}\(whole)\u{1B}[0m",
            message: "removed 2 terminal sequences, 1 invisible character"),
        Tally(
            testDescription: "bracketed", paste: "\u{1B}[200~\(whole)\u{1B}[201~",
            message: "removed 2 paste marks"),
        Tally(
            testDescription: "JSON", paste: "{\"token\":\"\(whole)\"}",
            message: "removed 4 quotes, 1 assignment, 1 JSON object"),
        Tally(
            testDescription: "curl", paste: "curl -H 'x-api-key: \(whole)' https://a.example",
            message: "removed 4 spaces, 2 quotes, 1 assignment, 1 curl command"),
        Tally(
            testDescription: "chat", paste: "> sam\u{A0}" + whole,
            message: "removed 1 space, 1 no-break space, "
                + "1 quotation mark of a chat or a box, 1 other word"),
        Tally(
            testDescription: "twice", paste: whole + "\n" + whole,
            message: "removed 1 line break, 1 repetition of the token"),
        Tally(
            testDescription: "prefix", paste: "sk-ant-oat01-" + whole, message: "removed 1 repeated prefix"),
        Tally(testDescription: "Markdown", paste: "**`\(whole)`**", message: "removed 4 signs of Markdown"),
    ]

    @Test(arguments: tallies) func countsWhatItLeftOut(_ tally: Tally) throws {
        #expect(try #require(Read(tally.paste).cleaned).removals.message == tally.message)
    }

    struct Odd: Sendable, CustomTestStringConvertible {
        let testDescription: String, paste: String, token: String?
        var wanted: PasteKind?
    }

    static let odds = [
        Odd(testDescription: "short", paste: whole.prefix(79) + "\n", token: String(whole.prefix(79))),
        Odd(testDescription: "surplus", paste: whole + "abcd", token: whole + "abcd"),
        Odd(
            testDescription: "bad character", paste: "T='" + whole.broken(at: 40, "!") + "'",
            token: whole.broken(at: 40, "!")),
        Odd(
            testDescription: "unknown, kind named", paste: "KEY=\"s3cr.et:v\"", token: "s3cr.et:v",
            wanted: Sample.setupToken),
        Odd(testDescription: "unknown, no kind", paste: "s3cr.et:v", token: nil),
        Odd(testDescription: "two words", paste: "one two", token: nil, wanted: Sample.setupToken),
        Odd(
            testDescription: "refresh token", paste: Sample.refreshToken(), token: nil,
            wanted: Sample.setupToken),
        Odd(testDescription: "mask", paste: "sk-ant-o...Q2xR7mWd", token: nil, wanted: Sample.setupToken),
        Odd(testDescription: "prefix alone", paste: "sk-ant-oat01-", token: nil),
        Odd(
            testDescription: "two cut ones",
            paste: whole.prefix(79) + "\n" + Sample.token(seed: 2).prefix(79), token: nil),
        Odd(testDescription: "hyphen at the wrap", paste: whole.wrapped(80, "-\n"), token: nil),
    ]

    @Test(arguments: odds) func keepsOddShapesOnlyAsTheyAre(_ odd: Odd) {
        let read = Read(odd.paste, wanted: odd.wanted, asIs: true)
        #expect(read.token == odd.token)
        if odd.token != nil { #expect(read.guess?.finding.isRefused == true) }
        #expect(Read(odd.paste, wanted: odd.wanted).token == nil)
    }

    @Test func otherEndingsAndLengthsAreToldAndKept() {
        let other = Sample.token(seed: 4, tail: "x9")
        #expect(Read(other).token == other)
        #expect(Read(other).guess?.finding == .otherTail)
        let longer = other + "abcdefAA"
        #expect(Read(longer).token == longer)
        #expect(Read(longer).guess?.finding == .longer(got: 116, expected: 108))
    }

    @Test(arguments: [nil, 80, 100]) func aCredentialsFileOffersWhatIsInIt(_ columns: Int?) {
        let json =
            "{\"claudeAiOauth\":{\"accessToken\":\"\(Self.whole)\","
            + "\"refreshToken\":\"\(Sample.refreshToken())\","
            + "\"expiresAt\":1790000000000,\"scopes\":[\"user:inference\"],\"subscriptionType\":\"max\"}}"
        let read = Read(columns.map { json.wrapped($0) } ?? json, wanted: Sample.setupToken)
        guard case .credentialsFile(let file) = read.reading else {
            Issue.record("not seen as a credentials file")
            return
        }
        #expect(read.token == Self.whole)
        #expect(file.guess?.kind.id == Sample.setupToken.id)
        #expect(file.hasRefreshToken)
        #expect(file.expiresAt == Timestamp(milliseconds: 1_790_000_000_000))
        #expect(
            file.message.hasSuffix("(until 2026-09-21T14:13:20Z) and a refresh token, which is not stored"))
    }

    @Test func aCredentialsFileWithoutAWholeTokenOffersNone() {
        let json = "{\"claudeAiOauth\":{\"accessToken\":\"\(Self.whole.prefix(50))\",\"expiresAt\":null}}"
        #expect(
            Read(json).reading
                == .credentialsFile(
                    .init(accessToken: nil, guess: nil, hasRefreshToken: false, expiresAt: nil)))
    }
}
