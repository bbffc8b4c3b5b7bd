/// Reads pasted bytes into a `PasteText` in one pass.
struct PasteLexer {
    private(set) var text = PasteText()
    private var column: Int32 = 0

    static func text(of bytes: Span<UInt8>) -> PasteText {
        var lexer = PasteLexer()
        var index = 0
        while index < bytes.count { index = lexer.step(bytes, at: index) }
        return lexer.text
    }

    /// Takes what starts at `index`; the index behind it.
    private mutating func step(_ bytes: Span<UInt8>, at index: Int) -> Int {
        if let sequence = TerminalSequence(bytes, at: index) {
            drop(sequence.isBracketedPaste ? .bracketedPasteMarks : .ansi)
            return sequence.end
        }
        let byte = bytes[index]
        if byte >= 0x80 { return stepWide(bytes, at: index) }
        if byte == UInt8(ascii: "\\"), index + 1 < bytes.count, stepEscape(bytes[index + 1], at: index) {
            return index + 2
        }
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x5F: append(.word, at: index)
        case 0x20, 0x09: append(.space, at: index)
        case 0x0A, 0x0B, 0x0C: breakLine(at: index)
        case 0x0D:
            drop(.carriageReturns)
            let more = index + 1 < bytes.count && (bytes[index + 1] == 0x0A || bytes[index + 1] == 0x0D)
            if !more { append(.lineBreak, at: index) }
        case 0x22, 0x27, 0x60: append(.quote, at: index)
        case 0x3E, 0x7C: append(.border, at: index)
        case 0x2A: append(.mask, at: index)
        case 0x08, 0x7F, 0x21...0x7E: append(.other, at: index)
        default: drop(.controlCharacters)
        }
        return index + 1
    }

    /// `\n`, `\r` and `\t` as JSON and shells write them; false when it is another character.
    private mutating func stepEscape(_ letter: UInt8, at index: Int) -> Bool {
        switch letter {
        case UInt8(ascii: "n"): breakLine(at: index, width: 2)
        case UInt8(ascii: "r"): drop(.carriageReturns)
        case UInt8(ascii: "t"): append(.space, at: index, width: 2)
        default: return false
        }
        return true
    }

    private mutating func stepWide(_ bytes: Span<UInt8>, at index: Int) -> Int {
        guard let (scalar, width) = Self.scalar(bytes, at: index) else {
            // 0xA0 alone is a no-break space of ISO 8859-1.
            append(bytes[index] == 0xA0 ? .nonBreakingSpace : .other, at: index)
            return index + 1
        }
        switch scalar {
        case 0xAD, 0x34F, 0x61C, 0x180E, 0x200B...0x200F, 0x202A...0x202E, 0x2060...0x206F, 0xFE00...0xFE0F,
            0xFEFF:
            drop(.zeroWidth)
        case 0x80...0x84, 0x86...0x9F: drop(.controlCharacters)
        case 0x85, 0x2028, 0x2029: breakLine(at: index, width: width)
        case 0xA0, 0x2007, 0x202F: append(.nonBreakingSpace, at: index, width: width)
        case 0x1680, 0x2000...0x2006, 0x2008...0x200A, 0x205F, 0x3000: append(.space, at: index, width: width)
        case 0xAB, 0xBB, 0x2018...0x201F, 0x2039, 0x203A, 0x300C...0x300F, 0xFF02, 0xFF07:
            append(.quote, at: index, width: width)
        case 0x2500...0x257F, 0x258C...0x2590, 0x2595: append(.border, at: index, width: width)
        case 0x2026, 0x2022, 0x25CF, 0x2219, 0xB7, 0x2588, 0xFF0A: append(.mask, at: index, width: width)
        case 0x2010...0x2015, 0x2212, 0xFE58, 0xFE63, 0xFF0D: append(.dash, at: index, width: width)
        default: append(.other, at: index, width: width)
        }
        return index + width
    }

    /// The scalar of a well-led UTF-8 sequence (RFC 3629 §3) and its bytes; nil when it is none.
    private static func scalar(_ bytes: Span<UInt8>, at index: Int) -> (value: UInt32, width: Int)? {
        let lead = bytes[index]
        let width = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
        guard (0xC2...0xF4).contains(lead), index + width <= bytes.count else { return nil }
        var value = UInt32(lead) & (0x7F >> UInt32(width))
        for place in index + 1..<index + width {
            guard bytes[place] & 0xC0 == 0x80 else { return nil }
            value = value << 6 | UInt32(bytes[place] & 0x3F)
        }
        return (value, width)
    }

    private mutating func breakLine(at index: Int, width: Int = 1) {
        append(.lineBreak, at: index, width: width)
        drop(.lineBreaks)
    }

    private mutating func drop(_ kind: Removal.Kind) { text.noise[kind, default: 0] += 1 }

    private mutating func append(_ kind: PasteText.Glyph.Kind, at offset: Int, width: Int = 1) {
        var run: Int32 = -1
        let here = text.glyphs.count
        if kind == .word {
            if let last = text.runs.last, last.upperBound == here {
                text.runs[text.runs.count - 1] = last.lowerBound..<here + 1
            } else {
                text.runs.append(here..<here + 1)
            }
            run = Int32(text.runs.count - 1)
        }
        text.glyphs.append(
            .init(kind: kind, width: UInt8(width), offset: Int32(offset), column: column, run: run))
        column = kind == .lineBreak ? 0 : column + 1
    }
}

