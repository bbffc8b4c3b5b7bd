import TestSupport
import Testing

@testable import Lifecycle

/// Escapes resolved byte by byte, never more bytes than were written.
@Suite struct JSONStringContentTests {
    static func resolved(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        var content = JSONStringContent(0..<bytes.count)
        var result: [UInt8] = []
        while let byte = content.next(in: bytes.span) { result.append(byte) }
        return result
    }

    @Test(arguments: [
        ("", ""), ("a", "a"), ("\\n", "\n"), ("\\\\n", "\\n"), ("\\\"", "\""), ("\\/", "/"),
        ("\\b\\f\\r\\t", "\u{8}\u{C}\r\t"),
        ("\\u0041b", "Ab"), ("\\u00e9", "é"), ("\\u20AC", "€"), ("\\ud83d\\ude00", "😀"), ("\\u0000", "\u{0}"),
        ("\\u0000\\u0000x", "\u{0}\u{0}x"), ("é\\u00e9é", "ééé"), ("\\uFFFF", "\u{FFFF}"),
        ("\\udbff\\udfff", "\u{10FFFF}"),
        ("sk-ant\\u002doat01", "sk-ant-oat01"),
    ])
    func resolves(_ written: String, _ said: String) {
        #expect(Self.resolved(written) == Array(said.utf8))
    }

    /// Ranges that no scanner has seen: nothing fails, nothing grows.
    @Test(arguments: [
        "\\", "\\u", "\\u12", "\\ud800", "\\ud800\\u0041", "\\udc00", "\\x", "a\\", "\\u00zz", "\\ud83d\\ude0",
    ])
    func whatIsNoEscapeStays(_ written: String) {
        #expect(Self.resolved(written).count <= written.utf8.count)
        #expect(Self.resolved("\\ud800\\u0041") == Array("\\ud800A".utf8))
    }

    @Test func randomBytesNeverGrow() {
        var random = SplitMix(state: 5)
        let letters = Array("\\u0dDfFnN8x\"/".utf8)
        for _ in 0..<20_000 {
            let bytes = (0..<(random.next() % 24)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
            #expect(Self.resolved(String(decoding: bytes, as: UTF8.self)).count <= bytes.count)
        }
    }

    struct Value: Sendable, CustomTestStringConvertible {
        let written: String, spelling: ImportedValue.Spelling, said: String
        var testDescription: String { written.debugDescription }
    }

    @Test(arguments: [
        Value(written: "a\\nb", spelling: .plain, said: "a\\nb"),
        Value(written: "a\\nb", spelling: .json, said: "a\nb"),
        Value(written: "a\\nb", spelling: .doubleQuoted, said: "a\nb"),
        Value(written: "\\$A \\`b\\` \\\"c\\\" \\\\", spelling: .doubleQuoted, said: "$A `b` \"c\" \\"),
        Value(written: "\\u0041 \\x \\'", spelling: .doubleQuoted, said: "\\u0041 \\x \\'"),
        Value(written: "\\", spelling: .doubleQuoted, said: "\\"), Value(written: "", spelling: .json, said: ""),
    ])
    func valuesAreWrittenAsTheyAreSpelled(_ row: Value) {
        let bytes = Array("<\(row.written)>".utf8)
        let value = ImportedValue(range: 1..<bytes.count - 1, spelling: row.spelling)
        let result = [UInt8](capacity: value.range.count) { output in value.write(bytes.span, to: &output) }
        #expect(result == Array(row.said.utf8))
    }
}
