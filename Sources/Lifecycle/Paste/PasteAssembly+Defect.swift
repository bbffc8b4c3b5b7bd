extension PasteAssembly {
    /// What is wrong with a chain that is no whole token.
    func defect(_ bytes: Span<UInt8>) -> Result {
        let last = lastPlainPiece(bytes)
        let got = chain.ends[last]
        func found(_ finding: ShapeFinding) -> Result { Result(count: got, finding: finding) }
        if let place = chain.stranger(to: format, in: min(prefixLength, got)..<got, text, bytes) {
            return found(.badCharacter(position: place + 1, .otherAlphabet))
        }
        if got < format.lengths.lowerBound || !format.hasOneLength, let oddity = oddity(after: end(last)) {
            return found(.badCharacter(position: got + 1, oddity))
        }
        let isJoined = last > chain.firstPiece
        if got < format.lengths.lowerBound {
            let width = isJoined ? nil : edge(ofPiece: last)
            return found(.short(got: got, expected: format.lengths, terminalWidth: width))
        }
        infix: if let infix = format.infix {
            guard let extra = chain.surplusBehind(infix, within: got, prefixLength, text, bytes) else {
                if mayGoOn(after: last, bytes) { break infix }
                return found(.missingInfix(got: got))
            }
            if extra < 0 {
                let width = isJoined ? nil : edge(ofPiece: last)
                return found(.short(got: got, expected: (got - extra)...(got - extra), terminalWidth: width))
            }
            if extra > 0, !isJoined { return found(.surplus(extra: extra, expected: got - extra)) }
        }
        return found(.unclearEnd(pieces: max(last + 1, 2)))
    }

    /// The last piece that follows on a line of its own, as a wrapped token does and a sentence does not.
    private func lastPlainPiece(_ bytes: Span<UInt8>) -> Int {
        var last = chain.firstPiece
        while last + 1 < chain.ends.count, chain.gaps[last].lineBreaks == 1, chain.gaps[last].isPlain,
            text.endsCleanly(after: end(last + 1), in: bytes),
            !chain.isWord(chain.piece(last + 1), text, bytes)
        { last += 1 }
        return last
    }

    private func oddity(after glyph: Int) -> ShapeFinding.Oddity? {
        guard text.kind(glyph + 2) == .word else { return nil }
        return switch text.kind(glyph + 1) {
        case .dash: .dash
        case .other: text.glyphs[glyph + 1].width > 1 ? .notASCII : .punctuation
        default: nil
        }
    }
}
