/// All places of a paste where a token begins, each judged, and the one answer that follows from them.
struct PasteSearch {
    let text: PasteText
    let sightings: [PasteSighting]
    let request: PasteRequest
    private(set) var candidates: [Candidate] = []
    /// Prefixes that stand directly before another one, as in a prefix that was typed and then pasted again.
    private(set) var repeatedPrefixes: [PasteChain] = []

    struct Candidate {
        let sighting: PasteSighting
        let chain: PasteChain
        /// Nil when no kind fits, and for look-alikes.
        let kind: PasteKind?
        let result: PasteAssembly.Result
        /// Why it is never stored, whatever its shape.
        let refusal: PasteRefusal?

        var isWhole: Bool { refusal == nil && kind != nil && !result.finding.isRefused }
        /// Long enough to be a value and not a mention of the prefix in a sentence.
        let isSubstantial: Bool
    }

    init(text: PasteText, sightings: [PasteSighting], request: PasteRequest, _ bytes: Span<UInt8>) {
        self.text = text
        self.sightings = sightings
        self.request = request
        for (index, sighting) in sightings.enumerated() where !sighting.meaning.isKey {
            let next =
                index + 1 < sightings.count ? sightings[index + 1].glyphs.lowerBound : text.glyphs.count
            add(sighting, before: next, bytes)
        }
    }

    private mutating func add(_ sighting: PasteSighting, before next: Int, _ bytes: Span<UInt8>) {
        let fit = fit(of: sighting, before: next, bytes)
        if fit.chain.touchesNextMark, fit.chain.glyphs.count < 24 {
            repeatedPrefixes.append(fit.chain)
            return
        }
        let (chain, result) = (fit.chain, fit.result)
        var kind = fit.kind
        if !sighting.isDistinctive, kind?.id != request.wanted?.id, let infix = kind?.format.infix,
            chain.place(of: infix, within: min(result.count, chain.glyphs.count), text, bytes) == nil
        {
            kind = nil
        }
        candidates.append(
            Candidate(
                sighting: sighting, chain: chain, kind: kind, result: result,
                refusal: refusal(of: sighting, chain, result, bytes),
                isSubstantial: isSubstantial(sighting, chain, result.count, bytes)))
    }

    /// The first kind whose shape it has; when it has none, how it compares with the first.
    private func fit(
        of sighting: PasteSighting, before next: Int, _ bytes: Span<UInt8>
    ) -> (kind: PasteKind?, chain: PasteChain, result: PasteAssembly.Result) {
        var kinds: [PasteKind] = []
        if case .prefix(let prefix) = sighting.meaning {
            kinds = request.kinds.declaring(prefix, wanted: request.wanted?.id)
        }
        func compared(_ kind: PasteKind?) -> (PasteKind?, PasteChain, PasteAssembly.Result) {
            let format = kind?.format ?? Self.anyFormat
            let chain = PasteChain(sighting, before: next, format: format, text: text, bytes: bytes)
            let assembly = PasteAssembly(
                text: text, chain: chain, format: format, prefixLength: sighting.glyphs.count)
            return (kind, chain, assembly.result(bytes))
        }
        let first = compared(kinds.first)
        for kind in kinds.dropFirst() where first.2.finding.isRefused {
            let other = compared(kind)
            if !other.2.finding.isRefused { return other }
        }
        return first
    }

    private func isSubstantial(
        _ sighting: PasteSighting, _ chain: PasteChain, _ count: Int, _ bytes: Span<UInt8>
    ) -> Bool {
        guard count >= sighting.glyphs.count + 8, count <= chain.glyphs.count else { return false }
        let rest = sighting.glyphs.count..<count
        return sighting.isDistinctive
            ? !chain.isWord(rest, text, bytes) : chain.looksRandom(rest, text, bytes)
    }

    /// For what begins like a provider's token and fits none of its kinds.
    private static let anyFormat = TokenFormat(
        prefixes: [], alphabet: .base64url, lengths: 20...512, infix: nil, tail: nil, priority: 0)

    private func refusal(
        of sighting: PasteSighting, _ chain: PasteChain, _ result: PasteAssembly.Result, _ bytes: Span<UInt8>
    ) -> PasteRefusal? {
        switch sighting.meaning {
        case .refreshToken: return .refreshToken
        case .sentinel: return .sentinel
        case .redaction: return .redactionMarker
        default: break
        }
        if sighting.isAltered { return .alteredPrefix }
        let next = (chain.glyphs.prefix(result.count).last ?? sighting.glyphs.lowerBound) + 1
        if text.has("#", at: next, in: bytes), text.kind(next + 1) == .word { return .loginCode }
        return result.finding.isRefused && text.isMasked(at: next, in: bytes) ? .masked : nil
    }
}

