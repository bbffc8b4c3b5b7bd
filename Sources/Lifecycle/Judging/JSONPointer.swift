/// A place in a reply, RFC 6901, where a segment `*` stands for every element of an array.
struct JSONPointer: Equatable, Sendable {
    private let segments: [String]

    /// Nil when the text is neither empty nor starts with `/`.
    init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/") else { return nil }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        segments = parts.dropFirst().map(Self.unescaped)
    }

    /// Every value that the pointer leads to; null counts as nothing.
    func values(in tree: Tree) -> [Tree] {
        var found = [tree]
        for segment in segments { found = found.flatMap { Self.step(into: $0, segment) } }
        return found.filter { $0 != .null }
    }

    private static func step(into tree: Tree, _ segment: String) -> [Tree] {
        switch tree {
        case .map(let members): members[segment].map { [$0] } ?? []
        case .list(let items) where segment == "*": items
        case .list(let items): index(segment, below: items.count).map { [items[$0]] } ?? []
        case .null, .bool, .number, .string: []
        }
    }

    /// RFC 6901 section 4: digits without a leading zero.
    private static func index(_ segment: String, below count: Int) -> Int? {
        let digits = segment.utf8.allSatisfy { (0x30...0x39).contains($0) }
        guard digits, segment == "0" || !segment.hasPrefix("0") else { return nil }
        return Int(segment).flatMap { $0 < count ? $0 : nil }
    }

    /// RFC 6901 section 3: `~1` is `/`, `~0` is `~`, in this order.
    private static func unescaped(_ segment: Substring) -> String {
        String(segment.replacing("~1", with: "/").replacing("~0", with: "~"))
    }
}
