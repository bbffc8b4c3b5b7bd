import Lifecycle
import Policies

/// What is taken out of a paste are bytes of it, in order; what is taken without `--as-is` is a token of its kind, and pasted alone
/// is taken whole.
///
/// Input: `aim u8 | paste`; the aim chooses the kind that is asked for and `--as-is`. Tokens are made when the target runs, so that no
/// seed holds one: `0x01 kind from to` stands for a part of a token of that kind.
enum PasteFire {
    private static let kinds = Result { try BuiltInPolicies.load().policies.map(PasteKind.init) }

    static func run(_ input: [UInt8]) throws {
        let kinds = try kinds.get()
        let aim = Int(input.first ?? 0)
        let paste = expanded(input.dropFirst(), kinds)
        let wanted = kinds.indices.contains(aim >> 1) ? kinds[aim >> 1].id : nil
        let asIs = aim & 1 == 1
        switch Paste.read(paste.span, kinds: kinds, wanted: wanted, asIs: asIs) {
        case .refused(let refusal): try promise(!refusal.message.isEmpty, "a refusal without a word")
        case .credentialsFile(let file):
            if let token = file.accessToken { _ = try bytes(of: token, in: paste) }
        case .token(let cleaned, let guess):
            let token = try bytes(of: cleaned, in: paste)
            try promise(!token.isEmpty, "a token of nothing")
            guard !asIs else { return }
            try promise(!guess.finding.isRefused, "a refused shape is taken")
            try isWhole(token, guess)
            try isTakenAlone(token, guess, kinds)
        }
    }

    private static func expanded(_ input: some Collection<UInt8>, _ kinds: [PasteKind]) -> [UInt8] {
        var rest = Array(input)[...]
        var paste: [UInt8] = []
        while let byte = rest.popFirst() {
            guard byte == 1, rest.count >= 3, paste.count < 16_384 else {
                paste.append(byte)
                continue
            }
            let word = Array(rest.prefix(3))
            rest = rest.dropFirst(3)
            let token = token(of: kinds[Int(word[0]) % kinds.count].format)
            // From a space, two characters a step, so that a seed can be typed; a tilde is the end.
            let from = min(2 * Int(word[1] &- 0x20), token.count)
            let end = word[2] == UInt8(ascii: "~") ? token.count : min(2 * Int(word[2] &- 0x20), token.count)
            paste += token[from..<max(from, end)]
        }
        return paste
    }

    /// The shortest whole one.
    private static func token(of format: TokenFormat) -> [UInt8] {
        let prefix = Array((format.prefixes.first ?? "").utf8)
        let infix = Array((format.infix ?? "").utf8)
        let tail = Array((format.tail ?? "").utf8)
        let letters = (UInt8(ascii: "0")...UInt8(ascii: "z")).filter(format.alphabet.contains)
        let length = max(format.lengths.lowerBound, 40 + prefix.count + infix.count)
        let room = min(length, format.lengths.upperBound) - prefix.count - infix.count - tail.count
        let filling = (0..<max(room, 0)).map { letters[($0 * 7 + 3) % letters.count] }
        return prefix + filling.prefix(room / 2) + infix + filling.dropFirst(room / 2) + tail
    }

    private static func bytes(of cleaned: CleanedPaste, in paste: [UInt8]) throws -> [UInt8] {
        var end = 0
        for range in cleaned.ranges {
            try promise(
                range.lowerBound >= end && range.upperBound <= paste.count && !range.isEmpty, "\(range) is out of order"
            )
            end = range.upperBound
        }
        return cleaned.ranges.flatMap { paste[$0] }
    }

    private static func isWhole(_ token: [UInt8], _ guess: KindGuess) throws {
        let format = guess.kind.format
        try promise(
            format.prefixes.contains { token.starts(with: $0.utf8) }, "a token of \(guess.kind.id) without its prefix")
        try promise(
            token.allSatisfy(format.alphabet.contains)
                || format.prefixes.contains { prefix in
                    token.starts(with: prefix.utf8)
                        && token.dropFirst(prefix.utf8.count).allSatisfy(format.alphabet.contains)
                }, "a token of \(guess.kind.id) with another character")
        try promise(
            token.count >= format.lengths.lowerBound, "\(token.count) characters are taken for \(guess.kind.id)")
    }

    private static func isTakenAlone(_ token: [UInt8], _ guess: KindGuess, _ kinds: [PasteKind]) throws {
        let again = Paste.read(token.span, kinds: kinds, wanted: guess.kind.id, asIs: false)
        guard case .token(let cleaned, let second) = again else {
            throw BrokenPromise(description: "a token that was taken is refused when it is pasted alone: \(again)")
        }
        try promise(cleaned.ranges == [0..<token.count] && cleaned.removals.isEmpty, "a clean token loses something")
        try promise(second.kind == guess.kind, "a token changes its kind")
    }
}
