internal import Sealing

/// One spelling of one value, or a piece of it, to be found by the algorithm of Knuth, Morris and Pratt (SIAM J. Comput. 6, 1977).
struct Pattern: Sendable {
    /// The place of its secret among the secrets.
    let secret: Int
    let spelling: Spelling
    /// Where its characters are in the text of the set.
    let range: Range<Int>
    /// Where its failure function is in the set's.
    let failure: Int
    let publicCount: Int
    /// Eight bytes of it are found nowhere by chance, and are hidden although other ones follow.
    let isTelling: Bool
    /// The character behind it is of its last byte too.
    let hasRest: Bool

    /// Bytes of the value beyond its public beginning that so many characters tell.
    func hidden(_ characters: Int) -> Int { max(0, spelling.valueBytes(characters) - publicCount) }
}

/// All spellings of all values, and where in a text one may begin.
///
/// A token of a known kind is looked for in pieces too: a pager may draw its second line alone.
final class PatternSet: Sendable {
    /// Those of one folding together.
    let patterns: [Pattern]
    private let ranges: [Range<Int>]
    let labels: [[UInt8]]
    /// Of all patterns; at n, the length of the longest proper beginning of the first n characters that is also their end.
    private let failures: [Int]
    /// The characters of all patterns, one after another.
    let text: SecretBytes
    /// A bit for each pair of bytes that a pattern may begin with, then a byte for each first one, then the first of each pattern.
    let beginnings: SecretBytes
    private static let pairs = 1 << 13
    private static let firsts = pairs + 256
    /// In bytes: how long a piece is, and how far it is to the next.
    private static let piece = (size: 16, step: 8)

    init(_ secrets: [MaskedSecret]) throws(SealingError) {
        var patterns: [Pattern] = []
        var texts: [SecretBox] = []
        var failures: [Int] = []
        var size = 0
        for (number, secret) in secrets.enumerated() where secret.canBeMasked {
            let count = secret.value.bytes.count
            for (text, spelling, publicCount) in try Self.texts(of: secret) {
                patterns.append(
                    Pattern(
                        secret: number, spelling: spelling, range: size..<size + text.bytes.count,
                        failure: failures.count, publicCount: publicCount,
                        isTelling: secret.publicCount > 0, hasRest: spelling.hasRest(count)))
                failures += text.bytes.withBytes(Self.failure)
                size += text.bytes.count
                texts.append(text)
            }
        }
        let sorted = Spelling.Folding.allCases.map { folding in patterns.filter { $0.spelling.folding == folding } }
        self.patterns = sorted.flatMap(\.self)
        ranges = sorted.indices.map { place in
            let start = sorted[..<place].reduce(0) { $0 + $1.count }
            return start..<start + sorted[place].count
        }
        self.failures = failures
        labels = secrets.map { Array("[\($0.label)]".utf8) }
        text = try SecretBytes(capacity: max(size, 1)) { output in
            for text in texts { text.bytes.withBytes { for place in $0.indices { output.append($0[place]) } } }
        }
        beginnings = try Self.beginnings(of: self.patterns, text)
    }

    /// Of a place in the progress of all views.
    func pattern(at index: Int) -> Pattern { patterns[index < patterns.count ? index : index - patterns.count] }

    /// How much of a match is still one when its next character is another.
    func fallback(_ pattern: Pattern, _ matched: Int) -> Int { failures[pattern.failure + matched] }

    /// Every spelling that is one of its own, and the pieces.
    private static func texts(
        of secret: MaskedSecret
    ) throws(SealingError) -> [(text: SecretBox, spelling: Spelling, publicCount: Int)] {
        var texts: [(text: SecretBox, spelling: Spelling, publicCount: Int)] = []
        for spelling in Spelling.all {
            let text = SecretBox(try spelling.written(secret.value.bytes))
            guard !texts.contains(where: { $0.text.bytes.matches(text.bytes) }) else { continue }
            texts.append((text, spelling, secret.publicCount))
        }
        guard secret.publicCount > 0, let plain = texts.first?.text else { return texts }
        let last = plain.bytes.count - piece.size
        for start in stride(from: secret.publicCount, through: last, by: piece.step) {
            texts.append((SecretBox(try plain.bytes.extracting(start..<start + piece.size)), .plain, 0))
        }
        return texts
    }

    private static func failure(of text: Span<UInt8>) -> [Int] {
        var failure = [Int](repeating: 0, count: text.count + 1)
        var length = 0
        for place in text.indices.dropFirst() {
            while length > 0, text[place] != text[length] { length = failure[length] }
            if text[place] == text[length] { length += 1 }
            failure[place + 1] = length
        }
        return failure
    }

    private static func beginnings(
        of patterns: [Pattern], _ text: borrowing SecretBytes
    ) throws(SealingError) -> SecretBytes {
        try text.withBytes { text throws(SealingError) in
            let text = copy text
            return try SecretBytes(capacity: firsts + patterns.count) { output in
                while output.freeCapacity > 0 { output.append(0) }
                var table = output.mutableSpan
                for (number, pattern) in patterns.enumerated() {
                    table[firsts + number] = text[pattern.range.lowerBound]
                    let (one, two) = (text[pattern.range.lowerBound], text[pattern.range.lowerBound + 1])
                    for first in UInt8.min...UInt8.max where pattern.spelling.folded(first) == one {
                        table[pairs + Int(first)] = 1
                        for second in UInt8.min...UInt8.max
                        where pattern.spelling.folded(second) == two || Skip.isBreak(second) || second == 0x1B {
                            let pair = Int(first) << 8 | Int(second)
                            table[pair >> 3] |= 1 << UInt8(pair & 7)
                        }
                    }
                }
            }
        }
    }

    static func mayBegin(with byte: UInt8, _ beginnings: Span<UInt8>) -> Bool { beginnings[pairs + Int(byte)] != 0 }

    /// Names each pattern that begins with a byte.
    func forEach(beginningWith byte: UInt8, _ beginnings: Span<UInt8>, _ body: (Int) -> Void) {
        for folding in Spelling.Folding.allCases {
            let character = folding(byte)
            for number in ranges[folding.rawValue] where beginnings[Self.firsts + number] == character { body(number) }
        }
    }

    /// The next place where a pattern may begin, or the end of the range.
    static func nextBeginning(_ bytes: Span<UInt8>, _ range: Range<Int>, _ beginnings: Span<UInt8>) -> Int {
        guard let last = range.last else { return range.upperBound }
        var place = range.lowerBound
        var first = Int(bytes[place])
        while place < last {
            let second = Int(bytes[place + 1])
            let pair = first << 8 | second
            if beginnings[pair >> 3] >> UInt8(pair & 7) & 1 != 0 { return place }
            first = second
            place += 1
        }
        return beginnings[pairs + first] != 0 ? last : range.upperBound
    }
}
