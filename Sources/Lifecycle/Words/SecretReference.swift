/// A credential's name where a value would stand: `secret://anthropic/main`, or `{{ secret://anthropic/main }}` beside other letters.
package struct SecretReference: Equatable, Sendable {
    package let name: CredentialName
    /// The bytes of the text that the value takes the place of.
    package let range: Range<Int>

    /// A reference without a good name.
    package struct Problem: Error, Equatable {
        /// Counts from 1.
        package let line: Int
        package let name: CredentialName.Problem
    }

    /// All that are in a text, in their order.
    ///
    /// A bare one ends where no character of a name follows, and begins where no character of another scheme (RFC 3986 §3.1) precedes.
    package static func all(in text: Span<UInt8>) throws(Problem) -> [SecretReference] {
        var found: [SecretReference] = []
        var lines = LineNumber()
        var place = 0
        while place < text.count {
            guard begins(text, at: place) else {
                place += 1
                continue
            }
            let start = place + mark.count
            var end = start
            while end < text.count, isNameByte(text[end]) { end += 1 }
            let word = String(decoding: (start..<end).map { text[$0] }, as: UTF8.self)
            do {
                let range = braces(text, around: place..<end)
                found.append(SecretReference(name: try CredentialName(word), range: range))
            } catch { throw Problem(line: lines.at(place, in: text), name: error) }
            place = end
        }
        return found
    }

    private static let mark = Array("secret://".utf8)

    private static func begins(_ text: Span<UInt8>, at place: Int) -> Bool {
        guard text[place] == mark[0], place + mark.count <= text.count,
            mark.indices.allSatisfy({ text[place + $0] == mark[$0] })
        else { return false }
        return place == 0 || !isSchemeByte(text[place - 1])
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x61...0x7A: true
        default: "._-/".utf8.contains(byte)
        }
    }

    private static func isSchemeByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
        default: "+-.".utf8.contains(byte)
        }
    }

    /// The range with the braces around it, when there are some on both sides.
    private static func braces(_ text: Span<UInt8>, around range: Range<Int>) -> Range<Int> {
        let space: [UInt8] = [0x20, 0x09]
        var (start, end) = (range.lowerBound, range.upperBound)
        while start > 0, space.contains(text[start - 1]) { start -= 1 }
        while end < text.count, space.contains(text[end]) { end += 1 }
        let (open, close) = (UInt8(ascii: "{"), UInt8(ascii: "}"))
        guard start >= 2, end + 2 <= text.count, text[start - 1] == open, text[start - 2] == open, text[end] == close,
            text[end + 1] == close
        else { return range }
        return start - 2..<end + 2
    }
}
