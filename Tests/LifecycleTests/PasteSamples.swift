import TestSupport

@testable import Lifecycle

/// The five kinds as `Policies/` declares them, and tokens that are built when the tests run.
enum Sample {
    static let setupToken = PasteKind(
        id: "anthropic.setup-token", display: "Anthropic setup-token (long-lived)",
        format: format(["sk-ant-oat01-"], 108...108, tail: "AA"), command: "claude setup-token")
    static let apiKey = PasteKind(
        id: "anthropic.api-key", display: "Anthropic API key",
        format: format(["sk-ant-api03-"], 108...108, tail: "AA"), page: "platform.claude.com")
    static let adminKey = PasteKind(
        id: "anthropic.admin-key", display: "Anthropic admin key",
        format: format(["sk-ant-admin01-"], 110...110, tail: "AA"), page: "platform.claude.com")
    static let openAI = PasteKind(
        id: "openai.api-key", display: "OpenAI API key",
        format: format(
            ["sk-proj-", "sk-svcacct-", "sk-service-", "sk-None-", "sk-"], 51...200, infix: infix, priority: 0
        ))
    static let openRouter = PasteKind(
        id: "openrouter.api-key", display: "OpenRouter API key",
        format: format(["sk-or-v1-"], 73...73, alphabet: .lowerHex))
    static let kinds = [setupToken, apiKey, adminKey, openAI, openRouter]

    /// Base64 of `OpenAI`, in all of its keys.
    static let infix = "T3Blbk" + "FJ"

    static func format(
        _ prefixes: [String], _ lengths: ClosedRange<Int>, alphabet: TokenFormat.Alphabet = .base64url,
        infix: String? = nil, tail: String? = nil, priority: Int = 10
    ) -> TokenFormat {
        TokenFormat(
            prefixes: prefixes, alphabet: alphabet, lengths: lengths, infix: infix, tail: tail,
            priority: priority)
    }

    /// A whole token of `kind` that depends on `seed` alone; `tail` replaces the usual ending.
    static func token(_ kind: PasteKind = setupToken, seed: UInt64 = 1, tail: String? = nil) -> String {
        var random = SplitMix(state: seed)
        let prefix = kind.format.prefixes[0]
        if let infix = kind.format.infix {
            return prefix + random.text(74, kind.format.alphabet) + infix
                + random.text(74, kind.format.alphabet)
        }
        let ending = tail ?? kind.format.tail ?? ""
        let length = kind.format.lengths.upperBound - prefix.utf8.count - ending.utf8.count
        return prefix + random.text(length, kind.format.alphabet) + ending
    }

    static func refreshToken(seed: UInt64 = 1) -> String {
        var random = SplitMix(state: seed)
        return "sk-ant-ort01-" + random.text(95, .base64url)
    }
}

extension SplitMix {
    mutating func text(_ count: Int, _ alphabet: TokenFormat.Alphabet) -> String {
        let characters = (0x2D...0x7A as ClosedRange<UInt8>).filter(alphabet.contains)
        var text = ""
        for _ in 0..<count {
            text.append(Character(Unicode.Scalar(characters[Int(next() % UInt64(characters.count))])))
        }
        return text
    }
}

/// Reads a paste as the CLI does, and puts the kept ranges together.
struct Read {
    let reading: PasteReading
    let token: String?

    init(_ paste: String, wanted: PasteKind? = nil, asIs: Bool = false, kinds: [PasteKind] = Sample.kinds) {
        self.init(bytes: Array(paste.utf8), wanted: wanted, asIs: asIs, kinds: kinds)
    }

    init(bytes: [UInt8], wanted: PasteKind? = nil, asIs: Bool = false, kinds: [PasteKind] = Sample.kinds) {
        reading = Paste.read(bytes.span, kinds: kinds, wanted: wanted?.id, asIs: asIs)
        token = Self.cleaned(reading).map { String(decoding: $0.ranges.flatMap { bytes[$0] }, as: UTF8.self) }
    }

    var cleaned: CleanedPaste? { Self.cleaned(reading) }

    var refusal: PasteRefusal? { if case .refused(let refusal) = reading { refusal } else { nil } }

    var guess: KindGuess? { if case .token(_, let guess) = reading { guess } else { nil } }

    private static func cleaned(_ reading: PasteReading) -> CleanedPaste? {
        switch reading {
        case .token(let cleaned, _): cleaned
        case .credentialsFile(let file): file.accessToken
        case .refused: nil
        }
    }
}

extension String {
    /// As a terminal shows it: a new line after every `columns` characters.
    func wrapped(_ columns: Int, _ separator: String = "\n") -> String {
        var lines: [Substring] = []
        for line in split(separator: "\n", omittingEmptySubsequences: false) {
            var rest = line
            while rest.count > columns {
                lines.append(rest.prefix(columns))
                rest = rest.dropFirst(columns)
            }
            lines.append(rest)
        }
        return lines.joined(separator: separator)
    }

    func broken(at place: Int, _ separator: String) -> String { prefix(place) + separator + dropFirst(place) }
}
