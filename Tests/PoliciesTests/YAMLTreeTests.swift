import Lifecycle
import Testing

@testable import Policies

@Suite struct YAMLTreeTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let tree: Tree
        var testDescription: String { text }
    }

    static let scalars: [Row] = [
        Row(text: "", tree: .null), Row(text: "~", tree: .null), Row(text: "null", tree: .null),
        Row(text: "true", tree: .bool(true)), Row(text: "False", tree: .bool(false)),
        Row(text: "no", tree: .string("no")), Row(text: "on", tree: .string("on")),
        Row(text: "1113", tree: .number("1113")), Row(text: "-0.25", tree: .number("-0.25")),
        Row(text: "1e3", tree: .number("1e3")), Row(text: "'1113'", tree: .string("1113")),
        Row(text: "\"true\"", tree: .string("true")), Row(text: "0x10", tree: .string("0x10")),
        Row(text: ".inf", tree: .string(".inf")), Row(text: ".nan", tree: .string(".nan")),
        Row(text: "1_000", tree: .string("1_000")), Row(text: "12h", tree: .string("12h")),
        Row(text: "1:30", tree: .string("1:30")), Row(text: "2026-11-22", tree: .string("2026-11-22")),
        Row(text: "e", tree: .string("e")), Row(text: "-", tree: .list([.null])),
        Row(text: "!!str 5", tree: .string("5")), Row(text: "|\n  5\n", tree: .string("5\n")),
        Row(text: "[2, 10m]", tree: .list([.number("2"), .string("10m")])),
        Row(text: "{a: {b: ~}}", tree: .map(["a": .map(["b": .null])])),
        Row(text: "# only a comment", tree: .null),
    ]

    @Test(arguments: scalars) func reads(_ row: Row) throws {
        #expect(try tree(fromYAML: row.text) == row.tree)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let line: Int?
        let message: String?
        var testDescription: String { String(text.prefix(40)) }
    }

    static let refusals: [Refusal] = [
        Refusal(text: "a: &x 1\nb: *x", line: 1, message: "anchors are not allowed"),
        Refusal(text: "a: &x [1]", line: 1, message: "anchors are not allowed"),
        Refusal(text: "a:\n  &x {b: 1}", line: 2, message: "anchors are not allowed"),
        Refusal(text: "? &x a\n: 1", line: 1, message: "anchors are not allowed"),
        Refusal(text: "a: *x", line: 1, message: nil),
        Refusal(text: "a: 1\nb: 2\na: 3", line: nil, message: "a key is given twice"),
        Refusal(text: "a: 1\n'a': 3", line: nil, message: "a key is given twice"),
        Refusal(text: "a:\n  1: 2", line: 2, message: "a key has to be text"),
        Refusal(text: "? [a]\n: 2", line: 1, message: "a key has to be text"),
        Refusal(text: "true: 2", line: 1, message: "a key has to be text"),
        Refusal(text: "a: !!binary aGk=", line: 1, message: "tags are not allowed"),
        Refusal(text: "a: !!int '5'", line: 1, message: "tags are not allowed"),
        Refusal(text: "a: !!set {b}", line: 1, message: "tags are not allowed"),
        Refusal(text: "a: !mine [b]", line: 1, message: "tags are not allowed"),
        Refusal(text: "a: [1", line: nil, message: nil),
        Refusal(text: "a: \"\n", line: nil, message: nil),
        Refusal(text: "a: 1\n\tb: 2", line: 2, message: nil),
        Refusal(text: "a: \u{1}", line: nil, message: "not YAML"),
        Refusal(text: "a: 1\n---\nb: 2", line: nil, message: nil),
        Refusal(
            text: String(repeating: "[", count: 34) + String(repeating: "]", count: 34), line: 1,
            message: "more than 32 levels"),
        Refusal(text: String(repeating: "[", count: 100_000), line: nil, message: nil),
        Refusal(text: String(repeating: "- ", count: 100_000), line: nil, message: nil),
        Refusal(text: String(repeating: "#", count: 262_145), line: nil, message: "larger than 256 KiB"),
    ]

    @Test(arguments: refusals) func refuses(_ row: Refusal) {
        let problem = #expect(throws: YAMLProblem.self) { try tree(fromYAML: row.text) }
        if let line = row.line { #expect(problem?.line == line) }
        if let message = row.message { #expect(problem?.message == message) }
    }

    @Test func aProblemNeverRepeatsTheText() {
        for text in ["sekret: sekret: sekret", "sekret: [sekret", "sekret: 1\nsekret: 2", "a: *sekret"] {
            let problem = #expect(throws: YAMLProblem.self) { try tree(fromYAML: text) }
            #expect(problem?.message.contains("sekret") == false)
        }
    }

    @Test func whatIsWrittenAsJSONReadsBack() throws {
        let text = #"{"a":"q\"\\\n\u0001é","b":[1,2.50,true,null],"c":{}}"#
        #expect(try tree(fromYAML: text).jsonText == text)
    }
}
