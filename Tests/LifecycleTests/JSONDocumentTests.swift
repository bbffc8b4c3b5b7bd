import Foundation
import TestSupport
import Testing

@testable import Lifecycle

/// Strict JSON over lent bytes: what is taken, what is refused and where, and that Foundation agrees.
@Suite struct JSONDocumentTests {
    static func document(_ text: String) throws(JSONFault) -> JSONDocument { try JSONDocument(Array(text.utf8).span) }

    static let good: [String] = [
        "0", "-0", "1", "-1", "10", "1.5", "-0.25", "1e9", "1E+9", "1e-9", "0.0e0", "123456789012345678901234567890",
        "1e400", "true", "false", "null", "\"\"", "\"a\"", "[]", "{}", "[ ]", "{ }", "[1]", "[1,2]", "[[]]", "[{}]",
        "{\"a\":1}", "{\"a\":{\"a\":{}}}", "{\"\":0}", " \t\r\n[ 1 , 2 ] \n", "{\"a\" : [ true , null ] , \"b\":\"c\"}",
        "\"\\\" \\\\ \\/ \\b \\f \\n \\r \\t\"", "\"\\u0041\"", "\"\\u00e9\"", "\"\\u20AC\"", "\"\\uD83D\\uDE00\"",
        "\"\\ud83d\\ude00\"", "\"\\u0000\"", "\"é€😀\"", "\"\u{7F}\"", "\"\u{2028}\"", "[\"a\",\"a\"]",
        "{\"a\":1,\"A\":1}", "{\"a\":[{\"a\":1},{\"a\":2}]}",
        String(repeating: "[", count: 32) + String(repeating: "]", count: 32),
    ]

    @Test(arguments: good) func takes(_ text: String) throws {
        let document = try Self.document(text)
        #expect(document.nodes.count == 1 + Int(document.nodes[0].inner))
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String, code: JSONFault.Code, offset: Int
        var testDescription: String { String(text.prefix(40)).debugDescription }
        init(_ text: String, _ code: JSONFault.Code, _ offset: Int) {
            (self.text, self.code, self.offset) = (text, code, offset)
        }
    }

    static let bad = [
        Bad("", .cutShort, 0), Bad("  \n ", .cutShort, 4), Bad("[", .cutShort, 1), Bad("{", .cutShort, 1),
        Bad("[1", .cutShort, 2), Bad("[1,", .cutShort, 3), Bad("{\"a\"", .cutShort, 4), Bad("{\"a\":", .cutShort, 5),
        Bad("{\"a\":1", .cutShort, 6), Bad("{\"a\":1,", .cutShort, 7), Bad("\"", .cutShort, 1),
        Bad("\"a", .cutShort, 2),
        Bad("\"a\\", .cutShort, 2), Bad("\"\\u", .cutShort, 1), Bad("\"\\u00", .cutShort, 1), Bad("tru", .cutShort, 3),
        Bad("-", .cutShort, 1), Bad("1.", .cutShort, 2), Bad("1e", .cutShort, 2), Bad("1e+", .cutShort, 3),
        Bad("nul", .cutShort, 3),
        Bad("]", .unexpected, 0), Bad("}", .unexpected, 0), Bad(",", .unexpected, 0), Bad(":", .unexpected, 0),
        Bad("[1 2]", .unexpected, 3), Bad("[1,]", .unexpected, 3), Bad("[,1]", .unexpected, 1),
        Bad("[1}", .unexpected, 2),
        Bad("{\"a\":1]", .unexpected, 6), Bad("{\"a\":1,}", .unexpected, 7), Bad("{a:1}", .unexpected, 1),
        Bad("{1:1}", .unexpected, 1), Bad("{\"a\" 1}", .unexpected, 5), Bad("{\"a\":}", .unexpected, 5),
        Bad("{,}", .unexpected, 1), Bad("'a'", .unexpected, 0), Bad("True", .unexpected, 0),
        Bad("trux", .unexpected, 0),
        Bad("nan", .unexpected, 0), Bad("Infinity", .unexpected, 0), Bad("+1", .unexpected, 0),
        Bad(".5", .unexpected, 0),
        Bad("/* a */ 1", .unexpected, 0), Bad("[1] // a", .trailing, 4), Bad("\u{A0}1", .unexpected, 0),
        Bad("\u{B}1", .unexpected, 0), Bad("[\"a\":1]", .unexpected, 4), Bad("\u{FEFF}1", .unexpected, 0),
        Bad("[1,\u{0}2]", .unexpected, 3),
        Bad("01", .number, 0), Bad("-01", .number, 0), Bad("00", .number, 0), Bad("-a", .number, 1),
        Bad("1.a", .number, 2),
        Bad("1.e1", .number, 2), Bad("1ea", .number, 2), Bad("--1", .number, 1), Bad("1e1.5", .trailing, 3),
        Bad("0x10", .trailing, 1), Bad("1_000", .trailing, 1), Bad("1a", .trailing, 1),
        Bad("\"\\a\"", .escape, 1), Bad("\"\\'\"", .escape, 1), Bad("\"\\x41\"", .escape, 1),
        Bad("\"\\U0041\"", .escape, 1),
        Bad("\"\\u00g0\"", .escape, 1), Bad("\"\\u 041\"", .escape, 1), Bad("\"\\0\"", .escape, 1),
        Bad("\"\\ud800\"", .surrogate, 1), Bad("\"\\udc00\"", .surrogate, 1), Bad("\"\\ud800x\"", .surrogate, 1),
        Bad("\"\\ud800\\ud800\"", .surrogate, 1), Bad("\"\\ud800\\u0041\"", .surrogate, 1),
        Bad("\"a\\udfff\\ud800\"", .surrogate, 2), Bad("\"\\uDE00\\uD83D\"", .surrogate, 1),
        Bad("\"a\nb\"", .control, 2), Bad("\"\t\"", .control, 1), Bad("\"\u{0}\"", .control, 1),
        Bad("\"\u{1F}\"", .control, 1),
        Bad("{\"a\":1,\"a\":2}", .repeated, 8), Bad("{\"a\":1,\"\\u0061\":2}", .repeated, 8),
        Bad("[{\"é\":1,\"b\":{\"x\":1},\"\\u00e9\":2}]", .repeated, 22), Bad("{\"\":1,\"\":2}", .repeated, 7),
        Bad("{\"\\ud83d\\ude00\":1,\"😀\":2}", .repeated, 19),
        Bad("1 1", .trailing, 2), Bad("{} {}", .trailing, 3), Bad("[]]", .trailing, 2), Bad("\"a\"b", .trailing, 3),
        Bad("null\u{0}", .trailing, 4),
        Bad(String(repeating: "[", count: 33), .depth, 32), Bad(String(repeating: "[", count: 1_000_000), .depth, 32),
        Bad(String(repeating: "{\"a\":", count: 200_000), .depth, 160),
    ]

