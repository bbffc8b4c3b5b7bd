/// A paste without its noise: visible characters, each with the place that it has in the pasted bytes.
///
/// It holds positions and classes, never a byte of the paste, so it needs no locked memory.
struct PasteText {
    var glyphs: [Glyph] = []
    /// Unbroken stretches of characters that a token may hold, as ranges of `glyphs`.
    var runs: [Range<Int>] = []
    /// What was dropped because it has no meaning anywhere, such as escape sequences.
    var noise: [Removal.Kind: Int] = [:]

    struct Glyph {
        enum Kind: UInt8 {
            /// `A-Z a-z 0-9 - _`, the widest alphabet of a token.
            case word
            case space, nonBreakingSpace, lineBreak, quote
            /// What chats and boxes put at the ends of a line: `>`, `|`, `│`.
            case border
            /// What stands for hidden characters: `*`, `…`, `•`.
            case mask
            /// A dash that an editor put where a hyphen was.
            case dash
            case other
        }
        var kind: Kind
        /// Bytes in the paste.
        var width: UInt8
        var offset: Int32
        /// Visible characters before it on its line.
        var column: Int32
        /// Index in `runs`, -1 outside them.
        var run: Int32
    }

    /// What stands between two runs that may be one wrapped token.
    struct Gap {
        var lineBreaks: Int
        /// No quotes and no continuation signs in it.
        var isPlain: Bool
    }
}

extension PasteText {
    func byte(_ glyph: Int, in bytes: Span<UInt8>) -> UInt8 { bytes[Int(glyphs[glyph].offset)] }

    func kind(_ glyph: Int) -> Glyph.Kind? { glyphs.indices.contains(glyph) ? glyphs[glyph].kind : nil }

    func has(_ character: Unicode.Scalar, at glyph: Int, in bytes: Span<UInt8>) -> Bool {
        kind(glyph) != nil && byte(glyph, in: bytes) == UInt8(ascii: character)
    }

    func has(_ byte: UInt8, at glyph: Int, in bytes: Span<UInt8>) -> Bool {
        kind(glyph) != nil && self.byte(glyph, in: bytes) == byte
    }

    /// What follows a run, if a wrapped token could go on behind it.
    ///
    /// - Parameter end: the glyph behind the run, and behind the signs that belong to it.
    func gap(after run: Int, from end: Int, in bytes: Span<UInt8>) -> Gap? {
        guard run + 1 < runs.count, end <= runs[run + 1].lowerBound else { return nil }
        var gap = Gap(lineBreaks: 0, isPlain: true)
        var decorated = false
        for index in end..<runs[run + 1].lowerBound {
            switch glyphs[index].kind {
            case .space, .nonBreakingSpace: break
            case .lineBreak: gap.lineBreaks += 1
            case .border: decorated = true
            case .quote: gap.isPlain = false
            default:
                guard isContinuationSign(index, in: bytes) else { return nil }
                gap.isPlain = false
            }
        }
        return gap.lineBreaks > 0 || (gap.isPlain && !decorated) ? gap : nil
    }

    /// Where the next run begins when nothing but signs of the token stands before it.
    func joined(_ run: Int, by signs: [UInt8], in bytes: Span<UInt8>) -> Int? {
        guard !signs.isEmpty, run + 1 < runs.count else { return nil }
        let between = runs[run].upperBound..<runs[run + 1].lowerBound
        for index in between where glyphs[index].kind != .other || !signs.contains(byte(index, in: bytes)) {
            return nil
        }
        return between.upperBound
    }

    /// The index behind a run and the padding of RFC 4648 §3.2, if tokens have it.
    func padded(_ run: Int, by signs: [UInt8], in bytes: Span<UInt8>) -> Int {
        var end = runs[run].upperBound
        guard signs.contains(UInt8(ascii: "=")) else { return end }
        while has("=", at: end, in: bytes), end < runs[run].upperBound + 2 { end += 1 }
        return end
    }

