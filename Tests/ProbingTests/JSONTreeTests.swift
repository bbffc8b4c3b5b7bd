import Lifecycle
import Probing
import Testing

@Suite struct JSONTreeTests {
    static let rows: [(text: String, tree: Tree?)] = [
        (#"{"type":"error","code":1113}"#, .map(["type": .string("error"), "code": .number("1113")])),
        (#"[true,false,null,0,1]"#, .list([.bool(true), .bool(false), .null, .number("0"), .number("1")])),
        (
            "[18446744073709551615,-9223372036854775808]",
            .list([.number("18446744073709551615"), .number("-9223372036854775808")])
        ),
        ("1.5", .number("1.5")), (#""ünï""#, .string("ünï")), ("{}", .map([:])), ("[]", .list([])),
        ("", nil), ("<html></html>", nil), (#"{"a":"#, nil), ("{} {}", nil),
    ]

    @Test(arguments: rows) func reads(_ row: (text: String, tree: Tree?)) {
        #expect(tree(fromJSON: row.text) == row.tree)
    }

    @Test(arguments: [(32, true), (33, false), (400, false), (30_000, false)])
    func nestingIsBounded(_ depth: Int, _ reads: Bool) {
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        #expect((tree(fromJSON: text) != nil) == reads)
    }
}
