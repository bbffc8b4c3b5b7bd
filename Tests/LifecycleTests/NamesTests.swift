import Foundation
import Lifecycle
import Testing

@Suite struct CredentialNameTests {
    static let good = [
        "a", "0", "anthropic/main", "a.b_c-d", "a/b/c/d", "9lives", "a--", "x/0.", String(repeating: "a", count: 128),
    ]

    @Test(arguments: good) func names(_ text: String) throws {
        let name = try CredentialName(text)
        #expect(name.description == text)
        let coded = try JSONDecoder().decode(CredentialName.self, from: JSONEncoder().encode(name))
        #expect(coded == name)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String, problem: CredentialName.Problem
        var testDescription: String { text }
    }
    static let bad = [
        Bad(text: "", problem: .empty),
        Bad(text: String(repeating: "a", count: 129), problem: .tooLong(bytes: 129)),
        Bad(text: "/a", problem: .segmentStart(at: 0)), Bad(text: "a/", problem: .segmentStart(at: 2)),
        Bad(text: "a//b", problem: .segmentStart(at: 2)), Bad(text: ".a", problem: .segmentStart(at: 0)),
        Bad(text: "a/../b", problem: .segmentStart(at: 2)), Bad(text: "a/-b", problem: .segmentStart(at: 2)),
        Bad(text: "_", problem: .segmentStart(at: 0)), Bad(text: "Anthropic", problem: .character("A", at: 0)),
        Bad(text: "a b", problem: .character(" ", at: 1)), Bad(text: "a\nb", problem: .character("\n", at: 1)),
        Bad(text: "a\u{0}", problem: .character("\u{0}", at: 1)), Bad(text: "añ", problem: .character("ñ", at: 1)),
        Bad(text: "a:b", problem: .character(":", at: 1)), Bad(text: "--help", problem: .segmentStart(at: 0)),
        Bad(text: "e\u{301}", problem: .character("e\u{301}", at: 1)),
    ]

    @Test(arguments: bad) func refusals(_ row: Bad) throws {
        #expect(throws: row.problem) { try CredentialName(row.text) }
        #expect(row.problem.message.utf8.allSatisfy { (0x20..<0x7F).contains($0) })
        let json = try JSONEncoder().encode([row.text])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([CredentialName].self, from: json) }
    }

    @Test func problemsNeverRepeatAWholePaste() throws {
        let paste = Sample.token() + " "
        #expect {
            try CredentialName(paste)
        } throws: { error in
            guard let problem = error as? CredentialName.Problem else { return false }
            return !problem.message.contains(paste.prefix(14))
        }
    }

    @Test func orderIsByText() throws {
        let names = try ["b", "a/b", "a", "a-b", "a.b"].map { try CredentialName($0) }
        #expect(names.sorted().map(\.description) == ["a", "a-b", "a.b", "a/b", "b"])
    }
}

@Suite struct RecordIDTests {
    @Test func idsAreReadBack() throws {
        for _ in 0..<200 {
            let id = RecordID.random()
            #expect(id.bytes.count == RecordID.size && id.description.utf8.count == 32)
            #expect(RecordID(hex: id.description) == id && RecordID(bytes: id.bytes) == id)
            #expect(try JSONDecoder().decode([RecordID].self, from: JSONEncoder().encode([id])) == [id])
        }
    }

    @Test func randomIdsDiffer() { #expect(Set((0..<1000).map { _ in RecordID.random() }).count == 1000) }

    @Test(arguments: [
        "", "00", String(repeating: "0", count: 31), String(repeating: "0", count: 33),
        String(repeating: "g", count: 32),
        String(repeating: "A", count: 32), String(repeating: "é", count: 16), " " + String(repeating: "0", count: 31),
    ])
    func otherTextsAreNoIds(_ text: String) throws {
        #expect(RecordID(hex: text) == nil)
        let json = try JSONEncoder().encode([text])
        #expect(throws: DecodingError.self) { try JSONDecoder().decode([RecordID].self, from: json) }
    }

    @Test func otherSizesAreNoIds() {
        for count in [0, 15, 17, 32] { #expect(RecordID(bytes: [UInt8](repeating: 1, count: count)) == nil) }
    }

    @Test func theSeedIsTheFirstHalf() {
        #expect(RecordID(bytes: Array(1...16))?.seed == 0x0102_0304_0506_0708)
    }
}
