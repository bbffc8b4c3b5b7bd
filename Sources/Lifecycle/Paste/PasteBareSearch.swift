/// Finds a token that nothing begins, of the kind that a person named, among the words of a paste.
struct PasteBareSearch {
    let text: PasteText
    let request: PasteRequest
    /// Those that are no wrapping, in order.
    let words: [Range<Int>]

    /// Nil when the kind has no such form.
    func reading(_ bytes: Span<UInt8>) -> PasteReading? {
        let kinds = request.kinds.bare(request.wanted?.id)
        guard let first = kinds.first, !words.isEmpty else { return nil }
        let values = words.map { withoutSigns($0, bytes) }
        var whole: [[Int]] = []
        for glyphs in values where fits(kinds, glyphs, bytes) && !isAmong(whole, glyphs, bytes) { whole.append(glyphs) }
        let joined = values.flatMap(\.self)
        if whole.isEmpty, values.count > 1, fits(kinds, joined, bytes) { whole = [joined] }
        if whole.count > 1 { return .refused(.several([.init(display: first.display, count: whole.count)])) }
        if let only = whole.first { return token(only, first, .exact, bytes) }
        let longest = values.max { $0.count < $1.count } ?? []
        guard !longest.isEmpty else { return .refused(.empty) }
        let finding = defect(longest, first.format, bytes)
        guard request.asIs, values.count == 1 else { return .refused(.shape(finding, first)) }
        return token(longest, first, finding, bytes)
    }

    private func token(
        _ glyphs: [Int], _ kind: PasteKind, _ finding: ShapeFinding, _ bytes: Span<UInt8>
    ) -> PasteReading {
        var count = RemovalCount(text: text, kept: glyphs)
        let cleaned = CleanedPaste(ranges: text.byteRanges(of: glyphs), removals: count.removals(bytes))
        return .token(cleaned, KindGuess(kind: kind, finding: finding))
    }

    /// Without the brackets, commas and semicolons of what stands around it.
    private func withoutSigns(_ word: Range<Int>, _ bytes: Span<UInt8>) -> [Int] {
        var word = word
        while let first = word.first, text.kind(first) == .other { word = first + 1..<word.upperBound }
        while let last = word.last, text.kind(last) == .other, !text.has("=", at: last, in: bytes) {
            word = word.lowerBound..<last
        }
        return Array(word)
    }

    private func fits(_ kinds: [PasteKind], _ glyphs: [Int], _ bytes: Span<UInt8>) -> Bool {
        for kind in kinds where fits(kind.format, glyphs, bytes) { return true }
        return false
    }

    private func fits(_ format: TokenFormat, _ glyphs: [Int], _ bytes: Span<UInt8>) -> Bool {
        guard format.lengths.contains(glyphs.count) else { return false }
        for glyph in glyphs where text.glyphs[glyph].width != 1 || !format.contains(text.byte(glyph, in: bytes)) {
            return false
        }
        return format.segments?.fit(count: glyphs.count) { text.byte(glyphs[$0], in: bytes) } ?? true
    }

    private func isAmong(_ known: [[Int]], _ glyphs: [Int], _ bytes: Span<UInt8>) -> Bool {
        for other in known where isSame(other, glyphs, bytes) { return true }
        return false
    }

    private func isSame(_ one: [Int], _ other: [Int], _ bytes: Span<UInt8>) -> Bool {
        guard one.count == other.count else { return false }
        for (left, right) in zip(one, other) where text.byte(left, in: bytes) != text.byte(right, in: bytes) {
            return false
        }
        return true
    }

    private func defect(_ glyphs: [Int], _ format: TokenFormat, _ bytes: Span<UInt8>) -> ShapeFinding {
        for (place, glyph) in glyphs.enumerated() {
            guard text.glyphs[glyph].width == 1 else { return .badCharacter(position: place + 1, .notASCII) }
            guard format.contains(text.byte(glyph, in: bytes)) else {
                return .badCharacter(position: place + 1, .otherAlphabet)
            }
        }
        let got = glyphs.count
        if got < format.lengths.lowerBound {
            let edge = glyphs.last.flatMap { TerminalWidth.edge(of: [got, text.lineWidth(at: $0)]) }
            return .short(got: got, expected: format.lengths, terminalWidth: edge)
        }
        if got > format.lengths.upperBound {
            return .surplus(extra: got - format.lengths.upperBound, expected: format.lengths.upperBound)
        }
        return .otherSegments(got: got)
    }
}