    @Test(arguments: bad) func refuses(_ row: Bad) {
        #expect(throws: JSONFault(row.code, at: row.offset)) { try Self.document(row.text) }
    }

    /// RFC 3629: overlong forms, surrogates, what is above U+10FFFF, single and missing bytes.
    @Test(
        arguments: [
            [0xFF], [0xC0, 0x80], [0xC1, 0xBF], [0xE0, 0x80, 0x80], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF],
            [0xF0, 0x80, 0x80, 0x80],
            [0xF4, 0x90, 0x80, 0x80], [0xF5, 0x80, 0x80, 0x80], [0x80], [0xBF], [0xC3], [0xE2, 0x82],
            [0xF0, 0x9F, 0x98], [0xFE],
        ] as [[UInt8]])
    func refusesWhatIsNotUTF8(_ bytes: [UInt8]) {
        for text in [[0x22] + bytes + [0x22], bytes, [0x22, 0x61] + bytes] {
            let offset = text.firstIndex { $0 >= 0x80 } ?? 0
            #expect(throws: JSONFault(.encoding, at: offset)) { try JSONRead(bytes: text) }
        }
    }

    @Test func moreValuesThanTheLimitAreRefused() throws {
        let most = JSONDocument.mostNodes
        _ = try Self.document("[" + String(repeating: "1,", count: most - 2) + "1]")
        #expect(throws: JSONFault(.tooManyValues, at: 2 * most - 1)) {
            try Self.document("[" + String(repeating: "1,", count: most - 1) + "1]").nodes.count
        }
    }

    /// 100,000 names, of which the last repeats the first in another spelling.
    @Test func repeatedNamesAreFoundAmongMany() {
        let members = (0..<100_000).map { "\"n\($0)\":0" }.joined(separator: ",")
        #expect(throws: Never.self) { try Self.document("{\(members)}") }
        let text = "{\(members),\"\\u006e0\":1}"
        #expect(throws: JSONFault(.repeated, at: members.utf8.count + 3)) { try Self.document(text).nodes.count }
    }

    @Test func membersAreFoundByWhatTheyAreCalled() throws {
        let read = try JSONRead("{\"a\":{\"b\":[1,{\"c\":2}],\"d\":\"x\"},\"\\u0062\":3,\"n\":null}")
        let a = try #require(read.member("a", of: 0))
        let d = try #require(read.member("d", of: a))
        #expect(read.text(at: d, most: 1) == "x")
        #expect(read.text(at: d, most: 0) == nil)
        let b = try #require(read.member("b", of: 0))
        #expect(read.integer(at: b) == 3)
        #expect(read.member("n", of: 0) == nil)
        #expect(read.member("c", of: a) == nil)
        #expect(read.document.members(of: d).isEmpty)
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("1790000000000", 1_790_000_000_000), ("9223372036854775807", .max),
            ("-9223372036854775808", .min), ("9223372036854775808", nil), ("-9223372036854775809", nil), ("1.0", nil),
            ("1e3", nil), ("99999999999999999999999999", nil), ("true", nil), ("\"1\"", nil),
        ] as [(String, Int64?)])
    func wholeNumbers(_ text: String, _ value: Int64?) throws {
        #expect(try JSONRead(text).integer(at: 0) == value)
    }

    /// Every text that is taken says the same to Foundation, and every text that Foundation refuses is refused.
    @Test func foundationAgreesOnThousandsOfTexts() {
        var random = SplitMix(state: 11)
        var taken = 0
        let total = 20_000
        for _ in 0..<total {
            let text = JSONMangler.text(&random)
            let reference = try? JSONSerialization.jsonObject(with: Data(text), options: .fragmentsAllowed)
            guard let read = try? JSONRead(bytes: text) else { continue }
            taken += 1
            #expect(reference != nil, "only we take \(String(decoding: text, as: UTF8.self).debugDescription)")
            guard let reference else { continue }
            #expect(read.says(reference, at: 0), "\(String(decoding: text, as: UTF8.self).debugDescription)")
        }
        print("JSON: \(total) texts, \(taken) taken, Foundation agrees on each")
        #expect(taken > total / 4)
    }
}

