/// The structure of one JSON text (RFC 8259): kinds and places of its values, never a copy of what a string says.
///
/// The bytes may be lent from locked memory and are given again to read a value, which its index in `nodes` names.
package struct JSONDocument: Equatable, Sendable {
    package static let deepest = 32
    /// Of 16 bytes each.
    package static let mostNodes = 500_000
    /// In the order of the text, the root first; in an object a name stands before each value.
    package let nodes: [Node]

    package struct Node: Equatable, Sendable {
        package enum Kind: UInt8, Sendable { case object, array, string, number, yes, no, null }
        package let kind: Kind
        /// A string with a backslash in it.
        package let hasEscapes: Bool
        private let start: Int32
        private var end: Int32
        /// How many nodes behind it lie in it.
        package private(set) var inner: Int32 = 0

        /// Where it stands in the bytes; a string without its quotes.
        package var range: Range<Int> { Int(start)..<Int(end) }

        init(_ kind: Kind, _ range: Range<Int>, hasEscapes: Bool = false) {
            self.kind = kind
            self.hasEscapes = hasEscapes
            start = Int32(truncatingIfNeeded: range.lowerBound)
            end = Int32(truncatingIfNeeded: range.upperBound)
        }

        mutating func close(at end: Int, inner: Int) {
            self.end = Int32(truncatingIfNeeded: end)
            self.inner = Int32(truncatingIfNeeded: inner)
        }
    }

    /// - Parameter start: the first byte that counts, behind a byte order mark.
    /// - Throws: the first thing that is wrong, deeper nesting, more nodes, and a name that is in one object twice.
    package init(_ bytes: Span<UInt8>, from start: Int = 0) throws(JSONFault) {
        guard bytes.count < Int(Int32.max) else { throw JSONFault(.tooManyValues, at: 0) }
        do throws(UTF8.ValidationError) { _ = try UTF8Span(validating: bytes) } catch {
            throw JSONFault(.encoding, at: error.byteOffsets.lowerBound)
        }
        var scanner = JSONScanner(from: start)
        nodes = try scanner.scan(bytes)
    }
}

/// What is wrong with a JSON text; it never holds a part of it.
package struct JSONFault: Error, Equatable {
    package enum Code: String, CaseIterable, Sendable {
        case cutShort = "cut_short"
        case unexpected, number, escape, surrogate, control, encoding, depth, repeated, trailing
        case tooManyValues = "too_many_values"
    }
    package let code: Code
    /// In bytes from the beginning.
    package let offset: Int

    init(_ code: Code, at offset: Int) {
        self.code = code
        self.offset = offset
    }
}

extension JSONFault.Code {
    /// Goes on from `line 7: `.
    package var message: String {
        switch self {
        case .cutShort: "the JSON ends too early"
        case .unexpected: "this is no JSON; a quote, a comma or a bracket is missing, or there is one too many"
        case .number: "a number is not written as JSON wants it"
        case .escape: "a backslash in a string is not followed by what JSON allows"
        case .surrogate: "one half of a surrogate pair stands alone in a string"
        case .control: "a line end or a control character stands in a string"
        case .encoding: "this is not UTF-8"
        case .depth: "objects and lists are nested deeper than \(JSONDocument.deepest)"
        case .repeated: "a name is in one object twice"
        case .trailing: "something follows behind the end of the JSON"
        case .tooManyValues: "this JSON has more than \(JSONDocument.mostNodes) values"
        }
    }
}

extension JSONDocument {
    /// A name and its value, as indices of `nodes`.
    package struct Member: Equatable, Sendable {
        package let name: Int
        package let value: Int
    }

    /// The members of an object in the order of the text; none for another value.
    package func members(of object: Int) -> [Member] {
        guard nodes[object].kind == .object else { return [] }
        var members: [Member] = []
        var next = object + 1
        let end = next + Int(nodes[object].inner)
        while next < end {
            members.append(Member(name: next, value: next + 1))
            next += 2 + Int(nodes[next + 1].inner)
        }
        return members
    }

    /// The values of a list in the order of the text; none for another value.
    package func elements(of list: Int) -> [Int] {
        guard nodes[list].kind == .array else { return [] }
        var elements: [Int] = []
        var next = list + 1
        let end = next + Int(nodes[list].inner)
        while next < end {
            elements.append(next)
            next += 1 + Int(nodes[next].inner)
        }
        return elements
    }

    /// The value behind a name in an object; nil when there is none, and for null.
    package func member(_ name: String, of object: Int, in bytes: Span<UInt8>) -> Int? {
        for member in members(of: object) where nodes[member.value].kind != .null {
            if says(name, at: member.name, in: bytes) { return member.value }
        }
        return nil
    }

    /// Whether a string is exactly this text, however it is escaped.
    package func says(_ text: String, at node: Int, in bytes: Span<UInt8>) -> Bool {
        guard nodes[node].kind == .string else { return false }
        var content = JSONStringContent(nodes[node].range)
        for byte in text.utf8 { if content.next(in: bytes) != byte { return false } }
        return content.next(in: bytes) == nil
    }

    /// What a string that is no secret says; nil for another value, and for more than `most` bytes.
    package func text(at node: Int, most: Int, in bytes: Span<UInt8>) -> String? {
        guard nodes[node].kind == .string else { return nil }
        var content = JSONStringContent(nodes[node].range)
        var text: [UInt8] = []
        while let byte = content.next(in: bytes) {
            guard text.count < most else { return nil }
            text.append(byte)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// A whole number; nil for another value and for one that 64 bits do not hold.
    package func integer(at node: Int, in bytes: Span<UInt8>) -> Int64? {
        guard nodes[node].kind == .number else { return nil }
        var value: Int64 = 0
        let isNegative = bytes[nodes[node].range.lowerBound] == UInt8(ascii: "-")
        for place in nodes[node].range.dropFirst(isNegative ? 1 : 0) {
            guard (0x30...0x39).contains(bytes[place]) else { return nil }
            let digit = Int64(bytes[place] - 0x30)
            let (tens, isTooLong) = value.multipliedReportingOverflow(by: 10)
            let (next, isTooLarge) = tens.addingReportingOverflow(isNegative ? -digit : digit)
            guard !isTooLong, !isTooLarge else { return nil }
            value = next
        }
        return value
    }
}