    /// A backslash (shell) or an equals sign (quoted-printable, RFC 2045 §6.7) at the end of a line.
    private func isContinuationSign(_ glyph: Int, in bytes: Span<UInt8>) -> Bool {
        guard kind(glyph + 1) == .lineBreak else { return false }
        return has("\\", at: glyph, in: bytes) || has("=", at: glyph, in: bytes)
    }

    /// The token character behind one, across a wrap if need be.
    func successor(of glyph: Int, in bytes: Span<UInt8>) -> Int? {
        let run = Int(glyphs[glyph].run)
        if run >= 0, glyph + 1 < runs[run].upperBound { return glyph + 1 }
        guard run >= 0, gap(after: run, from: runs[run].upperBound, in: bytes) != nil else { return nil }
        return runs[run + 1].lowerBound
    }

    /// Whether nothing but spaces follows on the line, or a closing sign right away.
    func endsCleanly(after glyph: Int, in bytes: Span<UInt8>) -> Bool {
        var next = glyph + 1
        if kind(next) == .quote { return true }
        if kind(next) == .other { return [0x29, 0x5D, 0x7D, 0x2C, 0x3B].contains(byte(next, in: bytes)) }
        while kind(next) == .space || kind(next) == .nonBreakingSpace { next += 1 }
        return kind(next) == nil || kind(next) == .lineBreak || kind(next) == .border
    }

    /// Characters on the line up to and including this one.
    func lineWidth(at glyph: Int) -> Int { Int(glyphs[glyph].column) + 1 }

    /// Byte ranges of some characters, neighbours joined.
    func byteRanges(of chosen: [Int]) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        for index in chosen {
            let start = Int(glyphs[index].offset)
            let end = start + Int(glyphs[index].width)
            if let last = ranges.last, last.upperBound == start {
                ranges[ranges.count - 1] = last.lowerBound..<end
            } else {
                ranges.append(start..<end)
            }
        }
        return ranges
    }

    /// Dots, stars or bullets that hide a part of a value, right at `glyph`.
    func isMasked(at glyph: Int, in bytes: Span<UInt8>) -> Bool {
        var stars = 0
        while has("*", at: glyph + stars, in: bytes), stars < 4 { stars += 1 }
        var dots = 0
        while has(".", at: glyph + dots, in: bytes), dots < 3 { dots += 1 }
        return stars >= 4 || dots >= 3 || (stars == 0 && kind(glyph) == .mask)
    }

    /// The index behind the word that `glyph` is in; spaces, quotes and line ends end it.
    func wordEnd(after glyph: Int) -> Int {
        var end = glyph + 1
        while let kind = kind(end), kind != .quote, kind != .border, glyphs[end].isVisible { end += 1 }
        return end
    }

    /// A POSIX time in milliseconds (13 digits) or seconds (10), as JSON writes it after a key.
    func timestamp(after key: Int, in bytes: Span<UInt8>) -> Timestamp? {
        guard let first = runs.firstIndex(where: { $0.lowerBound >= key }), runs[first].lowerBound <= key + 12
        else { return nil }
        guard var value = digits(ofRun: first, in: bytes) else { return nil }
        if let gap = gap(after: first, from: runs[first].upperBound, in: bytes), gap.lineBreaks == 1, value.count < 13,
            let rest = digits(ofRun: first + 1, in: bytes)
        {
            value += rest
        }
        guard let number = Int64(value) else { return nil }
        return switch value.count {
        case 13: Timestamp(milliseconds: number)
        case 10: Timestamp(seconds: number)
        default: nil
        }
    }

    /// Nil when the run holds anything else, or more than 16 of them.
    private func digits(ofRun run: Int, in bytes: Span<UInt8>) -> String? {
        guard runs[run].count <= 16 else { return nil }
        var text = ""
        for index in runs[run] {
            let byte = byte(index, in: bytes)
            guard (0x30...0x39).contains(byte) else { return nil }
            text.append(Character(Unicode.Scalar(byte)))
        }
        return text
    }
}
