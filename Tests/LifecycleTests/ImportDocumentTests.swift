import Testing

@testable import Lifecycle

/// OpenClaw's profiles and Claude's credentials: which of their places hold something to keep.
@Suite struct ImportDocumentTests {
    static let now = Timestamp(rfc3339: "2026-11-22T12:00:00Z") ?? Timestamp(seconds: 0)
    static let soon = now.milliseconds + 8 * 3_600_000
    static let farOff = now.milliseconds + 300 * 86_400_000

    struct Row: Sendable, CustomTestStringConvertible {
        let profile: String
        /// `<value>` and its end in days, or why it is skipped.
        let plain: String
        /// With `--with-short-lived`; nil when it is the same.
        var all: String?
        var testDescription: String { profile }
    }

    static let profiles = [
        Row(profile: #""type":"api_key","provider":"p","key":"abc""#, plain: "<abc>"),
        Row(profile: #""mode":"api_key","provider":"p","apiKey":"abc""#, plain: "<abc>"),
        Row(profile: #""type":"api_key","key":"abc""#, plain: "<abc>"),
        Row(profile: #""type":"api_key","key":"a\u002db""#, plain: "<a-b>"),
        Row(profile: #""type":"api_key","key":"""#, plain: "empty"),
        Row(profile: #""type":"api_key","key":null"#, plain: "empty"),
        Row(profile: #""type":"api_key""#, plain: "empty"),
        Row(profile: #""type":"api_key","key":5"#, plain: "unreadable"),
        Row(profile: #""type":"api_key","key":["a"]"#, plain: "unreadable"),
        Row(profile: #""type":"api_key","key":{"source":"env","provider":"default","id":"X"}"#, plain: "reference"),
        Row(profile: #""type":"api_key","key":{"a":1}"#, plain: "unreadable"),
        Row(profile: #""type":"api_key","keyRef":{"source":"exec","provider":"v","id":"a"}"#, plain: "reference"),
        Row(
            profile: #""type":"api_key","key":"","keyRef":{"source":"exec","provider":"v","id":"a"}"#,
            plain: "reference"),
        Row(
            profile: #""type":"api_key","key":"abc","keyRef":{"source":"exec","provider":"v","id":"a"}"#,
            plain: "shadowed"),
        Row(profile: #""type":"api_key","key":"secretref-managed""#, plain: "reference"),
        Row(profile: #""type":"api_key","key":"secretref-env:OPENAI_API_KEY""#, plain: "reference"),
        Row(profile: #""type":"api_key","key":"__env__:OPENAI_API_KEY""#, plain: "reference"),
        Row(profile: #""type":"token","token":"abc""#, plain: "<abc>"),
        Row(profile: #""type":"token","token":"abc","expires":\#(farOff)"#, plain: "<abc> 300"),
        Row(profile: #""type":"token","token":"abc","expires":\#(soon)"#, plain: "<abc> 0"),
        Row(profile: #""type":"token","token":"abc","expires":0"#, plain: "<abc>"),
        Row(profile: #""type":"token","token":"abc","expires":-5"#, plain: "<abc>"),
        Row(profile: #""type":"token","token":"abc","expires":1e400"#, plain: "<abc>"),
        Row(profile: #""type":"token","token":"abc","expires":99999999999999999999"#, plain: "<abc>"),
        Row(profile: #""type":"token","token":"abc","expires":"2027""#, plain: "<abc>"),
        Row(
            profile: #""type":"token","tokenRef":{"source":"exec","provider":"v","id":"a"},"expires":\#(farOff)"#,
            plain: "reference 300"),
        Row(
            profile: #""type":"token","token":"abc","tokenRef":{"source":"exec","provider":"v","id":"a"}"#,
            plain: "shadowed"),
        Row(profile: #""type":"token","key":"abc""#, plain: "empty"),
        Row(
            profile: #""type":"oauth","access":"abc","refresh":"def","expires":\#(soon)"#, plain: "short_lived 0",
            all: "<abc> 0"),
        Row(
            profile: #""type":"oauth","access":"abc","refresh":"def","expires":\#(farOff)"#, plain: "short_lived 300",
            all: "<abc> 300"),
        Row(profile: #""type":"oauth","access":"abc","refresh":"def""#, plain: "short_lived", all: "<abc>"),
        Row(
            profile: #""type":"oauth","access":"abc","refresh":"def","expires":1000"#, plain: "short_lived -20779",
            all: "ended -20779"),
        Row(profile: #""type":"oauth","access":"abc","expires":\#(soon)"#, plain: "short_lived 0", all: "<abc> 0"),
        Row(profile: #""type":"oauth","access":"abc","expires":\#(farOff)"#, plain: "<abc> 300"),
        Row(profile: #""type":"oauth","access":"abc","refresh":"","expires":\#(farOff)"#, plain: "<abc> 300"),
        Row(profile: #""type":"oauth","access":"abc""#, plain: "<abc>"),
        Row(profile: #""type":"oauth","refresh":"def""#, plain: "refresh_token"),
        Row(profile: #""type":"oauth","access":"","refresh":"def""#, plain: "refresh_token"),
        Row(profile: #""type":"oauth","access":{"source":"env"},"refresh":"def""#, plain: "reference"),
        Row(profile: #""type":"oauth""#, plain: "empty"),
        Row(profile: #""type":"aws-sdk","key":"abc""#, plain: "unreadable"),
        Row(profile: #""type":7,"key":"abc""#, plain: "unreadable"),
        Row(profile: #""key":"abc""#, plain: "unreadable"), Row(profile: "", plain: "unreadable"),
    ]

    @Test(arguments: profiles) func profilesOfOpenClaw(_ row: Row) throws {
        let text = #"{"version":1,"profiles":{"p:main":{\#(row.profile)}},"order":{},"usageStats":{}}"#
        #expect(try ImportRead(text).found == [row.plain])
        #expect(try ImportRead(text, withShortLived: true).found == [row.all ?? row.plain])
    }

    @Test(arguments: ["[]", "null", "1", "\"abc\"", "true"]) func profilesThatAreNoObjectsAreLeft(_ value: String)
        throws
    {
        #expect(try ImportRead("{\"profiles\":{\"p:main\":\(value)}}").found == ["unreadable"])
    }

    @Test func namesComeFromProfilesAndLinesFromTheFile() throws {
        let ids = [
            "anthropic:main", "anthropic:Main", "openai-codex:me@example.com", "main", "google:a/b", "a:b:c", ":", "",
            "é:ü", "x:..",
            "anthropic:" + Sample.token(), "A_B:-c-", "\\u0061nthropic:main2",
        ]
        let members = ids.map { "    \"\($0)\": {\"type\":\"token\",\"provider\":\"Anthropic\",\"token\":\"x\"}" }
        let read = try ImportRead(
            "{\n  \"version\": 1,\n  \"profiles\": {\n" + members.joined(separator: ",\n") + "\n  }\n}\n")
        #expect(
            read.document.entries.map(\.name.description) == [
                "anthropic/main", "anthropic/main-2", "openai-codex/me-example.com", "anthropic/main-3", "google/a-b",
                "a/b-c",
                "default/default", "anthropic/default", "default/default-2", "x/default", "anthropic/default-2",
                "a_b/c",
                "anthropic/main2",
            ])
        #expect(read.document.entries.map(\.line) == Array(4..<4 + ids.count))
        #expect(read.document.entries.allSatisfy { $0.hint == .provider("Anthropic") })
        for entry in read.document.entries { _ = try CredentialName(entry.name.description) }
    }

    static let own = #""accessToken":"abc","refreshToken":"def","expiresAt":\#(soon),"scopes":["user:inference"]"#

    @Test func credentialsOfClaude() throws {
        let text =
            "{\"mcpOAuth\":{\"a|1\":{\"accessToken\":\"x\"},\"b|2\":{}},\n\"claudeAiOauth\":{\(Self.own)},\"organizationUuid\":\"u\"}"
        #expect(try ImportRead(text).found == ["login", "login", "short_lived 0"])
        let read = try ImportRead(text, withShortLived: true)
        #expect(read.found == ["login", "login", "<abc> 0"])
        #expect(read.document.form == .claudeCredentials)
        #expect(read.document.entries.map(\.line) == [1, 1, 2])
        #expect(
            read.document.entries.map(\.name.description) == ["claude/mcp", "claude/mcp-2", "anthropic/claude-login"])
    }

    @Test(arguments: [
        ("{\"claudeAiOauth\":{}}", "empty"), ("{\"claudeAiOauth\":5}", "empty"),
        ("{\"claudeAiOauth\":{\"accessToken\":\"a\"}}", "<a>"),
        ("{\"claudeAiOauth\":{\"refreshToken\":\"a\"}}", "refresh_token"),
        ("{\"claudeAiOauth\":{\"accessToken\":[]}}", "unreadable"),
    ])
    func oddCredentialsOfClaude(_ text: String, _ found: String) throws {
        #expect(try ImportRead(text).found == [found])
    }

    @Test(
        arguments: [
            ("{}", 0, .unknownForm), ("{\"profiles\":[]}", 0, .unknownForm), ("{\"profiles\":null}", 0, .unknownForm),
            ("{\"claudeAiOauth\":null}", 0, .unknownForm), ("{\"version\":2,\"profiles\":{}}", 0, .otherLayout),
            ("{\"version\":\"1\",\"profiles\":{}}", 0, .otherLayout),
            ("{\"version\":1.5,\"profiles\":{}}", 0, .otherLayout),
            ("{\n\"name\":\"a\",\n\"value\":\"b\"}", 1, .brokenLine), ("{\n\"a\":1,\n\"a\":2}", 3, .json(.repeated)),
            ("{\"profiles\":{\"a\":{\"type\":1,\n\"type\":2}}}", 2, .json(.repeated)),
            ("{\n\n\"profiles\":", 3, .json(.cutShort)),
            ("{\"profiles\":{}}\n{}", 2, .json(.trailing)),
            ("{\"profiles\":{\"a\":\"\\ud800\"}}", 1, .json(.surrogate)),
            ("{\"a\":\n\"b\nc\"}", 2, .json(.control)), ("SQLite format 3\0", 0, .database), ("[]", 0, .list),
            ("", 0, .empty),
            ("{\"name\":\"a\",\"value\":\"b\"}", 0, .unknownForm), ("{\"a\":\u{FEFF}1}", 1, .json(.unexpected)),
        ] as [(String, Int, ImportProblem.Code)])
    func refuses(_ text: String, _ line: Int, _ code: ImportProblem.Code) {
        #expect(throws: ImportProblem(line: line, code)) { try ImportRead(text) }
    }

    @Test func emptyProfilesAreNoProblem() throws {
        #expect(try ImportRead("{\"profiles\":{}}").found == [])
        #expect(try ImportRead("\u{FEFF}{\"version\":1,\"profiles\":{}}").document.form == .openClawProfiles)
    }

    @Test func largerFilesAreRefused() {
        let text = "{\"profiles\":{}}" + String(repeating: " ", count: ImportLimit.document)
        #expect(throws: ImportProblem(.tooLarge)) { try ImportRead(text) }
    }

    @Test func tenThousandProfilesAreReadAtOnce() throws {
        let members = (0..<10_000).map {
            "\"anthropic:p\($0)\":{\"type\":\"token\",\"provider\":\"anthropic\",\"token\":\"t\($0)\"}"
        }
        let read = try ImportRead("{\"profiles\":{\(members.joined(separator: ",\n"))}}")
        #expect(read.document.entries.count == 10_000)
        #expect(read.document.entries.last?.line == 10_000)
        #expect(Set(read.document.entries.map(\.name)).count == 10_000)
    }
}

/// A file read as a whole.
struct ImportRead {
    let document: ImportDocument
    private let bytes: [UInt8]

    init(_ text: String, withShortLived: Bool = false) throws(ImportProblem) {
        let bytes = Array(text.utf8)
        self.bytes = bytes
        document = try ImportDocument(bytes.span, .init(now: ImportDocumentTests.now, withShortLived: withShortLived))
    }

    /// `<value>` or why it is skipped, and the end in days from now.
    var found: [String] {
        document.entries.map { entry in
            let end = entry.expires.map { " \(($0 - ImportDocumentTests.now).milliseconds / 86_400_000)" } ?? ""
            switch entry.content {
            case .skipped(let reason): return reason.rawValue + end
            case .value(let value):
                let content = [UInt8](capacity: value.range.count) { value.write(bytes.span, to: &$0) }
                return "<\(String(decoding: content, as: UTF8.self))>" + end
            }
        }
    }
}
