/// Reads JSON strictly, in one pass and without recursion.
struct JSONScanner {
    private var at: Int
    private var nodes: [JSONDocument.Node] = []
    /// Containers that are not closed yet, as indices of `nodes`.
    private var open: [Int] = []
    private var wanted = Wanted.value

    private enum Wanted { case value, valueOrEnd, name, nameOrEnd, commaOrEnd }

    init(from start: Int) { at = start }

    mutating func scan(_ bytes: Span<UInt8>) throws(JSONFault) -> [JSONDocument.Node] {
        repeat { try step(bytes) } while !(open.isEmpty && wanted == .commaOrEnd)
        skipSpace(bytes)
        guard at == bytes.count else { throw JSONFault(.trailing, at: at) }
        return nodes
    }

    private mutating func step(_ bytes: Span<UInt8>) throws(JSONFault) {
        let byte = try nextByte(bytes)
        switch (wanted, byte) {
        case (.value, _): try value(byte, bytes)
        case (.valueOrEnd, UInt8(ascii: "]")), (.nameOrEnd, UInt8(ascii: "}")): try close(bytes)
        case (.valueOrEnd, _): try value(byte, bytes)
        case (.name, UInt8(ascii: "\"")), (.nameOrEnd, UInt8(ascii: "\"")): try name(bytes)
        case (.commaOrEnd, UInt8(ascii: ",")):
            at += 1
            wanted = isInObject ? .name : .value
        case (.commaOrEnd, UInt8(ascii: "}")) where isInObject: try close(bytes)
        case (.commaOrEnd, UInt8(ascii: "]")) where !isInObject: try close(bytes)
        default: throw JSONFault(.unexpected, at: at)
        }
    }

    private var isInObject: Bool { open.last.map { nodes[$0].kind == .object } ?? false }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private mutating func skipSpace(_ bytes: Span<UInt8>) {
        while at < bytes.count, Self.isSpace(bytes[at]) { at += 1 }
    }

    private mutating func nextByte(_ bytes: Span<UInt8>) throws(JSONFault) -> UInt8 {
        skipSpace(bytes)
        guard at < bytes.count else { throw JSONFault(.cutShort, at: at) }
        return bytes[at]
    }

    private mutating func add(_ node: JSONDocument.Node) throws(JSONFault) {
        guard nodes.count < JSONDocument.mostNodes else { throw JSONFault(.tooManyValues, at: node.range.lowerBound) }
        nodes.append(node)
    }

    private mutating func value(_ byte: UInt8, _ bytes: Span<UInt8>) throws(JSONFault) {
        wanted = .commaOrEnd
        switch byte {
        case UInt8(ascii: "{"): try enter(.object)
        case UInt8(ascii: "["): try enter(.array)
        case UInt8(ascii: "\""): try string(bytes)
        case UInt8(ascii: "-"), 0x30...0x39: try number(bytes)
        case UInt8(ascii: "t"): try word("true", .yes, bytes)
        case UInt8(ascii: "f"): try word("false", .no, bytes)
        case UInt8(ascii: "n"): try word("null", .null, bytes)
        default: throw JSONFault(.unexpected, at: at)
        }
    }

    private mutating func enter(_ kind: JSONDocument.Node.Kind) throws(JSONFault) {
        guard open.count < JSONDocument.deepest else { throw JSONFault(.depth, at: at) }
        open.append(nodes.count)
        try add(.init(kind, at..<at + 1))
        at += 1
        wanted = kind == .object ? .nameOrEnd : .valueOrEnd
    }

    private mutating func close(_ bytes: Span<UInt8>) throws(JSONFault) {
        at += 1
        wanted = .commaOrEnd
        guard let container = open.popLast() else { return }
        nodes[container].close(at: at, inner: nodes.count - container - 1)
        if nodes[container].kind == .object { try NameSet(of: container, nodes).requireUnique(bytes) }
    }

    private mutating func name(_ bytes: Span<UInt8>) throws(JSONFault) {
        try string(bytes)
        guard try nextByte(bytes) == UInt8(ascii: ":") else { throw JSONFault(.unexpected, at: at) }
        at += 1
        wanted = .value
    }

    private mutating func word(
        _ text: StaticString, _ kind: JSONDocument.Node.Kind, _ bytes: Span<UInt8>
    ) throws(JSONFault) {
        let start = at
        for letter in text.description.utf8 {
            guard at < bytes.count else { throw JSONFault(.cutShort, at: at) }
            guard bytes[at] == letter else { throw JSONFault(.unexpected, at: start) }
            at += 1
        }
        try add(.init(kind, start..<at))
    }