extension PasteSearch {
    /// Nil when nothing begins like a token.
    func reading(_ bytes: Span<UInt8>) -> PasteReading? {
        let different = distinct(bytes)
        let values = different.filter(\.isSubstantial)
        if values.count > 1, values.contains(where: \.isWhole) || request.asIs {
            return .refused(.several(Self.counts(values)))
        }
        let named = values.first(where: \.isWhole) ?? values.first { $0.kind != nil || $0.refusal != nil }
        guard let chosen = named ?? values.first ?? different.first else { return nil }
        if let refusal = chosen.refusal { return .refused(refusal) }
        guard let kind = chosen.kind else { return nil }
        if let wanted = request.wanted, wanted.id != kind.id {
            return .refused(.otherKind(found: kind, wanted: wanted))
        }
        let finding = chosen.result.finding
        if finding.isRefused, !request.asIs || !chosen.isSubstantial || finding.isAmbiguous {
            return .refused(.shape(finding, kind))
        }
        return .token(cleaned(chosen, bytes), KindGuess(kind: kind, finding: finding))
    }

    /// One of each value; a cut one beside its whole self is no other. At most 64, and one mere mention.
    private func distinct(_ bytes: Span<UInt8>) -> [Candidate] {
        var kept: [Candidate] = []
        for candidate in candidates where kept.count < 64 {
            var isNew = candidate.isSubstantial || kept.isEmpty || candidate.refusal != nil
            var others: [Candidate] = []
            for other in kept {
                if repeats(candidate, other, bytes) { isNew = false }
                if !repeats(other, candidate, bytes) || !isNew { others.append(other) }
            }
            kept = others
            if isNew { kept.append(candidate) }
        }
        return kept
    }

    /// Whether `one` says nothing that `other` does not say.
    private func repeats(_ one: Candidate, _ other: Candidate, _ bytes: Span<UInt8>) -> Bool {
        let count = one.result.count
        guard count <= other.result.count, count == other.result.count || !one.isWhole else { return false }
        return one.chain.isSame(as: other.chain, count: count, text, bytes)
    }

    private static func counts(_ values: [Candidate]) -> [PasteRefusal.Count] {
        var counts: [PasteRefusal.Count] = []
        for value in values {
            let display =
                value.kind?.display ?? (value.refusal == .refreshToken ? "refresh token" : "unknown value")
            if let index = counts.firstIndex(where: { $0.display == display }) {
                counts[index].count += 1
            } else {
                counts.append(.init(display: display, count: 1))
            }
        }
        return counts
    }

    private func cleaned(_ candidate: Candidate, _ bytes: Span<UInt8>) -> CleanedPaste {
        var chosen = Array(candidate.chain.glyphs.prefix(candidate.result.count))
        if case .badCharacter = candidate.result.finding, let last = chosen.last {
            chosen.append(contentsOf: last + 1..<text.wordEnd(after: last))
        }
        var repeated = repeatedPrefixes.flatMap(\.glyphs)
        var repetitions = 0
        for other in candidates where other.chain.glyphs.first != chosen.first {
            guard other.isWhole, repeats(other, candidate, bytes) else { continue }
            repetitions += 1
            repeated.append(contentsOf: other.chain.glyphs.prefix(other.result.count))
        }
        var count = RemovalCount(text: text, kept: chosen + repeated)
        count.add(.repeatedToken, repetitions)
        count.add(.repeatedPrefix, repeatedPrefixes.count)
        return CleanedPaste(ranges: text.byteRanges(of: chosen), removals: count.removals(bytes))
    }

    /// The content of Claude Code's credentials file; nil when the paste is none.
    func credentialsFile(_ bytes: Span<UInt8>) -> CredentialsFile? {
        func first(_ meaning: PasteMark.Meaning) -> PasteSighting? {
            sightings.first { $0.meaning == meaning }
        }
        let access = first(.accessKey)
        guard first(.loginKey) != nil || (access != nil && (first(.refreshKey) ?? first(.expiryKey)) != nil)
        else {
            return nil
        }
        let limit = sightings.first {
            $0.meaning.isKey && $0.glyphs.lowerBound > access?.glyphs.lowerBound ?? 0
        }?.glyphs.lowerBound
        let token = candidates.first {
            guard let access, $0.isWhole else { return false }
            let start = $0.sighting.glyphs.lowerBound
            return start > access.glyphs.lowerBound && start < limit ?? .max
        }
        let guess = token.flatMap { found in
            found.kind.map { KindGuess(kind: $0, finding: found.result.finding) }
        }
        return CredentialsFile(
            accessToken: token.map { cleaned($0, bytes) }, guess: guess,
            hasRefreshToken: first(.refreshKey) != nil || first(.refreshToken) != nil,
            expiresAt: first(.expiryKey).flatMap { text.timestamp(after: $0.glyphs.upperBound, in: bytes) })
    }
}
