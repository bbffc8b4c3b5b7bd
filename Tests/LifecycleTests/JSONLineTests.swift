import Testing

@testable import Lifecycle

/// JSON lines: one strict object a line, in a window that moves over the file.
@Suite struct JSONLineTests {
    static func entry(_ text: String, number: Int = 7) throws(ImportProblem) -> ImportEntry? {
        try JSONLine.entry(of: Array(text.utf8).span, number: number)
    }

    @Test func everyMemberIsRead() throws {
        let text =
            #"{"store":"keyring","probe":"passive","expires":"2027-11-22T10:00:00+01:00","minted":"2026-11-22","#
            + #""value":"a\u002db","kind":"anthropic.api-key","name":"anthropic/main"}"#
        let entry = try #require(try Self.entry(text))
        #expect(
            entry.line == 7 && entry.name.description == "anthropic/main" && entry.hint == .kind("anthropic.api-key"))
        #expect(
            entry.minted == Timestamp(rfc3339: "2026-11-22")
                && entry.expires == Timestamp(rfc3339: "2027-11-22T09:00:00Z"))
        #expect(entry.probing == .passive && entry.home == .keyring)
        guard case .value(let value) = entry.content else {
            Issue.record("no value")
            return
        }
        #expect(value.spelling == .json && value.range.count == 8)
    }

    @Test(arguments: [
        #"{"name":"a","value":"b"}"#, #" {"name":"a" , "value":"b"}  "#, "{\"name\":\"a\",\"value\":\"b\"}\r",
        #"{"name":"a","value":"b","kind":null,"minted":null,"expires":null,"probe":null,"store":null}"#,
        #"{"\u006eame":"a","value":"b","store":"vault"}"#,
    ])
    func whatIsLeftOutIsDefault(_ text: String) throws {
        let entry = try #require(try Self.entry(text))
        #expect(entry.hint == .none && entry.minted == nil && entry.expires == nil && entry.probing == nil)
        #expect(entry.home == nil || entry.home == .vault)
    }

    @Test(arguments: [("active", Probing.on), ("passive", .passive), ("off", .off)])
    func wordsOfProbing(_ word: String, _ probing: Probing) throws {
        #expect(try Self.entry(#"{"name":"a","value":"b","probe":"\#(word)"}"#)?.probing == probing)
    }

    @Test(arguments: ["", " ", "\r", "\t \r"]) func emptyLinesHoldNothing(_ text: String) throws {
        #expect(try Self.entry(text) == nil)
    }

    @Test func onlyTheFirstLineMayHaveAMark() throws {
        let text = "\u{FEFF}{\"name\":\"a\",\"value\":\"b\"}"
        #expect(try Self.entry(text, number: 1)?.name.description == "a")
        #expect(try Self.entry("\u{FEFF}", number: 1) == nil)
        #expect(throws: ImportProblem(line: 2, .json(.unexpected))) { try Self.entry(text, number: 2) }
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String, code: ImportProblem.Code
        var testDescription: String { String(text.prefix(60)) }
        init(_ text: String, _ code: ImportProblem.Code) { (self.text, self.code) = (text, code) }
    }

    static let bad = [
        Bad("[]", .notAnObject), Bad("\"a\"", .notAnObject), Bad("null", .notAnObject), Bad("5", .notAnObject),
        Bad("{}", .missing("value")), Bad(#"{"name":"a"}"#, .missing("value")),
        Bad(#"{"value":"b"}"#, .missing("name")),
        Bad(#"{"name":null,"value":"b"}"#, .missing("name")), Bad(#"{"name":"a","value":null}"#, .missing("value")),
        Bad(#"{"name":1,"value":"b"}"#, .type("name")), Bad(#"{"name":"a","value":1}"#, .type("value")),
        Bad(#"{"name":"a","value":{}}"#, .type("value")), Bad(#"{"name":"a","value":["b"]}"#, .type("value")),
        Bad(#"{"name":"a","value":"b","kind":true}"#, .type("kind")),
        Bad(#"{"name":"a","value":"b","minted":5}"#, .type("minted")),
        Bad(#"{"name":"a","value":"b","probe":false}"#, .type("probe")),
        Bad(#"{"name":"a","value":"b","store":[]}"#, .type("store")),
        Bad(#"{"name":"","value":"b"}"#, .name(.empty)),
        Bad(#"{"name":"A","value":"b"}"#, .name(.character("A", at: 0))),
        Bad(#"{"name":"a\u0000","value":"b"}"#, .name(.character("\u{0}", at: 1))),
        Bad(#"{"name":"a/","value":"b"}"#, .name(.segmentStart(at: 2))),
        Bad(#"{"name":"\#(String(repeating: "a", count: 129))","value":"b"}"#, .name(.tooLong(bytes: 129))),
        Bad(#"{"name":"\#(String(repeating: "a", count: 200_000))","value":"b"}"#, .name(.tooLong(bytes: 200_000))),
        Bad(#"{"name":"a","value":"b","minted":"soon"}"#, .content("minted")),
        Bad(#"{"name":"a","value":"b","expires":"2026-13-01"}"#, .content("expires")),
        Bad(#"{"name":"a","value":"b","expires":"\#(String(repeating: "2", count: 65))"}"#, .content("expires")),
        Bad(#"{"name":"a","value":"b","probe":"on"}"#, .content("probe")),
        Bad(#"{"name":"a","value":"b","store":"disk"}"#, .content("store")),
        Bad(#"{"name":"a","value":"b","kind":"\#(String(repeating: "k", count: 129))"}"#, .content("kind")),
        Bad(#"{"name":"a","value":"b","extra":1}"#, .unknownMember), Bad(#"{"Name":"a","value":"b"}"#, .unknownMember),
        Bad(#"{"name":"a","value":"b","":null}"#, .unknownMember),
        Bad(#"{"name":"a","value":"b","value":"c"}"#, .json(.repeated)),
        Bad(#"{"name":"a","value":"b","\u0076alue":"c"}"#, .json(.repeated)),
        Bad(#"{"name":"a","value":"b"},"#, .json(.trailing)), Bad(#"{"name":"a","value":"b"}{}"#, .json(.trailing)),
        Bad(#"{"name":"a","value":"b""#, .json(.cutShort)), Bad(#"{"name":"a","value":"b"#, .json(.cutShort)),
        Bad(#"{"name":"a","value":"\ud800"}"#, .json(.surrogate)),
        Bad("{\"name\":\"a\",\"value\":\"\u{0}\"}", .json(.control)),
        Bad("{\"name\":\"a\",\"value\":\"b\tc\"}", .json(.control)), Bad("A=b", .json(.unexpected)),
        Bad("# a", .json(.unexpected)),
        Bad(String(repeating: "{\"name\":", count: 40), .json(.depth)),
        Bad("{\"name\":\"a\",\"value\":01}", .json(.number)),
        Bad(#"{"name":"a","value":"\#(String(repeating: "b", count: 1 << 20))"}"#, .lineTooLong),
        Bad(String(repeating: " ", count: 1 << 20), .lineTooLong),
        Bad(String(repeating: "[", count: 200_000), .json(.depth)),
    ]

    @Test(arguments: bad) func refuses(_ row: Bad) {
        #expect(throws: ImportProblem(line: 7, row.code)) { try Self.entry(row.text) }
    }

    /// What is refused is told by a line and a code, and no part of the line is in the words.
    @Test(arguments: bad) func wordsGiveNothingAway(_ row: Bad) {
        let message = ImportProblem(line: 7, row.code).message
        #expect(
            message.hasPrefix("line 7: ") && !message.hasSuffix(".")
                && !message.contains { $0.isNewline || "<>{}".contains($0) })
    }

    @Test func everyOtherProblemHasWordsToo() {
        let codes: [ImportProblem.Code] = [
            .empty, .tooLarge, .notText, .utf16, .database, .list, .unknownForm, .otherLayout, .brokenLine, .openQuote,
            .credentialsFile,
            .repeatedName(line: 3), .value(.refreshToken), .content("name"),
        ]
        for code in codes + JSONFault.Code.allCases.map(ImportProblem.Code.json) {
            let message = ImportProblem(code).message
            #expect(message.first?.isUppercase == false || message.hasPrefix("OpenClaw"))
            #expect(!message.hasSuffix(".") || message.hasSuffix(".env"))
        }
        for skip in ImportSkip.allCases {
            #expect(skip.message.first?.isUppercase == false && !skip.message.hasSuffix("."))
        }
    }

    static func lines(_ text: String, window size: Int) -> [String] {
        let bytes = Array(text.utf8)
        var lines: [String] = []
        var start = 0
        var width = size
        while start < bytes.count {
            let window = Array(bytes[start..<min(bytes.count, start + width)])
            var at = 0
            while let (line, next) = JSONLine.next(
                in: window.span, from: at, isLast: start + window.count == bytes.count)
            {
                lines.append(String(decoding: window[line], as: UTF8.self))
                at = next
            }
            if at == 0 { width += size } else { (start, width) = (start + at, size) }
        }
        return lines
    }

    @Test(arguments: [
        ("", []), ("\n", [""]), ("a", ["a"]), ("a\n", ["a"]), ("a\nb", ["a", "b"]), ("a\n\nb\n", ["a", "", "b"]),
        ("a\r\nb", ["a\r", "b"]),
    ])
    func linesAreCut(_ text: String, _ lines: [String]) {
        for window in 1...4 { #expect(Self.lines(text, window: window) == lines) }
    }

    /// Many lines, one at a time through one window: as many entries, and what they cost.
    @Test func aHundredThousandLinesPass() throws {
        let value = Sample.token()
        let block = Array(String(repeating: "{\"name\":\"anthropic/main\",\"value\":\"\(value)\"}\n", count: 1000).utf8)
        var found = 0
        let elapsed = try ContinuousClock().measure {
            for _ in 0..<100 {
                var at = 0
                while let (line, next) = JSONLine.next(in: block.span, from: at, isLast: true) {
                    if try JSONLine.entry(of: block.span.extracting(line), number: found + 1) != nil { found += 1 }
                    at = next
                }
            }
        }
        print("JSON lines: \(found) of \(block.count / 1000) bytes each in \(elapsed)")
        #expect(found == 100_000)
    }
}
