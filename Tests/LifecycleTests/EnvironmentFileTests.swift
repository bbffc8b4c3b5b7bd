import TestSupport
import Testing

@testable import Lifecycle

/// `.env` files line by line: what is a variable, what is its value, and what is left alone.
@Suite struct EnvironmentFileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        /// Of each entry: its line, and its value in angle brackets or why it is skipped.
        let found: [String]
        var testDescription: String { text.debugDescription }
        init(_ text: String, _ found: String...) { (self.text, self.found) = (text, found) }
    }

    static let plain = [
        Row("A=b", "1<b>"), Row("A=b\n", "1<b>"), Row("A=b\r\n", "1<b>"), Row("A=b\r", "1<b>"), Row("A = b", "1<b>"),
        Row("  A=b", "1<b>"), Row("\tA\t=\tb\t", "1<b>"), Row("A=b c", "1<b c>"), Row("A=b  ", "1<b>"),
        Row("A==b=", "1<=b=>"),
        Row("A=$B", "1<$B>"), Row("A=${B}x", "1<${B}x>"), Row("A=$(cat x)", "1<$(cat x)>"), Row("A=b\\nc", "1<b\\nc>"),
        Row("A=b'c", "1<b'c>"), Row("A=b\"c\"", "1<b\"c\">"), Row("A=é", "1<é>"), Row("a.b-c_1=x", "1<x>"),
        Row("A=", "1 empty"), Row("A= ", "1 empty"), Row("A=\r\n", "1 empty"), Row("A= # b", "1 empty"),
        Row("A=#b", "1 empty"),
        Row("A=b#c", "1<b#c>"), Row("A=b #c", "1<b>"), Row("A=b\t# c", "1<b>"), Row("A=b # c # d", "1<b>"),
        Row("A=https://x/#y", "1<https://x/#y>"),
        Row("export A=b", "1<b>"), Row("export\tA=b", "1<b>"), Row("export A = b", "1<b>"), Row("export A"),
        Row("export A\r\nB=c", "2<c>"),
        Row("export=b", "1<b>"), Row("exportA=b", "1<b>"), Row("export A b=c", "1 unreadable"),
        Row(""), Row("\n\n"), Row("# A=b"), Row("  # A=b\nB=c", "2<c>"), Row("\u{FEFF}A=b", "1<b>"),
        Row("\r\nA=b", "2<b>"),
        Row("A=b\nC=d\n\nE=f", "1<b>", "2<d>", "4<f>"), Row("A=b\nA=c", "1<b>", "2<c>"),
        Row("source x", "1 unreadable"), Row("[section]\nA=b", "1 unreadable", "2<b>"), Row("A", "1 unreadable"),
        Row("A: b", "1 unreadable"), Row("1A=b", "1 unreadable"), Row("-A=b", "1 unreadable"),
        Row("A B=c", "1 unreadable"),
        Row("é=b", "1 unreadable"), Row("=b", "1 unreadable"), Row("A=b\n\u{B}", "1<b>", "2 unreadable"),
    ]

    static let quoted = [
        Row("A='b'", "1<b>"), Row("A=\"b\"", "1<b>"), Row("A=`b`", "1<b>"), Row("A='b' ", "1<b>"),
        Row("A='b' # c", "1<b>"),
        Row("A='b'# c", "1<b>"), Row("A='b'\r\nC=d", "1<b>", "2<d>"), Row("A=''", "1 empty"), Row("A=\"\"", "1 empty"),
        Row("A=' b '", "1< b >"), Row("A='b # c'", "1<b # c>"), Row("A='$B'", "1<$B>"), Row("A=\"$B\"", "1<$B>"),
        Row("A='b\\'", "1<b\\>"), Row("A='b\\n'", "1<b\\n>"), Row("A=\"b\\\"c\"", "1<b\"c>"),
        Row("A=\"b\\nc\"", "1<b\nc>"),
        Row("A=\"b\\\\\"", "1<b\\>"), Row("A=\"b\\\\\\\"c\"", "1<b\\\"c>"), Row("A='b\"c'", "1<b\"c>"),
        Row("A=\"b'c\"", "1<b'c>"),
        Row("A='b\nc'\nD=e", "1<b\nc>", "3<e>"), Row("A=\"b\nC=d\"\nE=f", "1<b\nC=d>", "3<f>"),
        Row("A='b'c", "1 unreadable"), Row("A='b''c'", "1 unreadable"), Row("A=\"b\" c\nD=e", "1 unreadable", "2<e>"),
        Row("A='b'\"c\"", "1 unreadable"), Row("A=\"\\$B \\`c\\`\"", "1<$B `c`>"),
        Row("A=\"\\q\\u0041\"", "1<\\q\\u0041>"),
    ]

    @Test(arguments: plain + quoted) func reads(_ row: Row) throws {
        #expect(try Self.found(Array(row.text.utf8)) == row.found)
    }

    @Test(arguments: [
        ("A='b", 1), ("A=b\nC=\"d\nE=f\n", 2), ("A=\"b\\\"", 1), ("A=`", 1), ("A='b\n\n\n", 1), ("A=\"\\", 1),
    ])
    func refusesOpenQuotes(_ text: String, _ line: Int) {
        #expect(throws: ImportProblem(line: line, .openQuote)) { try Self.found(Array(text.utf8)) }
    }

    static func found(_ bytes: [UInt8]) throws(ImportProblem) -> [String] {
        try EnvironmentFile.entries(of: bytes.span).map { entry in
            switch entry.content {
            case .skipped(let reason): return "\(entry.line) \(reason.rawValue)"
            case .value(let value):
                let content = [UInt8](capacity: value.range.count) { value.write(bytes.span, to: &$0) }
                return "\(entry.line)<\(String(decoding: content, as: UTF8.self))>"
            }
        }
    }

    @Test(
        arguments: [
            ("OPENAI_API_KEY", "openai/api-key", "openai"), ("ANTHROPIC_API_KEY", "anthropic/api-key", "anthropic"),
            ("CLAUDE_CODE_OAUTH_TOKEN", "anthropic/claude-code-oauth-token", "anthropic"),
            ("OPENAI_API_KEY_2", "openai/api-key-2", "openai"),
            ("OPENAI_API_KEY_WORK", "openai/api-key-work", "openai"), ("GH_TOKEN", "github/gh-token", "github"),
            ("MY_BOT_TOKEN", "env/my-bot-token", nil), ("OPENAI_API_KEYS", "env/openai-api-keys", nil),
            ("a.b-c", "env/a.b-c", nil),
            ("OPENAI", "env/openai", nil), ("_", "env/default", nil), ("__X__", "env/x", nil),
            ("openai_api_key", "env/openai-api-key", nil),
            ("A" + String(repeating: "B", count: 60), "env/default", nil),
        ] as [(String, String, String?)])
    func variablesGiveNames(_ variable: String, _ name: String, _ provider: String?) throws {
        let bytes = Array("\(variable)=x".utf8)
        let entry = try #require(try EnvironmentFile.entries(of: bytes.span).first)
        #expect(entry.name.description == name)
        #expect(entry.hint == (provider.map(ImportEntry.Hint.provider) ?? .none))
    }

    @Test func repeatedVariablesAreNumbered() throws {
        let bytes = Array("OPENAI_API_KEY=a\nOPENAI_API_KEY=b\nexport OPENAI_API_KEY=c".utf8)
        let names = try EnvironmentFile.entries(of: bytes.span).map(\.name.description)
        #expect(names == ["openai/api-key", "openai/api-key-2", "openai/api-key-3"])
    }

    /// Bytes of every sort end in entries whose values lie in the file, in the order of their lines.
    @Test func everyFileHasAnAnswer() {
        var random = SplitMix(state: 17)
        let letters = Array("A=='\"`\\#$ \n\r\tbexport{}é".utf8) + [0xFF, 0x80, 0x0B]
        for _ in 0..<20_000 {
            let bytes = (0..<(random.next() % 40)).map { _ in letters[Int(random.next() % UInt64(letters.count))] }
            guard let entries = try? EnvironmentFile.entries(of: bytes.span) else { continue }
            #expect(entries.map(\.line) == entries.map(\.line).sorted())
            for entry in entries {
                guard case .value(let value) = entry.content else { continue }
                #expect(value.range.upperBound <= bytes.count && !value.range.isEmpty)
            }
        }
    }
}
