/// Fixed text that tells where a token, or something that looks like one, begins.
struct PasteMark {
    enum Meaning: Equatable {
        /// A prefix that at least one kind declares.
        case prefix(String)
        /// A provider's prefix whose rest fits no kind; it keeps shorter prefixes such as `sk-` off.
        case family
        case refreshToken, sentinel, redaction
        /// Keys of Claude Code's `.credentials.json`.
        case loginKey, accessKey, refreshKey, expiryKey

        var isKey: Bool { [.loginKey, .accessKey, .refreshKey, .expiryKey].contains(self) }
    }

    let literal: [UInt8]
    let meaning: Meaning

    init(_ literal: String, _ meaning: Meaning) {
        self.literal = Array(literal.utf8)
        self.meaning = meaning
    }

    /// Long enough not to occur in a token by chance, so it counts inside a word too: six characters are 36 bits.
    var isDistinctive: Bool { literal.count >= 6 && !meaning.isKey }

    /// Longest first. What OpenClaw writes in place of secrets, and Anthropic's refresh tokens, are never stored.
    static func all(for kinds: [PasteKind]) -> [PasteMark] {
        var marks = [
            PasteMark("sk-ant-ort01-", .refreshToken), PasteMark("oc-sent-v", .sentinel),
            PasteMark("__OPENCLAW_REDACTED__", .redaction),
            PasteMark("sk-ant-", .family), PasteMark("sk-or-", .family),
            PasteMark("claudeAiOauth", .loginKey), PasteMark("accessToken", .accessKey),
            PasteMark("refreshToken", .refreshKey), PasteMark("expiresAt", .expiryKey),
        ]
        let fixed = Set(marks.map(\.literal))
        for prefix in Set(kinds.flatMap(\.format.prefixes)) where !fixed.contains(Array(prefix.utf8)) {
            marks.append(PasteMark(prefix, .prefix(prefix)))
        }
        return marks.sorted { $0.literal.count > $1.literal.count }
    }
}

/// One occurrence of a mark.
struct PasteSighting {
    let meaning: PasteMark.Meaning
    let isDistinctive: Bool
    /// Index of its first glyph, and the index behind its last; a wrap may lie between.
    let glyphs: Range<Int>
    /// It holds a capital or a dash that a keyboard or an editor put there.
    let isAltered: Bool
}

extension PasteText {
    /// Every mark, in order, without overlaps.
    func sightings(of marks: [PasteMark], in bytes: Span<UInt8>) -> [PasteSighting] {
        var starters = [Bool](repeating: false, count: 256)
        for mark in marks {
            guard let first = mark.literal.first else { continue }
            starters[Int(first)] = true
            starters[Int(Self.upper(first))] = true
        }
        var found: [PasteSighting] = []
        for run in runs {
            var index = max(run.lowerBound, found.last?.glyphs.upperBound ?? 0)
            while index < run.upperBound {
                if starters[Int(byte(index, in: bytes))],
                    let sighting = sighting(at: index, startsRun: index == run.lowerBound, of: marks, in: bytes)
                {
                    found.append(sighting)
                    index = sighting.glyphs.upperBound
                } else {
                    index += 1
                }
            }
        }
        return found
    }

    private func sighting(
        at start: Int, startsRun: Bool, of marks: [PasteMark], in bytes: Span<UInt8>
    ) -> PasteSighting? {
        for tolerant in [false, true] {
            for mark in marks where (startsRun && !tolerant) || mark.isDistinctive {
                guard let end = end(of: mark, from: start, tolerant: tolerant, in: bytes) else { continue }
                if mark.meaning.isKey, kind(end) == .word { continue }
                return PasteSighting(
                    meaning: mark.meaning, isDistinctive: mark.isDistinctive, glyphs: start..<end,
                    isAltered: tolerant)
            }
        }
        return nil
    }

    /// The index behind the mark's last glyph, or nil when it is not there.
    private func end(of mark: PasteMark, from start: Int, tolerant: Bool, in bytes: Span<UInt8>) -> Int? {
        var current = start
        for (place, wanted) in mark.literal.enumerated() {
            if place > 0 {
                if tolerant, kind(current + 1) == .dash || kind(current) == .dash {
                    current += 1
                } else if let next = successor(of: current, in: bytes) {
                    current = next
                } else {
                    return nil
                }
            }
            guard current < glyphs.count else { return nil }
            let isDash = glyphs[current].kind == .dash
            let seen = isDash ? UInt8(ascii: "-") : byte(current, in: bytes)
            guard seen == wanted || (tolerant && seen == Self.upper(wanted)) else { return nil }
            guard glyphs[current].kind == .word || (tolerant && isDash) else { return nil }
        }
        return current + 1
    }

    private static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }
}
