import Lifecycle

/// Tokens in an input, made when the target runs so that no seed holds one: `0x01 kind from to` stands for a part of a token of that kind.
enum MintedTokens {
    static func spelledOut(_ input: some Collection<UInt8>, _ kinds: [PasteKind]) -> [UInt8] {
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
}
