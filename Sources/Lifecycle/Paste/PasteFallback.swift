/// Names a paste in which nothing begins like a known token, or keeps its one word when a person insists.
struct PasteFallback {
    let text: PasteText
    let request: PasteRequest

    func reading(_ bytes: Span<UInt8>) -> PasteReading {
        if let lookAlike = lookAlike(bytes) { return .refused(lookAlike) }
        let words = words(bytes)
        let bare = PasteBareSearch(text: text, request: request, words: words)
        if let reading = bare.reading(bytes) { return reading }
        let got = words.reduce(0) { $0 + $1.count }
        guard let wanted = request.wanted else {
            return .refused(.noKind(characters: got, example: request.kinds.first?.id))
        }
        let finding = ShapeFinding.foreignPrefix(got: got)
        guard request.asIs, words.count == 1, let word = words.first else {
            return .refused(.shape(finding, wanted))
        }
        var count = RemovalCount(text: text, kept: Array(word))
        let cleaned = CleanedPaste(ranges: text.byteRanges(of: Array(word)), removals: count.removals(bytes))
        return .token(cleaned, KindGuess(kind: wanted, finding: finding))
    }

    private func lookAlike(_ bytes: Span<UInt8>) -> PasteRefusal? {
        if isReference(bytes) { return .reference }
        if isVariable(bytes) { return .variable }
        for (index, run) in text.runs.enumerated() {
            let next = run.upperBound
            if text.has("#", at: next, in: bytes), run.count >= 8, index + 1 < text.runs.count,
                text.runs[index + 1].lowerBound == next + 1, text.runs[index + 1].count >= 8
            {
                return .loginCode
            }
            if run.count >= 3, text.isMasked(at: next, in: bytes) { return .masked }
        }
        let hasMask = text.glyphs.indices.contains { text.glyphs[$0].kind == .mask }
        return hasMask && text.runs.isEmpty ? .masked : nil
    }

    private func isReference(_ bytes: Span<UInt8>) -> Bool {
        guard let run = text.runs.first, run.count == 6 else { return false }
        for (index, wanted) in zip(run.lowerBound..., "secret://".utf8) {
            guard index < text.glyphs.count, text.byte(index, in: bytes) == wanted else { return false }
        }
        return true
    }

    /// `$NAME` or `${NAME}` and nothing behind it; a prompt has a space after the sign.
    private func isVariable(_ bytes: Span<UInt8>) -> Bool {
        guard text.runs.count == 1, let run = text.runs.first else { return false }
        let brace = text.has("{", at: run.lowerBound - 1, in: bytes)
        return text.has("$", at: run.lowerBound - (brace ? 2 : 1), in: bytes)
    }

    /// The words that are no wrapping, without the name before an equals sign.
    private func words(_ bytes: Span<UInt8>) -> [Range<Int>] {
        var words: [Range<Int>] = []
        var index = 0
        while index < text.glyphs.count {
            let kind = text.glyphs[index].kind
            guard text.glyphs[index].isVisible, kind != .quote, kind != .border else {
                index += 1
                continue
            }
            let end = text.wordEnd(after: index)
            let isWrapping =
                text.wrapper(index..<end, in: bytes) != nil
                || text.isShellKeyword(index..<end, in: bytes)
            if !isWrapping { words.append(withoutName(index..<end, bytes)) }
            index = end
        }
        return words
    }

    private func withoutName(_ word: Range<Int>, _ bytes: Span<UInt8>) -> Range<Int> {
        for index in word where text.glyphs[index].kind != .word {
            let isAssignment = text.has("=", at: index, in: bytes) && index + 1 < word.upperBound
            return isAssignment ? index + 1..<word.upperBound : word
        }
        return word
    }
}
