/// The name a person gave a credential, such as `anthropic/main`; good in a command, a path and a log.
///
/// Grammar: `[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*`, 1 to 128 bytes.
package struct CredentialName: Hashable, Comparable, Sendable, CustomStringConvertible {
    package static let longest = 128
    package let description: String

    /// Why a text is not a name.
    package enum Problem: Error, Equatable {
        case empty
        case tooLong(bytes: Int)
        /// `at` counts bytes from 0.
        case character(Character, at: Int)
        case segmentStart(at: Int)
    }

    /// - Throws: `.empty`, `.tooLong`, `.character` for a byte outside the grammar, `.segmentStart` for a
    ///   segment that is empty or starts with `.`, `_` or `-`.
    package init(_ text: String) throws(Problem) {
        guard !text.isEmpty else { throw .empty }
        guard text.utf8.count <= Self.longest else { throw .tooLong(bytes: text.utf8.count) }
        var atStart = true
        for (offset, byte) in text.utf8.enumerated() {
            let alphanumeric = (0x61...0x7A).contains(byte) || (0x30...0x39).contains(byte)
            let slash = byte == UInt8(ascii: "/")
            let inner = byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-")
            guard alphanumeric || slash || inner else {
                throw .character(Self.character(of: text, atByte: offset), at: offset)
            }
            if atStart, !alphanumeric { throw .segmentStart(at: offset) }
            atStart = slash
        }
        if atStart { throw .segmentStart(at: text.utf8.count) }
        description = text
    }

    /// For a text that is known to be a name.
    init(unchecked text: String) { description = text }

    private static func character(of text: String, atByte offset: Int) -> Character {
        var seen = 0
        for character in text {
            seen += character.utf8.count
            if seen > offset { return character }
        }
        return " "
    }

    package static func < (left: Self, right: Self) -> Bool { left.description < right.description }
}

extension CredentialName.Problem {
    /// One lower-case line that names what is wrong; it never repeats the whole input, which may be a pasted token.
    package var message: String {
        switch self {
        case .empty: "a credential name may not be empty"
        case .tooLong(let bytes): "a credential name has at most \(CredentialName.longest) bytes; this one has \(bytes)"
        case .character(let character, let offset):
            "a credential name may not contain '\(Self.printable(character))' (character \(offset + 1)); use a-z 0-9 . _ - and /"
        case .segmentStart(let offset):
            "each part of a credential name starts with a-z or 0-9 (character \(offset + 1))"
        }
    }

    private static func printable(_ character: Character) -> String {
        let plain = character.unicodeScalars.allSatisfy { $0.value > 0x20 && $0.value < 0x7F }
        return plain ? String(character) : "a special character"
    }
}

extension CredentialName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do { try self.init(text) } catch {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: error.message))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
