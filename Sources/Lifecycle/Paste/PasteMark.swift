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
        isDistinctive = self.literal.count >= 6 && !meaning.isKey
    }

    /// Too long to occur in a token by chance (six characters are 36 bits), so it counts inside a word too.
    let isDistinctive: Bool

    /// Longest first. OpenClaw's stand-ins for secrets and Anthropic's refresh tokens are never stored.
    ///
    /// - Parameters:
    ///   - wanted: the kind that was asked for; only then its prefixes count that other kinds have too.
    ///   - refreshing: what tokens begin with that renew others.
    static func all(for kinds: [PasteKind], wanted: String?, refreshing: [String]) -> [PasteMark] {
        var marks = [
            PasteMark("sk-ant-ort01-", .refreshToken), PasteMark("oc-sent-v", .sentinel),
            PasteMark("__OPENCLAW_REDACTED__", .redaction),
            PasteMark("sk-ant-", .family), PasteMark("sk-or-", .family),
            PasteMark("sk-admin-", .family),
            PasteMark("claudeAiOauth", .loginKey), PasteMark("accessToken", .accessKey),
            PasteMark("refreshToken", .refreshKey), PasteMark("expiresAt", .expiryKey),
        ]
        marks += refreshing.filter { $0 != "sk-ant-ort01-" }.map { PasteMark($0, .refreshToken) }
        let telling = kinds.filter { !$0.format.isNamedOnly || $0.id == wanted }
        let declared = Set(telling.flatMap(\.format.prefixes))
        marks.removeAll { mark in mark.meaning == .family && declared.contains { Array($0.utf8) == mark.literal } }
        let fixed = Set(marks.map(\.literal))
        for prefix in declared where !fixed.contains(Array(prefix.utf8)) {
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
        var starting = [[PasteMark]](repeating: [], count: 256)
        for mark in marks {
            guard let first = mark.literal.first else { continue }
            starting[Int(first)].append(mark)
            if Self.upper(first) != first { starting[Int(Self.upper(first))].append(mark) }
        }
        var found: [PasteSighting] = []
        for run in runs {
            var index = max(run.lowerBound, found.last?.glyphs.upperBound ?? 0)
            while index < run.upperBound {
                var candidates = starting[Int(byte(index, in: bytes))]
                // A prefix that was typed and then pasted again with its token counts twice.
                let again = found.last.flatMap { $0.glyphs.upperBound == index ? $0.meaning : nil }
                if let again, index != run.lowerBound {
                    candidates = candidates.filter { $0.meaning == again || $0.isDistinctive }
                }
                if !candidates.isEmpty,
                    let sighting = sighting(
                        at: index, startsRun: index == run.lowerBound || again != nil, of: candidates, in: bytes)
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
        // The second part of a JSON Web Token begins like the first.
        let follows = has(".", at: start - 1, in: bytes) && kind(start - 2) == .word
        for mark in marks where (startsRun && !follows) || mark.isDistinctive {
            guard let match = match(mark, from: start, in: bytes) else { continue }
            if mark.meaning.isKey, kind(match.end) == .word { continue }
            return PasteSighting(
                meaning: mark.meaning, isDistinctive: mark.isDistinctive, glyphs: start..<match.end,
                isAltered: match.isAltered)
        }
        return nil
    }

    /// The index behind the mark's last glyph; capitals and dashes are overlooked in distinctive marks only.
    private func match(
        _ mark: PasteMark, from start: Int, in bytes: Span<UInt8>
    ) -> (end: Int, isAltered: Bool)? {
        var current = start
        var isAltered = false
        for (place, wanted) in mark.literal.enumerated() {
            if place > 0 {
                if isInside(current) || isInside(current + 1),
                    kind(current + 1) != .other || has(wanted, at: current + 1, in: bytes)
                {
                    current += 1
                } else if let next = successor(of: current, in: bytes) {
                    current = next
                } else {
                    return nil
                }
            }
            guard current < glyphs.count else { return nil }
            let isDash = glyphs[current].kind == .dash
            let seen = byte(current, in: bytes)
            if seen == wanted, glyphs[current].kind == .word || glyphs[current].kind == .other { continue }
            let isVariant = isDash ? wanted == UInt8(ascii: "-") : seen == Self.upper(wanted)
            guard mark.isDistinctive, isVariant, isDash || glyphs[current].kind == .word else { return nil }
            isAltered = true
        }
        return (current + 1, isAltered)
    }

    /// A dash of an editor, or a sign such as the point of `SG.`: no wrap lies there.
    private func isInside(_ glyph: Int) -> Bool { kind(glyph) == .dash || kind(glyph) == .other }

    private static func upper(_ byte: UInt8) -> UInt8 { (0x61...0x7A).contains(byte) ? byte - 0x20 : byte }
}
