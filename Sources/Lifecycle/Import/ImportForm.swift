/// How a file is to be read, told by its content alone.
package enum ImportForm: Equatable, Sendable {
    /// One JSON object, which is read as a whole.
    case document
    /// One JSON object a line.
    case lines
    /// Variables, as `NAME=value`.
    case environment

    /// - Parameter head: how the file begins, at least its first line unless that is longer than `ImportLimit.line`.
    /// - Throws: for a file that is none of them.
    package init(head: Span<UInt8>) throws(ImportProblem) {
        if Self.begins(head, with: Array("SQLite format 3\0".utf8)) { throw ImportProblem(.database) }
        if Self.begins(head, with: Array("TWBK".utf8)) { throw ImportProblem(.sealed) }
        if Self.begins(head, with: [0xFF, 0xFE]) || Self.begins(head, with: [0xFE, 0xFF]) {
            throw ImportProblem(.utf16)
        }
        for place in head.indices where head[place] == 0 { throw ImportProblem(.notText) }
        var at = Self.textStart(of: head)
        while at < head.count, JSONScanner.isSpace(head[at]) { at += 1 }
        guard at < head.count else { throw ImportProblem(.empty) }
        switch head[at] {
        case UInt8(ascii: "{"): self = Self.beginsLine(at + 1, head) ? .lines : .document
        case UInt8(ascii: "["): throw ImportProblem(.list)
        default:
            guard EnvironmentFile.mayBegin(head, from: at) else { throw ImportProblem(.unknownForm) }
            self = .environment
        }
    }

    /// Behind a byte order mark, if there is one.
    package static func textStart(of bytes: Span<UInt8>) -> Int { begins(bytes, with: [0xEF, 0xBB, 0xBF]) ? 3 : 0 }

    private static func begins(_ bytes: Span<UInt8>, with mark: [UInt8]) -> Bool {
        guard bytes.count >= mark.count else { return false }
        for (place, byte) in mark.enumerated() where bytes[place] != byte { return false }
        return true
    }

    /// Whether the first name of an object is on the same line, and one that a line of JSON lines has.
    private static func beginsLine(_ start: Int, _ bytes: Span<UInt8>) -> Bool {
        var at = start
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
        guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { return false }
        at += 1
        return JSONLine.Field.allCases.contains { field in
            let end = at + field.rawValue.utf8.count
            guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return false }
            for (offset, byte) in field.rawValue.utf8.enumerated() where bytes[at + offset] != byte { return false }
            return true
        }
    }
}