    private mutating func string(_ bytes: Span<UInt8>) throws(JSONFault) {
        let start = at + 1
        var hasEscapes = false
        at = start
        while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
            guard bytes[at] >= 0x20 else { throw JSONFault(.control, at: at) }
            if bytes[at] == UInt8(ascii: "\\") {
                hasEscapes = true
                try skipEscape(bytes)
            } else {
                at += 1
            }
        }
        guard at < bytes.count else { throw JSONFault(.cutShort, at: at) }
        try add(.init(.string, start..<at, hasEscapes: hasEscapes))
        at += 1
    }

    private mutating func skipEscape(_ bytes: Span<UInt8>) throws(JSONFault) {
        guard at + 1 < bytes.count else { throw JSONFault(.cutShort, at: at) }
        guard bytes[at + 1] == UInt8(ascii: "u") else {
            guard JSONStringContent.meaning(of: bytes[at + 1]) != nil else { throw JSONFault(.escape, at: at) }
            at += 2
            return
        }
        guard let unit = JSONStringContent.unit(at: at, before: bytes.count, in: bytes) else {
            throw JSONFault(at + 6 > bytes.count ? .cutShort : .escape, at: at)
        }
        guard (0xD800...0xDFFF).contains(unit) else {
            at += 6
            return
        }
        guard unit < 0xDC00, let low = JSONStringContent.unit(at: at + 6, before: bytes.count, in: bytes),
            (0xDC00...0xDFFF).contains(low)
        else { throw JSONFault(.surrogate, at: at) }
        at += 12
    }

    private mutating func number(_ bytes: Span<UInt8>) throws(JSONFault) {
        let start = at
        if bytes[at] == UInt8(ascii: "-") { at += 1 }
        let whole = at
        try digits(bytes)
        if bytes[whole] == UInt8(ascii: "0"), at > whole + 1 { throw JSONFault(.number, at: start) }
        if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
            at += 1
            try digits(bytes)
        }
        if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
            at += 1
            if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
            try digits(bytes)
        }
        try add(.init(.number, start..<at))
    }

    /// At least one.
    private mutating func digits(_ bytes: Span<UInt8>) throws(JSONFault) {
        let start = at
        while at < bytes.count, (0x30...0x39).contains(bytes[at]) { at += 1 }
        guard at > start else { throw JSONFault(at < bytes.count ? .number : .cutShort, at: at) }
    }
}

/// The names of one object, compared by what they say and not by how they are written.
private struct NameSet {
    let names: [JSONDocument.Node]

    init(of object: Int, _ nodes: [JSONDocument.Node]) {
        var names: [JSONDocument.Node] = []
        var next = object + 1
        while next < nodes.count {
            names.append(nodes[next])
            next += 2 + Int(nodes[next + 1].inner)
        }
        self.names = names
    }

    func requireUnique(_ bytes: Span<UInt8>) throws(JSONFault) {
        guard names.count > Self.few else { return try compareAll(bytes) }
        // Keyed anew in each process (SE-0206), so no file is made whose names all fall together.
        var places: [Int: [Int]] = [:]
        for (place, name) in names.enumerated() {
            var hasher = Hasher()
            var content = JSONStringContent(name.range)
            while let byte = content.next(in: bytes) { hasher.combine(byte) }
            let hash = hasher.finalize()
            for other in places[hash] ?? [] where isSame(names[other], name, bytes) {
                throw JSONFault(.repeated, at: name.range.lowerBound)
            }
            places[hash, default: []].append(place)
        }
    }

    /// So many names are compared faster than they are hashed.
    private static let few = 8

    private func compareAll(_ bytes: Span<UInt8>) throws(JSONFault) {
        for (place, name) in names.enumerated() {
            for other in names[..<place] where isSame(other, name, bytes) {
                throw JSONFault(.repeated, at: name.range.lowerBound)
            }
        }
    }

    private func isSame(_ one: JSONDocument.Node, _ other: JSONDocument.Node, _ bytes: Span<UInt8>) -> Bool {
        var left = JSONStringContent(one.range)
        var right = JSONStringContent(other.range)
        while let byte = left.next(in: bytes) { if right.next(in: bytes) != byte { return false } }
        return right.next(in: bytes) == nil
    }
}
