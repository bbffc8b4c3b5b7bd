/// How what was pasted compares with what a whole token of its kind looks like; lengths are in characters.
package enum ShapeFinding: Equatable, Sendable {
    case exact
    /// Formats change, so this is told and kept.
    case longer(got: Int, expected: Int)
    /// The length fits, the usual ending is not there; told and kept.
    case otherTail
    /// `terminalWidth` in columns when the cut lies at the edge of a terminal.
    case short(got: Int, expected: ClosedRange<Int>, terminalWidth: Int?)
    /// `position` counts from 1.
    case badCharacter(position: Int, Oddity)
    /// The last characters are not the sum of the others; told and kept.
    case wrongChecksum
    /// The pieces between its signs are not as long as usual.
    case otherSegments(got: Int)
    /// The text that is in every token of the kind is not there.
    case missingInfix(got: Int)
    /// The usual ending lies where it must, and `extra` characters follow it.
    case surplus(extra: Int, expected: Int)
    /// It does not begin like the kind that was asked for.
    case foreignPrefix(got: Int)
    /// Its pieces cannot be put together with certainty.
    case unclearEnd(pieces: Int)

    /// What stands where a character of the token should; never the character itself.
    package enum Oddity: Equatable, Sendable {
        case dash, notASCII, punctuation
        /// A letter or digit that this kind does not use.
        case otherAlphabet
    }

    /// Whether it is stored only when a person says `--as-is`.
    package var isRefused: Bool {
        switch self {
        case .exact, .longer, .otherTail, .wrongChecksum: false
        default: true
        }
    }

    /// Whether even `--as-is` would have to guess which characters are meant.
    var isAmbiguous: Bool { if case .unclearEnd = self { true } else { false } }
}

extension ShapeFinding {
    /// One lower-case line; nil for `exact`, which needs no words.
    package var message: String? {
        switch self {
        case .exact: nil
        case .longer(let got, let expected): "\(got) characters where \(expected) are usual"
        case .otherTail: "the length fits, the ending is not the usual one"
        case .wrongChecksum: "its checksum is wrong: a character was lost or mistyped"
        case .otherSegments(let got): "\(got) characters, divided in another way than this kind is"
        case .short(let got, let expected, let width):
            "\(got) of \(Self.text(expected)) characters: this looks cut \(width.map(Self.edge) ?? "off")"
        case .badCharacter(let position, let oddity): "character \(position) \(oddity.message)"
        case .missingInfix(let got): "\(got) characters without the text that every token of this kind holds"
        case .surplus(let extra, let expected):
            "\(extra) too many characters right behind the \(expected) of a whole token"
        case .foreignPrefix(let got): "\(got) characters that do not begin like this kind"
        case .unclearEnd(let pieces): "broken over \(pieces) lines that do not add up to one token"
        }
    }

    private static func text(_ lengths: ClosedRange<Int>) -> String {
        lengths.lowerBound == lengths.upperBound ? "\(lengths.lowerBound)" : "at least \(lengths.lowerBound)"
    }

    private static func edge(_ width: Int) -> String {
        "at the edge of \((80...89).contains(width) ? "an" : "a") \(width)-column terminal"
    }
}

extension ShapeFinding.Oddity {
    fileprivate var message: String {
        switch self {
        case .dash: "is a typographic dash where a hyphen was"
        case .notASCII: "is outside ASCII; an editor or a chat may have replaced it"
        case .punctuation: "is a sign that this kind does not use"
        case .otherAlphabet: "is a letter or sign that this kind does not use"
        }
    }
}

/// Widths that terminals have, in columns: the VT100's 80 and 132, and what emulators offer.
enum TerminalWidth {
    static let usual = [72, 80, 96, 100, 120, 128, 132, 160]

    /// The terminal whose edge a text of this length reaches; some leave the last column free.
    static func edge(of lengths: [Int]) -> Int? {
        for length in lengths {
            if let width = usual.first(where: { length == $0 || length == $0 - 1 }) { return width }
        }
        return nil
    }
}
