/// A token from its first character on, and the pieces behind it that may belong to it.
struct PasteChain {
    /// Indices of its glyphs, all pieces one after the other.
    private(set) var glyphs: [Int] = []
    /// Length up to the end of each piece.
    private(set) var ends: [Int] = []
    /// `gaps[n]` lies before piece `n + 1`.
    private(set) var gaps: [PasteText.Gap] = []
    /// The next mark begins right behind the last piece.
    private(set) var touchesNextMark = false
    /// The first piece that ends behind the mark; what comes before it belongs together in any case.
    private(set) var firstPiece = 0

    /// Follows the pieces until they hold more characters than a token or cannot go on.
    init(
        _ sighting: PasteSighting, before nextMark: Int, format: TokenFormat, text: PasteText, bytes: Span<UInt8>
    ) {
        let limit = format.lengths.upperBound + 1
        var run = Int(text.glyphs[sighting.glyphs.lowerBound].run)
        var lower = sighting.glyphs.lowerBound
        while run >= 0 {
            while let next = text.joined(run, by: format.also, in: bytes), next < nextMark {
                glyphs.append(contentsOf: lower..<next)
                lower = next
                run += 1
            }
            let end = text.padded(run, by: format.also, in: bytes)
            let upper = min(end, nextMark)
            glyphs.append(contentsOf: lower..<upper)
            ends.append(glyphs.count)
            if upper < sighting.glyphs.upperBound { firstPiece = ends.count }
            touchesNextMark = upper == nextMark && text.kind(upper) == .word
            guard upper == end, glyphs.count < limit, let gap = text.gap(after: run, from: end, in: bytes),
                text.runs[run + 1].lowerBound < nextMark, !Self.isName(run + 1, text, bytes)
            else { break }
            gaps.append(gap)
            run += 1
            lower = text.runs[run].lowerBound
        }
        if firstPiece >= ends.count { firstPiece = max(ends.count - 1, 0) }
    }

    /// The key of `KEY=value` or `key: value`.
    private static func isName(_ run: Int, _ text: PasteText, _ bytes: Span<UInt8>) -> Bool {
        let next = text.runs[run].upperBound
        guard text.kind(next + 1) != .lineBreak else { return false }
        return text.has("=", at: next, in: bytes) || text.has(":", at: next, in: bytes)
    }

    func piece(_ index: Int) -> Range<Int> { (index == 0 ? 0 : ends[index - 1])..<ends[index] }

    /// The glyph that ends piece `index`.
    func lastGlyph(ofPiece index: Int) -> Int { glyphs[ends[index] - 1] }
}

extension PasteChain {
    func holds(_ literal: String, endingAt end: Int, _ text: PasteText, _ bytes: Span<UInt8>) -> Bool {
        var place = end - literal.utf8.count
        guard place >= 0, end <= glyphs.count else { return false }
        for wanted in literal.utf8 {
            guard text.byte(glyphs[place], in: bytes) == wanted else { return false }
            place += 1
        }
        return true
    }

    /// Where `literal` first occurs among the first `count` characters.
    func place(of literal: String, within count: Int, _ text: PasteText, _ bytes: Span<UInt8>) -> Int? {
        let length = literal.utf8.count
        guard length <= count else { return nil }
        for end in length...count where holds(literal, endingAt: end, text, bytes) { return end - length }
        return nil
    }

    /// How many more characters follow the infix than stand between prefix and infix; nil without an infix.
    func surplusBehind(
        _ infix: String, within count: Int, _ prefixLength: Int, _ text: PasteText, _ bytes: Span<UInt8>
    ) -> Int? {
        guard let place = place(of: infix, within: count, text, bytes) else { return nil }
        return (count - place - infix.utf8.count) - (place - prefixLength)
    }

    /// The first character in `places` that no token of the format has.
    func stranger(
        to format: TokenFormat, in places: Range<Int>, _ text: PasteText, _ bytes: Span<UInt8>
    ) -> Int? {
        for place in places where !format.contains(text.byte(glyphs[place], in: bytes)) { return place }
        return nil
    }

    /// A word of a language: letters only, small ones behind the first.
    func isWord(_ places: Range<Int>, _ text: PasteText, _ bytes: Span<UInt8>) -> Bool {
        for place in places {
            let byte = text.byte(glyphs[place], in: bytes)
            let isCapital = (0x41...0x5A).contains(byte)
            guard (0x61...0x7A).contains(byte) || (isCapital && place == places.lowerBound) else {
                return false
            }
        }
        return true
    }

    /// Six small letters in a row, as names such as `request_id_011` have and one random piece in ten.
    func holdsWord(_ index: Int, _ text: PasteText, _ bytes: Span<UInt8>) -> Bool {
        var small = 0
        for place in piece(index) {
            small = (0x61...0x7A).contains(text.byte(glyphs[place], in: bytes)) ? small + 1 : 0
            if small == 6 { return true }
        }
        return false
    }

    /// Letters and digits in at least six characters, as random text has and words have not.
    func looksRandom(_ places: Range<Int>, _ text: PasteText, _ bytes: Span<UInt8>) -> Bool {
        var hasDigit = false
        var hasLetter = false
        for place in places {
            let byte = text.byte(glyphs[place], in: bytes)
            if (0x30...0x39).contains(byte) { hasDigit = true }
            if byte >= 0x41, byte != 0x5F { hasLetter = true }
        }
        return places.count >= 6 && hasDigit && hasLetter
    }

    func isSame(as other: PasteChain, count: Int, _ text: PasteText, _ bytes: Span<UInt8>) -> Bool {
        guard count <= glyphs.count, count <= other.glyphs.count else { return false }
        for place in 0..<count
        where text.byte(glyphs[place], in: bytes) != text.byte(other.glyphs[place], in: bytes) {
            return false
        }
        return true
    }
}
