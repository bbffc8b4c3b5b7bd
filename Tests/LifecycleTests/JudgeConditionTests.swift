import Testing

@testable import Lifecycle

@Suite struct JudgeConditionTests {
    static let now = Timestamp(seconds: 1_767_225_600)
    static let reply = Reply(
        status: 403, headers: ["x-limit": "10", "x-empty": ""],
        body: #"{"error":{"code":1113}} Invalid BEARER token"#,
        json: .map([
            "error": .map(["code": .number("1113"), "type": .string("Forbidden"), "null": .null]),
            "ok": .bool(false), "left": .number("-0.25"), "until": .string("2025-12-31T23:59:59Z"),
            "details": .list([.map(["reason": .string("A")]), .map(["reason": .string("B")]), .string("C")]),
            "empty": .list([]),
        ]))

    struct Row: Sendable, CustomTestStringConvertible {
        let subject: String
        let operation: Condition.Operation
        let holds: Bool
        var testDescription: String { "\(subject) \(operation)" }

        init(_ subject: String, _ operation: Condition.Operation, _ holds: Bool) {
            (self.subject, self.operation, self.holds) = (subject, operation, holds)
        }
    }

    static let json: [Row] = [
        Row("/error/code", .equals("1113"), true), Row("/error/code", .equals("1114"), false),
        Row("/ok", .equals("false"), true), Row("/missing", .equals(""), false),
        Row("/error", .equals(""), false), Row("/error/null", .equals("null"), false),
        Row("/error/type", .isOne(of: ["a", "Forbidden"]), true), Row("/error/type", .isOne(of: []), false),
        Row("/error/type", .contains("BIDD"), true), Row("/error/type", .contains("bidden "), false),
        Row("/error", .present(true), true), Row("/empty", .present(true), true),
        Row("/error/null", .present(true), false), Row("/error/null", .present(false), true),
        Row("/missing", .present(false), true), Row("/ok", .present(false), false),
        Row("/left", .atMost(0), true), Row("/left", .atMost(-0.25), true), Row("/left", .atMost(-1), false),
        Row("/left", .atLeast(-1), true), Row("/left", .atLeast(0), false),
        Row("/error/type", .atMost(0), false), Row("/missing", .atMost(0), false),
        Row("/until", .beforeNow, true), Row("/error/code", .beforeNow, false),
        Row("/details/*/reason", .equals("B"), true), Row("/details/*/reason", .equals("C"), false),
        Row("/details/*", .equals("C"), true), Row("/empty/*", .present(true), false),
    ]

    @Test(arguments: json) func readsJSON(_ row: Row) {
        let condition = Condition(
            status: [], json: [.init(subject: row.subject, operation: row.operation)], headers: [])
        #expect(condition.holds(for: Self.reply, now: Self.now) == row.holds)
        var plain = Self.reply
        plain.json = nil
        #expect(condition.holds(for: plain, now: Self.now) == (row.operation == .present(false)))
    }

    static let headers: [Row] = [
        Row("x-limit", .equals("10"), true), Row("x-limit", .atLeast(10), true),
        Row("x-limit", .atMost(9), false),
        Row("x-limit", .present(true), true), Row("x-empty", .present(true), true),
        Row("x-other", .present(true), false), Row("x-other", .present(false), true),
        Row("x-limit", .contains("1"), true), Row("x-other", .contains(""), false),
    ]

    @Test(arguments: headers) func readsHeaders(_ row: Row) {
        let condition = Condition(
            status: [], json: [], headers: [.init(subject: row.subject, operation: row.operation)])
        #expect(condition.holds(for: Self.reply, now: Self.now) == row.holds)
    }

    @Test(arguments: [("bearer", true), ("1113}} invalid", true), ("tokens", false), ("İ", false)])
    func readsTheBodyWhateverTheCase(_ text: String, _ holds: Bool) {
        let condition = Condition(status: [], json: [], headers: [], bodyContains: text)
        #expect(condition.holds(for: Self.reply, now: Self.now) == holds)
    }

    @Test(arguments: [
        ([403...403], true), ([400...499], true), ([401...401, 403...403], true), ([500...599], false),
    ])
    func readsTheStatus(_ status: [ClosedRange<Int>], _ holds: Bool) {
        #expect(
            Condition(status: status, json: [], headers: []).holds(for: Self.reply, now: Self.now) == holds)
    }

    @Test func everyPartHasToHold() {
        let part = Condition.Test(subject: "/ok", operation: .equals("false"))
        let other = Condition.Test(subject: "/ok", operation: .equals("true"))
        let header = Condition.Test(subject: "x-limit", operation: .present(true))
        let good = Condition(status: [403...403], json: [part], headers: [header], bodyContains: "bearer")
        #expect(good.holds(for: Self.reply, now: Self.now))
        for change in 0..<4 {
            var condition = good
            switch change {
            case 0: condition.status = [401...401]
            case 1: condition.json.append(other)
            case 2: condition.headers[0].subject = "x-other"
            default: condition.bodyContains = "revoked"
            }
            #expect(!condition.holds(for: Self.reply, now: Self.now))
        }
    }

    /// The examples of RFC 6901 section 5, as far as keys allow.
    @Test(arguments: [
        ("/foo", 1), ("/foo/0", 1), ("/foo/1", 1), ("/foo/2", 0), ("/foo/01", 0), ("/foo/-", 0),
        ("/foo/*", 2),
        ("/", 1), ("/a~1b", 1), ("/c%d", 1), ("/m~0n", 1), ("/k\"l", 1), ("/ ", 1), ("", 1), ("/foo/0/x", 0),
        ("/~01", 1), ("/bar/*", 0),
    ])
    func pointers(_ pointer: String, _ count: Int) throws {
        let document = Tree.map([
            "foo": .list([.string("bar"), .string("baz")]), "": .number("0"), "a/b": .number("1"),
            "c%d": .number("2"), "m~n": .number("8"), "k\"l": .number("6"), " ": .number("7"),
            "~1": .number("9"), "bar": .map(["a": .null]),
        ])
        #expect(try #require(JSONPointer(pointer)).values(in: document).count == count)
        #expect(JSONPointer("foo") == nil)
    }
}
