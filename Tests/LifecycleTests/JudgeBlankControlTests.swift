import Testing

@testable import Lifecycle

@Suite struct JudgeBlankControlTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let first: Reply
        let second: Reply
        let same: Bool

        init(_ name: String, _ first: Reply, _ second: Reply, _ same: Bool) {
            (testDescription, self.first, self.second, self.same) = (name, first, second, same)
        }
    }

    static func json(_ status: Int, _ members: [String: Tree]) -> Reply {
        let tree = Tree.map(members)
        return Reply(status: status, headers: ["date": "\(members.count)"], body: tree.jsonText, json: tree)
    }

    static func text(_ status: Int, _ body: String) -> Reply {
        Reply(status: status, headers: [:], body: body, json: nil)
    }

    static let rows: [Row] = [
        Row("equal", json(401, ["a": .bool(true)]), json(401, ["a": .bool(true)]), true),
        Row("another status", json(401, ["a": .bool(true)]), json(403, ["a": .bool(true)]), false),
        Row("another message", json(401, ["a": .string("x")]), json(401, ["a": .string("y")]), false),
        Row("one member more", json(401, ["a": .null]), json(401, ["a": .null, "b": .null]), false),
        Row(
            "another request id", json(401, ["a": .null, "request_id": .string("1")]),
            json(401, ["a": .null, "request_id": .string("2")]), true),
        Row(
            "request marks inside lists",
            json(401, ["a": .list([.map(["requestId": .number("1"), "timestamp": .number("5")])])]),
            json(401, ["a": .list([.map(["requestId": .number("2"), "date": .string("now")])])]), true),
        Row("text", text(401, "no"), text(401, "no"), true),
        Row("another text", text(401, "no"), text(401, "No"), false),
        Row("text and JSON", text(401, "{}"), json(401, [:]), false),
    ]

    @Test(arguments: rows) func compares(_ row: Row) {
        #expect(sameAnswer(row.first, row.second) == row.same)
        #expect(sameAnswer(row.second, row.first) == row.same)
    }
}
