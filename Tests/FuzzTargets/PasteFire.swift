import Lifecycle
import Policies

/// What is taken out of a paste are bytes of it, in order; what is taken without `--as-is` is a token of its kind, and pasted alone
/// is taken whole.
///
/// Input: `aim u8 | paste`; the aim chooses the kind that is asked for and `--as-is`. Tokens are made
/// when the target runs (`MintedTokens`).
enum PasteFire {
    static let kinds = Result { try BuiltInPolicies.load().pasteKinds }

    static func run(_ input: [UInt8]) throws {
        let kinds = try kinds.get()
        let aim = Int(input.first ?? 0)
        let paste = MintedTokens.spelledOut(input.dropFirst(), kinds)
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
            format.prefixes.isEmpty || format.prefixes.contains { token.starts(with: $0.utf8) },
            "a token of \(guess.kind.id) without its prefix")
        try promise(
            token.allSatisfy(format.contains)
                || format.prefixes.contains { prefix in
                    token.starts(with: prefix.utf8)
                        && token.dropFirst(prefix.utf8.count).allSatisfy(format.contains)
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