/// Texts that are JSON, or nearly.
enum JSONMangler {
    private static let atoms = [
        "1", "-2.5e3", "true", "null", "\"\"", "\"a\\n\\u00e9é\"", "\"\\ud83d\\ude00\"", "\"x\\\\\\\"\"", "[]", "{}",
        "0",
    ]
    private static let noise = [
        "\\", "\"", "{", "}", "[", "]", ",", ":", "0", "-", "u", " ", "\u{0}", "e", "\u{7F}", "\n",
    ]

    static func text(_ random: inout SplitMix) -> [UInt8] {
        var text = Array(value(&random, depth: 0).utf8)
        for _ in 0..<(random.next() % 3) where !text.isEmpty {
            let place = Int(random.next() % UInt64(text.count))
            switch random.next() % 4 {
            case 0: text.remove(at: place)
            case 1: text.insert(contentsOf: (noise.randomElement(using: &random) ?? "").utf8, at: place)
            case 2: text[place] = UInt8(truncatingIfNeeded: random.next())
            default: text = Array(text[..<place])
            }
        }
        return text
    }

    private static func value(_ random: inout SplitMix, depth: Int) -> String {
        let space = random.next() % 4 == 0 ? " " : ""
        switch random.next() % (depth > 4 ? 1 : 3) {
        case 1:
            let items = (0..<(random.next() % 4)).map { _ in value(&random, depth: depth + 1) }
            return "[" + space + items.joined(separator: "," + space) + "]"
        case 2:
            let members = (0..<(random.next() % 4)).map { "\"k\($0)\":" + space + value(&random, depth: depth + 1) }
            return "{" + members.joined(separator: space + ",") + space + "}"
        default: return atoms.randomElement(using: &random) ?? "1"
        }
    }
}

/// A document and its bytes.
struct JSONRead {
    let document: JSONDocument
    private let bytes: [UInt8]

    init(_ text: String) throws(JSONFault) { try self.init(bytes: Array(text.utf8)) }

    init(bytes: [UInt8]) throws(JSONFault) {
        document = try JSONDocument(bytes.span)
        self.bytes = bytes
    }

    func member(_ name: String, of object: Int) -> Int? { document.member(name, of: object, in: bytes.span) }
    func text(at node: Int, most: Int) -> String? { document.text(at: node, most: most, in: bytes.span) }
    func integer(at node: Int) -> Int64? { document.integer(at: node, in: bytes.span) }

    /// Whether a value is what Foundation read.
    func says(_ reference: Any, at node: Int) -> Bool {
        switch document.nodes[node].kind {
        case .object:
            guard let object = reference as? [String: Any] else { return false }
            let members = document.members(of: node)
            return members.count == object.count
                && members.allSatisfy { member in
                    object[text(at: member.name, most: .max) ?? ""].map { says($0, at: member.value) } ?? false
                }
        case .array:
            guard let list = reference as? [Any] else { return false }
            var next = node + 1
            let end = next + Int(document.nodes[node].inner)
            for item in list {
                guard next < end, says(item, at: next) else { return false }
                next += 1 + Int(document.nodes[next].inner)
            }
            return next == end
        case .string: return reference as? String == text(at: node, most: .max)
        case .number, .yes, .no: return reference is NSNumber
        case .null: return reference is NSNull
        }
    }
}
