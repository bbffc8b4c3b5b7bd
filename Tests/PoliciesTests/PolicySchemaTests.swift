import Foundation
import Testing

@testable import Lifecycle
@testable import Policies

/// `Policies/policy.schema.json`, which editors read, names the keys that the decoder takes.
@Suite struct PolicySchemaTests {
    private static func schema() throws -> [String: Any] {
        let path = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Policies/policy.schema.json")
        return try #require(JSONSerialization.jsonObject(with: Data(contentsOf: path)) as? [String: Any])
    }

    /// Where a key that nobody knows is put into a good file, and where the schema lists those that are known.
    static let places = [
        ("zzz", ""), ("format,zzz", "$defs/format"), ("probe,zzz", "$defs/probe"),
        ("probe,request,zzz", "$defs/probe/properties/request"), ("rules,0,zzz", "$defs/rule"),
        ("rules,0,when,zzz", "$defs/rule/properties/when"), ("fixtures,0,zzz", "$defs/fixture"),
        ("schedule,zzz", "properties/schedule"), ("replace,zzz", "properties/replace"),
        ("provider_evidence,zzz", "properties/provider_evidence"), ("parts,zzz", "properties/parts"),
        ("resets,0,zzz", "$defs/sighted"), ("format,segments,zzz", "$defs/form/properties/segments"),
    ]

    @Test(arguments: places) func namesWhatTheDecoderTakes(_ place: (file: String, schema: String)) throws {
        var tree = try PolicyFiles.setupToken()
        tree = tree.replacing("parts", by: .map([:])).replacing("resets", by: .list([.map([:])]))
        tree = tree.replacing("format,segments", by: .map([:]))
        let parent = place.file.split(separator: ",").dropLast().joined(separator: ",")
        // What comes before it in the file must be good.
        for added in ["parts", "resets", "format,segments"] where added != parent && added + ",0" != parent {
            tree = tree.replacing(added, by: nil)
        }
        let problem = #expect(throws: FormatProblem.self) {
            try Policy(Self.withoutNothing(tree.replacing(place.file, by: .null)))
        }
        let known = try #require(problem?.message.split(separator: "known are ").last)
        var node: Any = try Self.schema()
        for step in place.schema.split(separator: "/") {
            node = try #require((node as? [String: Any])?[String(step)] ?? (node as? [Any])?[Int(step) ?? 0], "\(step)")
        }
        let listed = Self.properties(node as? [String: Any] ?? [:])
        #expect(Set(known.split(separator: ", ").map(String.init)) == listed, "\(place.file)")
    }

    /// Of all forms that an object may have.
    private static func properties(_ node: [String: Any]) -> Set<String> {
        let own = (node["properties"] as? [String: Any]).map { Set($0.keys) } ?? []
        let forms = (node["oneOf"] as? [[String: Any]] ?? []).map(properties)
        return forms.reduce(own) { $0.union($1) }
    }

    /// `replacing(by: nil)` leaves null where a member was; the decoder is to see none.
    private static func withoutNothing(_ tree: Tree) -> Tree {
        guard case .map(var members) = tree else { return tree }
        for name in ["parts", "resets"] where members[name] == .null { members[name] = nil }
        if case .map(var format)? = members["format"], format["segments"] == .null {
            format["segments"] = nil
            members["format"] = .map(format)
        }
        return .map(members)
    }

    @Test func everyWordIsListed() throws {
        let defs = try #require(Self.schema()["$defs"] as? [String: Any])
        func words(_ name: String) -> Set<String> { Set((defs[name] as? [String: Any])?["enum"] as? [String] ?? []) }
        #expect(words("class") == Set(OutcomeClass.allCases.map(\.rawValue)))
        #expect(words("profile") == Set(ConfirmationProfile.allCases.map(\.rawValue)))
        let form = (defs["form"] as? [String: Any])?["properties"] as? [String: Any]
        let alphabet = (form?["alphabet"] as? [String: Any])?["enum"] as? [String]
        #expect(Set(alphabet ?? []) == Set(TokenFormat.Alphabet.allCases.map(\.rawValue)))
    }
}
