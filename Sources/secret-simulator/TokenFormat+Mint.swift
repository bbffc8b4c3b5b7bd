package import Lifecycle

extension TokenFormat {
    /// The length of Anthropic's tokens, used where a kind allows it; else the nearest that it allows.
    private static let usualLength = 108

    /// A made-up token of this shape; the provider never issued it.
    package func mint(using generator: inout some RandomNumberGenerator) -> String {
        let length = min(max(Self.usualLength, lengths.lowerBound), lengths.upperBound)
        let (head, middle, tail) = (prefixes.first ?? "", infix ?? "", tail ?? "")
        guard segments == nil else { return minted(head, &generator) }
        let free = max(0, length - head.utf8.count - middle.utf8.count - tail.utf8.count)
        let text = filler(free, &generator)
        return head + String(text.prefix(free / 2)) + middle + String(text.dropFirst(free / 2)) + tail
    }

    /// With the shortest pieces that are allowed.
    private func minted(_ head: String, _ generator: inout some RandomNumberGenerator) -> String {
        guard let segments else { return head }
        let separator = String(Unicode.Scalar(segments.separator))
        var pieces = segments.lengths.map { filler($0.lowerBound, &generator) }
        let begun = head.split(separator: separator, omittingEmptySubsequences: false).map(String.init)
        for (index, start) in begun.enumerated() where index < pieces.count {
            pieces[index] = start + pieces[index].dropFirst(start.utf8.count)
        }
        return pieces.joined(separator: separator)
    }

    private func filler(_ count: Int, _ generator: inout some RandomNumberGenerator) -> String {
        let signs = (UInt8(0x21)...0x7E).filter(alphabet.contains)
        let filler = (0..<count).compactMap { _ in signs.randomElement(using: &generator) }
        return String(String.UnicodeScalarView(filler.map { Unicode.Scalar($0) }))
    }
}
