/// Decides how much of a chain is one token of a format, and refuses to guess.
struct PasteAssembly {
    let text: PasteText
    let chain: PasteChain
    let format: TokenFormat
    let prefixLength: Int

    /// A length in characters of the chain, and what is to be said about it.
    struct Result: Equatable {
        var count: Int
        var finding: ShapeFinding
    }

    func result(_ bytes: Span<UInt8>) -> Result {
        for piece in chain.firstPiece..<chain.ends.count where isWhole(upTo: piece, bytes) {
            let count = count(upTo: piece, bytes)
            return Result(count: count, finding: inner(count, bytes))
        }
        if let longer = overlong(bytes) { return longer }
        return defect(bytes)
    }

    /// What is to be said of a whole length: of its pieces, its sum, its ending.
    private func inner(_ count: Int, _ bytes: Span<UInt8>) -> ShapeFinding {
        if let segments = format.segments,
            !segments.fit(count: count, byte: { text.byte(chain.glyphs[$0], in: bytes) })
        {
            return .otherSegments(got: count)
        }
        let sum = format.checksum?.holds(count: count, prefixLength: prefixLength) {
            text.byte(chain.glyphs[$0], in: bytes)
        }
        if sum == false { return .wrongChecksum }
        return hasTail(at: count, bytes) ? .exact : .otherTail
    }

    private func isWhole(upTo piece: Int, _ bytes: Span<UInt8>) -> Bool {
        let count = count(upTo: piece, bytes)
        guard format.lengths.contains(count),
            chain.stranger(to: format, in: prefixLength..<max(count, prefixLength), text, bytes)
                == nil
        else { return false }
        if let infix = format.infix, chain.surplusBehind(infix, within: count, prefixLength, text, bytes) != 0 {
            return false
        }
        if piece > 0 { return isProven(upTo: piece, bytes) }
        let lengthTells = format.hasOneLength || format.infix != nil
        return lengthTells || isDelimited(upTo: piece, bytes) || !mayGoOn(after: piece, bytes)
    }

    /// More than the length must speak for a join: the usual ending, quotes around it, a wrap's shape.
    private func isProven(upTo piece: Int, _ bytes: Span<UInt8>) -> Bool {
        if format.tail != nil, hasTail(at: count(upTo: piece, bytes), bytes) { return true }
        if isDelimited(upTo: piece, bytes) { return true }
        guard format.hasOneLength || format.infix != nil, text.endsCleanly(after: end(piece), in: bytes)
        else {
            return false
        }
        if format.hasOneLength, areLong(1...piece), areRandom(1...piece, bytes) { return true }
        let isAlone =
            Int(text.glyphs[chain.glyphs[0]].run) == 0 && text.runs.last?.upperBound == end(piece) + 1
        let isEven = isEvenWrap(upTo: piece)
        let isUsual = isEven && TerminalWidth.usual.contains(text.lineWidth(at: end(0)))
        if areRandom(1...piece, bytes) {
            return isUsual || ((isAlone || isEven) && !chain.holdsWord(piece, text, bytes))
        }
        guard isEven, chain.piece(piece).count == 1 || !chain.isWord(chain.piece(piece), text, bytes) else {
            return false
        }
        return piece > 1 || (isAlone && isUsual)
    }

    /// Lines of 16 characters and more without a space, which together give the one length: no words add up to that.
    private func areLong(_ pieces: ClosedRange<Int>) -> Bool {
        pieces.allSatisfy { chain.piece($0).count >= 16 && chain.gaps[$0 - 1].lineBreaks == 1 }
    }

    private func areRandom(_ pieces: ClosedRange<Int>, _ bytes: Span<UInt8>) -> Bool {
        for piece in pieces where !chain.looksRandom(chain.piece(piece), text, bytes) { return false }
        return true
    }

