import Testing

@testable import Lifecycle

/// What a file is, by its content.
@Suite struct ImportFormTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let head: String, form: ImportForm
        var testDescription: String { head.debugDescription }
    }

    static let forms = [
        Row(head: "{\"name\":\"a\",\"value\":\"b\"}\n", form: .lines), Row(head: "{\"value\":\"b\"}", form: .lines),
        Row(head: "\n\n  { \t\"kind\": \"x\"", form: .lines), Row(head: "\u{FEFF}{\"name\":\"a\"", form: .lines),
        Row(head: "{\"store\":1", form: .lines),
        Row(head: "{\n  \"name\": \"a\"", form: .document), Row(head: "{", form: .document),
        Row(head: "{}", form: .document),
        Row(head: "{\"names\":1}", form: .document), Row(head: "{\"nam\":1}", form: .document),
        Row(head: "{\"profiles\":{}}", form: .document), Row(head: "\u{FEFF}\r\n{\r\n\"version\":1", form: .document),
        Row(head: "{\"", form: .document), Row(head: "{\"claudeAiOauth\"", form: .document),
        Row(head: "A=1", form: .environment), Row(head: "# a\n\n\nexport A = 1", form: .environment),
        Row(head: "\u{FEFF}A=", form: .environment), Row(head: "_a.b-c='x", form: .environment),
        Row(head: "export A", form: .environment), Row(head: "# {\"name\"\r\nA=1", form: .environment),
    ]

    @Test(arguments: forms) func recognises(_ row: Row) throws {
        let bytes = Array(row.head.utf8)
        #expect(try ImportForm(head: bytes.span) == row.form)
    }

    @Test(
        arguments: [
            ("", .empty), (" \r\n\t", .empty), ("\u{FEFF}", .empty), ("SQLite format 3\0...", .database),
            ("[{\"name\":1}]", .list),
            ("hello", .unknownForm), ("hello world\nA=1", .unknownForm), ("<html>", .unknownForm),
            ("\"a\"", .unknownForm),
            ("1", .unknownForm), ("=1", .unknownForm), ("1A=1", .unknownForm), ("# only\n# comments", .unknownForm),
            ("A=1\0", .notText), ("{\"a\":\0", .notText), ("sk-ant-oat01-xyz", .unknownForm),
            (String(repeating: "A", count: 500) + "=1", .unknownForm),
        ] as [(String, ImportProblem.Code)])
    func refuses(_ head: String, _ code: ImportProblem.Code) {
        let bytes = Array(head.utf8)
        #expect(throws: ImportProblem(code)) { try ImportForm(head: bytes.span) }
    }

    @Test(arguments: [[0xFF, 0xFE, 0x41, 0x00], [0xFE, 0xFF, 0x00, 0x41]] as [[UInt8]])
    func refusesUTF16(_ bytes: [UInt8]) {
        #expect(throws: ImportProblem(.utf16)) { try ImportForm(head: bytes.span) }
    }

    /// Every beginning of every form has an answer, whatever is cut off.
    @Test func everyBeginningHasAnAnswer() {
        for row in Self.forms {
            for count in 0...row.head.utf8.count {
                let bytes = Array(row.head.utf8.prefix(count))
                let form = try? ImportForm(head: bytes.span)
                #expect(form == nil || form == row.form || form == .document || form == .environment)
            }
        }
    }
}
