package import Lifecycle

extension TokenFormat {
    /// The length of Anthropic's tokens, used where a kind allows it; else the nearest that it allows.
    private static let usualLength = 108

    /// A made-up token of this shape; the provider never issued it.
    package func mint(using generator: inout some RandomNumberGenerator) -> String {
        let length = min(max(Self.usualLength, lengths.lowerBound), lengths.upperBound)
        let (head, middle, tail) = (prefixes.first ?? "", infix ?? "", tail ?? "")
        let free = max(0, length - head.utf8.count - middle.utf8.count - tail.utf8.count)
        let signs = (UInt8(0x21)...0x7E).filter(alphabet.contains)
        let filler = (0..<free).compactMap { _ in signs.randomElement(using: &generator) }
        let text = filler.map { Character(Unicode.Scalar($0)) }
        return head + String(text.prefix(free / 2)) + middle + String(text.dropFirst(free / 2)) + tail
    }
}
