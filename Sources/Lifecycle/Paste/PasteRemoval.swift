/// One sort of thing that was left out of a paste, and how often.
package struct Removal: Equatable, Sendable {
    package enum Kind: Int, CaseIterable, Equatable, Sendable {
        case lineBreaks, carriageReturns, ansi, bracketedPasteMarks, zeroWidth, controlCharacters
        case spaces, nonBreakingSpaces, quotes
        /// `>`, `|` and box lines at the ends of a line.
        case quoteMarks
        case bearerPrefix
        /// `export X=`, `X=`, `X: `.
        case assignment
        case prompt, markdown, json, curl, repeatedPrefix, repeatedToken
        /// Any other word.
        case words
    }
    package var kind: Kind
    package var count: Int
}

extension [Removal] {
    /// Such as `removed 2 line breaks, 1 Bearer prefix`; nil when there is nothing to tell.
    package var message: String? {
        isEmpty
            ? nil
            : "removed "
                + map { "\($0.count) \($0.kind.name(plural: $0.count != 1))" }.joined(separator: ", ")
    }
}

extension Removal.Kind {
    fileprivate func name(plural: Bool) -> String {
        let name =
            switch self {
            case .lineBreaks: "line break"
            case .carriageReturns: "carriage return"
            case .ansi: "terminal sequence"
            case .bracketedPasteMarks: "paste mark"
            case .zeroWidth: "invisible character"
            case .controlCharacters: "control character"
            case .spaces: "space"
            case .nonBreakingSpaces: "no-break space"
            case .quotes: "quote"
            case .quoteMarks: "quotation mark of a chat or a box"
            case .bearerPrefix: "Bearer prefix"
            case .assignment: "assignment"
            case .prompt: "shell prompt"
            case .markdown: "sign of Markdown"
            case .json: "JSON object"
            case .curl: "curl command"
            case .repeatedPrefix: "repeated prefix"
            case .repeatedToken: "repetition of the token"
            case .words: "other word"
            }
        guard plural else { return name }
        return switch self {
        case .bearerPrefix: "Bearer prefixes"
        case .repeatedPrefix: "repeated prefixes"
        case .quoteMarks: "quotation marks of a chat or a box"
        case .markdown: "signs of Markdown"
        case .repeatedToken: "repetitions of the token"
        default: name + "s"
        }
    }
}

/// Counts what was left out; it tells sorts, never content.
struct RemovalCount {
    private let text: PasteText
    private var isKept: [Bool]
    private var counts: [Removal.Kind: Int]

    init(text: PasteText, kept: [Int]) {
        self.text = text
        counts = text.noise
        isKept = [Bool](repeating: false, count: text.glyphs.count)
        for index in kept { isKept[index] = true }
    }

    mutating func add(_ kind: Removal.Kind, _ count: Int = 1) { counts[kind, default: 0] += count }

    /// In the order of the kinds, without zeros.
    mutating func removals(_ bytes: Span<UInt8>) -> [Removal] {
        var index = 0
        while index < text.glyphs.count {
            if isKept[index] {
                index += 1
                continue
            }
            switch text.glyphs[index].kind {
            case .space: add(.spaces)
            case .nonBreakingSpace: add(.nonBreakingSpaces)
            case .quote: add(text.has("`", at: index, in: bytes) ? .markdown : .quotes)
            case .border: add(.quoteMarks)
            case .lineBreak: break  // counted as noise, where a bare carriage return is told apart
            case .word, .mask, .dash, .other:
                index = countWord(from: index, bytes)
                continue
            }
            index += 1
        }
        if counts[.curl] != nil || counts[.json] != nil { counts[.words] = nil }
        return Removal.Kind.allCases.compactMap { kind in
            guard let count = counts[kind], count > 0 else { return nil }
            return Removal(kind: kind, count: count)
        }
    }

    private mutating func countWord(from start: Int, _ bytes: Span<UInt8>) -> Int {
        var end = start
        while end < text.glyphs.count, !isKept[end], text.glyphs[end].isVisible,
            text.glyphs[end].kind != .quote, text.glyphs[end].kind != .border
        { end += 1 }
        switch text.wrapper(start..<end, in: bytes) {
        case .json: counts[.json] = 1
        case .prompt, .curl, .markdown, .bearerPrefix, .assignment:
            if let kind = text.wrapper(start..<end, in: bytes) { add(kind) }
        case nil where text.isShellKeyword(start..<end, in: bytes): break
        default: if text.holdsWord(start..<end) { add(.words) }
        }
        return end
    }
}

extension PasteText {
    /// What a word around a token is for; nil for any other word.
    func wrapper(_ word: Range<Int>, in bytes: Span<UInt8>) -> Removal.Kind? {
        guard let last = word.last else { return nil }
        if has("{", at: word.lowerBound, in: bytes) || has("}", at: last, in: bytes) { return .json }
        if spells("bearer", word, in: bytes) { return .bearerPrefix }
        if spells("curl", word, in: bytes) { return .curl }
        if has("=", at: last, in: bytes) || has(":", at: last, in: bytes) { return .assignment }
        if has("$", at: last, in: bytes) || has("%", at: last, in: bytes) || isPromptSign(last, in: bytes) {
            return .prompt
        }
        if word.count <= 3, !holdsLetter(word, in: bytes),
            kind(last) == .mask || has("_", at: last, in: bytes)
        {
            return .markdown
        }
        return nil
    }

    /// `export`, `set` and the like, which are counted with the assignment behind them.
    func isShellKeyword(_ word: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        for keyword in ["export", "set", "setx", "env", "declare"] where spells(keyword, word, in: bytes) {
            return true
        }
        return false
    }

    func holdsWord(_ word: Range<Int>) -> Bool {
        for index in word where glyphs[index].kind == .word { return true }
        return false
    }

    private func holdsLetter(_ word: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        for index in word where kind(index) == .word && byte(index, in: bytes) != 0x5F { return true }
        return false
    }

    /// `#` of a root shell, and the arrows of common themes (U+276F, U+279C), which are three bytes each.
    private func isPromptSign(_ glyph: Int, in bytes: Span<UInt8>) -> Bool {
        if has("#", at: glyph, in: bytes) { return true }
        let offset = Int(glyphs[glyph].offset)
        guard glyphs[glyph].width == 3, bytes[offset] == 0xE2 else { return false }
        let tail = (bytes[offset + 1], bytes[offset + 2])
        return tail == (0x9D, 0xAF) || tail == (0x9E, 0x9C)
    }

    /// Compares without regard to case.
    private func spells(_ literal: String, _ word: Range<Int>, in bytes: Span<UInt8>) -> Bool {
        guard word.count == literal.utf8.count else { return false }
        for (index, wanted) in zip(word, literal.utf8) where byte(index, in: bytes) | 0x20 != wanted {
            return false
        }
        return true
    }
}
