import TestSupport
import Testing

@testable import Lifecycle

/// Kinds of several forms, with signs inside, without a prefix, with a checksum.
@Suite struct TokenFormsTests {
    static let github = kind("github.token", ["ghp_"], 40...40) { $0.checksum = .crc32Base62 }
    static let fineGrained = kind("github.token", ["github_pat_"], 93...93)
    static let sendGrid = kind("sendgrid.api-key", ["SG."], 69...69) {
        $0.also = Array(".".utf8)
        $0.segments = .init(separator: UInt8(ascii: "."), lengths: [2...2, 22...22, 43...43])
    }
    static let telegram = kind("telegram.bot-token", [], 42...52) {
        $0.also = Array(":".utf8)
        $0.segments = .init(separator: UInt8(ascii: ":"), lengths: [6...16, 35...35])
    }
    static let deepgram = kind("deepgram.api-key", [], 40...40, .lowerHex)
    static let deepSeek = kind("deepseek.api-key", ["sk-"], 35...35, .lowerHex) { $0.isNamedOnly = true }
    static let jwt = kind("openai.codex-oauth", ["eyJ"], 40...4096) {
        $0.also = Array(".".utf8)
        $0.isNamedOnly = true
    }
    static let kinds = Sample.kinds + [github, fineGrained, sendGrid, telegram, deepgram, deepSeek, jwt]

    static func kind(
        _ id: String, _ prefixes: [String], _ lengths: ClosedRange<Int>,
        _ alphabet: TokenFormat.Alphabet = .base64url, _ change: (inout TokenFormat) -> Void = { _ in }
    ) -> PasteKind {
        var format = Sample.format(prefixes, lengths, alphabet: alphabet)
        format.isNamedOnly = prefixes.isEmpty
        change(&format)
        return PasteKind(id: id, display: id, format: format)
    }

    static func read(_ text: String, wanted: String? = nil) -> (token: String?, reading: PasteReading) {
        let bytes = Array(text.utf8)
        let reading = Paste.read(
            bytes.span, kinds: kinds, refreshing: ["ghr_"], wanted: wanted, asIs: false)
        guard case .token(let cleaned, _) = reading else { return (nil, reading) }
        return (String(decoding: cleaned.ranges.flatMap { bytes[$0] }, as: UTF8.self), reading)
    }

    static func finding(_ reading: PasteReading) -> ShapeFinding? {
        switch reading {
        case .token(_, let guess): guess.finding
        case .refused(.shape(let finding, _)): finding
        default: nil
        }
    }

    /// facts/providers.md §9, computed with another program.
    @Test(arguments: [
        (String(repeating: "A", count: 30), "0uCPlr"), ("0123456789abcdefghijABCDEFGHIJ", "3mpbCX"),
        (String(repeating: "0", count: 30), "2C8GjS"),
    ])
    func theChecksumIsGitHubs(_ random: String, _ sum: String) {
        let whole = Self.read("ghp_" + random + sum)
        #expect(whole.token == "ghp_" + random + sum)
        #expect(Self.finding(whole.reading) == .exact)
        let mistyped = Self.read("ghp_" + random.dropLast() + "z" + sum)
        #expect(mistyped.token != nil && Self.finding(mistyped.reading) == .wrongChecksum)
    }

    static let hex40 = String(repeating: "0a1b2c3d4e", count: 4)
    static let send = "SG." + String(repeating: "aB3", count: 7) + "x." + String(repeating: "Zy9-", count: 10) + "abc"
    static let bot = "1234567890:" + String(repeating: "AaBb5", count: 7)
    static let web = "eyJhbGciOi1x.eyJleHAiOjE3" + String(repeating: "Ab1_", count: 40) + ".c2lnbmF0dXJl"

    static let whole: [(paste: String, wanted: String?, token: String)] = [
        (send, nil, send), ("export SENDGRID_API_KEY='\(send)'\n", nil, send), ("Use \(send).", nil, send),
        (bot, "telegram.bot-token", bot), ("TELEGRAM_BOT_TOKEN=\(bot)", "telegram.bot-token", bot),
        ("{\"token\": \"\(bot)\"}", "telegram.bot-token", bot),
        ("> \(bot)\r\n", "telegram.bot-token", bot),
        ("\(hex40)\n", "deepgram.api-key", hex40),
        ("curl -H 'Authorization: Token \(hex40)' https://api.deepgram.com/v1", "deepgram.api-key", hex40),
        ("\(hex40.prefix(25))\n\(hex40.dropFirst(25))\n", "deepgram.api-key", hex40),
        ("\(hex40)\n\(hex40)\n", "deepgram.api-key", hex40),
        (web, "openai.codex-oauth", web), ("\"access_token\": \"\(web)\",", "openai.codex-oauth", web),
        ("sk-" + hex40.prefix(32), "deepseek.api-key", "sk-" + hex40.prefix(32)),
    ]

    @Test(arguments: whole) func findsTheToken(_ paste: String, _ wanted: String?, _ token: String) {
        let read = Self.read(paste, wanted: wanted)
        #expect(read.token == token, "\(read.reading)")
    }

    /// A stranger's secret is never taken for a kind that looks like it.
    @Test(arguments: [hex40, "sk-" + hex40.prefix(32), bot, web]) func nothingIsGuessed(_ paste: String) {
        guard case .refused(.noKind) = Self.read(paste).reading else {
            Issue.record("taken: \(Self.read(paste).reading)")
            return
        }
    }

    static let wrong: [(paste: String, wanted: String?, finding: ShapeFinding)] = [
        (String(hex40.dropLast()), "deepgram.api-key", .short(got: 39, expected: 40...40, terminalWidth: nil)),
        (hex40 + "0", "deepgram.api-key", .surplus(extra: 1, expected: 40)),
        (hex40.dropLast() + "G", "deepgram.api-key", .badCharacter(position: 40, .otherAlphabet)),
        ("123:" + String(repeating: "AaBb5", count: 9), "telegram.bot-token", .otherSegments(got: 49)),
        (send.replacing("x.", with: ".x"), nil, .otherSegments(got: 69)),
    ]

    @Test(arguments: wrong)
    func namesWhatIsWrong(_ paste: String, _ wanted: String?, _ finding: ShapeFinding) {
        let read = Self.read(paste, wanted: wanted)
        #expect(read.token == nil && Self.finding(read.reading) == finding, "\(read.reading)")
    }

    @Test func aTokenThatRenewsOthersIsRefused() {
        let read = Self.read("ghr_" + String(repeating: "aB3d", count: 19)).reading
        #expect(read == .refused(.refreshToken))
    }

    @Test func twoDifferentOnesAreNotChosenFrom() {
        let read = Self.read(
            "\(Self.hex40)\n\(Self.hex40.reversed().map(String.init).joined())", wanted: "deepgram.api-key")
        guard case .refused(.several(let counts)) = read.reading else {
            Issue.record("\(read.reading)")
            return
        }
        #expect(counts.map(\.count) == [2])
    }
}