    /// All lines but the last equally wide, the last no wider, as a terminal wraps.
    private func isEvenWrap(upTo piece: Int) -> Bool {
        let width = text.lineWidth(at: end(0))
        for index in 0..<piece {
            guard chain.gaps[index].lineBreaks == 1, chain.gaps[index].isPlain,
                text.lineWidth(at: end(index)) == width
            else { return false }
        }
        return width >= 40 && text.lineWidth(at: end(piece)) <= width
    }

    /// In quotes, and if over several lines, with nothing that is a word and an apostrophe behind it.
    private func isDelimited(upTo piece: Int, _ bytes: Span<UInt8>) -> Bool {
        guard text.kind(chain.glyphs[0] - 1) == .quote, text.kind(end(piece) + 1) == .quote else {
            return false
        }
        return piece == 0
            || (chain.gaps[..<piece].allSatisfy { $0.lineBreaks == 1 }
                && !chain.isWord(chain.piece(piece), text, bytes))
    }

    /// Length up to the end of a piece, without Markdown's underscores if they stand on both sides.
    private func count(upTo piece: Int, _ bytes: Span<UInt8>) -> Int {
        let end = chain.ends[piece]
        guard !(format.hasOneLength && format.lengths.contains(end)) else { return end }
        var pairs = 0
        while pairs < 3, text.has("_", at: chain.glyphs[0] - 1 - pairs, in: bytes),
            end - pairs > prefixLength, text.has("_", at: chain.glyphs[end - 1 - pairs], in: bytes)
        { pairs += 1 }
        return text.kind(chain.glyphs[0] - 1 - pairs) == .word ? end : end - pairs
    }

    /// Whether the next piece looks like the rest of a token.
    func mayGoOn(after piece: Int, _ bytes: Span<UInt8>) -> Bool {
        guard piece + 1 < chain.ends.count else { return false }
        let ownLine = chain.gaps[piece].lineBreaks == 1 && text.endsCleanly(after: end(piece + 1), in: bytes)
        return ownLine || chain.looksRandom(chain.piece(piece + 1), text, bytes)
    }

    private func hasTail(at count: Int, _ bytes: Span<UInt8>) -> Bool {
        guard let tail = format.tail else { return true }
        return chain.holds(tail, endingAt: count, text, bytes)
    }

    func end(_ piece: Int) -> Int { chain.lastGlyph(ofPiece: piece) }

    func edge(ofPiece piece: Int) -> Int? {
        TerminalWidth.edge(of: [chain.ends[piece], text.lineWidth(at: end(piece))])
    }

    private func overlong(_ bytes: Span<UInt8>) -> Result? {
        let piece = chain.firstPiece
        let got = chain.ends[piece]
        let expected = format.lengths.upperBound
        guard got > expected else { return nil }
        if chain.stranger(to: format, in: prefixLength..<expected, text, bytes) != nil { return nil }
        let endsThere = format.tail.map { chain.holds($0, endingAt: expected, text, bytes) } ?? false
        if isPasteMark(surplus: got - expected, bytes) {
            return Result(count: expected, finding: hasTail(at: expected, bytes) ? .exact : .otherTail)
        }
        if endsThere || chain.touchesNextMark {
            return Result(count: got, finding: .surplus(extra: got - expected, expected: expected))
        }
        if chain.stranger(to: format, in: expected..<got, text, bytes) != nil { return nil }
        if mayGoOn(after: piece, bytes) {
            return Result(count: got, finding: .unclearEnd(pieces: chain.ends.count))
        }
        return Result(count: got, finding: .longer(got: got, expected: expected))
    }

    /// `201~`, what is left of the mark at the end of a paste when its escape was eaten.
    private func isPasteMark(surplus: Int, _ bytes: Span<UInt8>) -> Bool {
        let last = end(chain.firstPiece)
        guard surplus <= 3, text.has("~", at: last + 1, in: bytes) else { return false }
        let digits: [Unicode.Scalar] = ["1", "0", "2"]
        for (offset, digit) in digits.prefix(surplus).enumerated()
        where !text.has(digit, at: last - offset, in: bytes) { return false }
        return true
    }
}