/// An escape sequence that a terminal left in a copy (ECMA-48 §5.4 and §5.6).
struct TerminalSequence {
    let end: Int
    /// `ESC [ 200 ~` or `ESC [ 201 ~`, which xterm puts around a paste.
    let isBracketedPaste: Bool

    /// Nil when none starts at `start`. Also reads sequences whose escape byte was lost or spelt as `^[`.
    init?(_ bytes: Span<UInt8>, at start: Int) {
        func at(_ index: Int, _ value: UInt8) -> Bool { index < bytes.count && bytes[index] == value }
        let bracket = UInt8(ascii: "[")
        switch bytes[start] {
        case 0x1B where at(start + 1, bracket): self.init(control: bytes, parametersAt: start + 2)
        case 0x1B: self.init(escape: bytes, at: start)
        case 0xC2 where at(start + 1, 0x9B): self.init(control: bytes, parametersAt: start + 2)
        case UInt8(ascii: "^") where at(start + 1, bracket) && at(start + 2, bracket):
            self.init(control: bytes, parametersAt: start + 3)
        case bracket: self.init(bare: bytes, at: start)
        default: return nil
        }
    }

    private init(control bytes: Span<UInt8>, parametersAt start: Int) {
        var index = start
        while index < bytes.count, (0x30...0x3F).contains(bytes[index]) { index += 1 }
        let parameters = start..<index
        while index < bytes.count, (0x20...0x2F).contains(bytes[index]) { index += 1 }
        if index < bytes.count, (0x40...0x7E).contains(bytes[index]) { index += 1 }
        end = index
        isBracketedPaste =
            parameters.count == 3 && index == start + 4 && bytes[index - 1] == UInt8(ascii: "~")
            && bytes[start] == 0x32 && bytes[start + 1] == 0x30 && (0x30...0x31).contains(bytes[start + 2])
    }

    /// Without its escape byte only colours and paste marks are sure enough.
    private init?(bare bytes: Span<UInt8>, at start: Int) {
        var index = start + 1
        while index < bytes.count, (0x30...0x39).contains(bytes[index]) || bytes[index] == 0x3B { index += 1 }
        guard index > start + 1, index < bytes.count else { return nil }
        let sequence = TerminalSequence(control: bytes, parametersAt: start + 1)
        guard bytes[index] == UInt8(ascii: "m") || sequence.isBracketedPaste else { return nil }
        self = sequence
    }

    /// Strings (`ESC ]`, `P`, `X`, `^`, `_`) run to BEL or `ESC \`; all else is two or three bytes.
    private init(escape bytes: Span<UInt8>, at start: Int) {
        isBracketedPaste = false
        var index = start + 1
        guard index < bytes.count else {
            end = index
            return
        }
        if [0x5D, 0x50, 0x58, 0x5E, 0x5F].contains(bytes[index]) {
            let text = index + 1
            index = text
            while index < bytes.count, bytes[index] != 0x07, bytes[index] != 0x1B, bytes[index] != 0x0A {
                index += 1
            }
            let bell = index < bytes.count && bytes[index] == 0x07
            let terminator = index + 1 < bytes.count && bytes[index] == 0x1B && bytes[index + 1] == 0x5C
            end = bell ? index + 1 : terminator ? index + 2 : text
            return
        }
        while index < bytes.count, (0x20...0x2F).contains(bytes[index]) { index += 1 }
        end = index < bytes.count && (0x30...0x7E).contains(bytes[index]) ? index + 1 : index
    }
}
