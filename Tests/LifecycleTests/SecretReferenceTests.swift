import Testing

@testable import Lifecycle

/// Where a text wants a value.
@Suite struct SecretReferenceTests {
    private static let table: [(text: String, found: [String])] = [
        ("", []), ("secret:/", []), ("no reference", []), ("secret://a", ["a@secret://a"]),
        ("x=secret://anthropic/main\n", ["anthropic/main@secret://anthropic/main"]),
        ("secret://a/b,secret://c", ["a/b@secret://a/b", "c@secret://c"]),
        ("{{secret://a}}b", ["a@{{secret://a}}"]), ("{{ \tsecret://a  }}", ["a@{{ \tsecret://a  }}"]),
        ("{ secret://a }", ["a@secret://a"]), ("{{ secret://a }", ["a@secret://a"]), ("secret://a}}", ["a@secret://a"]),
        ("{{{secret://a}}}", ["a@{{secret://a}}"]), ("\"secret://a\"", ["a@secret://a"]),
        ("topsecret://a", []), ("x-secret://a", []), ("é secret://a é", ["a@secret://a"]), ("SECRET://a", []),
        ("secret://a:8080", ["a@secret://a"]), ("secret://a.b_c-d", ["a.b_c-d@secret://a.b_c-d"]),
        ("secret://asecret://b", ["asecret@secret://asecret"]),
    ]

    @Test(arguments: table) func whereItStands(_ text: String, _ found: [String]) throws {
        let bytes = Array(text.utf8)
        let references = try SecretReference.all(in: bytes.span)
        #expect(references.map { "\($0.name)@\(String(decoding: bytes[$0.range], as: UTF8.self))" } == found)
    }

    @Test(arguments: [
        ("secret://", 1, CredentialName.Problem.empty), ("\n\nx: secret://Main", 3, .empty),
        ("secret:///a", 1, .segmentStart(at: 0)), ("a\nsecret://a//b", 2, .segmentStart(at: 2)),
        ("secret://a/ ", 1, .segmentStart(at: 2)),
    ]) func badNameIsRefused(_ text: String, _ line: Int, _ problem: CredentialName.Problem) {
        #expect(throws: SecretReference.Problem(line: line, name: problem)) {
            try SecretReference.all(in: Array(text.utf8).span)
        }
    }

    @Test(arguments: [
        ("API_KEY=anthropic/main", "API_KEY", "anthropic/main"), ("_a1=x", "_a1", "x"),
    ]) func bindingIsRead(_ text: String, _ variable: String, _ name: String) throws {
        let binding = try VariableBinding(text)
        #expect(binding.variable == variable && binding.name.description == name && binding.description == text)
    }

    @Test(arguments: [
        ("API_KEY", VariableBinding.Problem.noEquals), ("=a", .variable), ("1A=a", .variable), ("A-B=a", .variable),
        (String(repeating: "A", count: 129) + "=a", .variable), ("A=", .name(.empty)),
        ("A=b=c", .name(.character("=", at: 1))),
        ("É=a", .variable),
    ]) func badBindingIsRefused(_ text: String, _ problem: VariableBinding.Problem) {
        #expect(throws: problem) { try VariableBinding(text) }
        #expect(problem.message.first?.isLowercase == true && problem.message.last != ".")
    }

    @Test func assignmentsOfAFile() throws {
        let text = "\u{FEFF}A=1\n# no\n\nexport B=\"x\\ny\"\nC=\nexport D\nE='z # z' # c\n"
        let bytes = Array(text.utf8)
        let found = try EnvironmentAssignment.all(in: bytes.span)
        #expect(found.map(\.variable) == ["A", "B", "C", "E"])
        #expect(found.map(\.line) == [1, 4, 5, 7])
        #expect(
            found.map { $0.value.map { String(decoding: bytes[$0.range], as: UTF8.self) } } == [
                "1", "x\\ny", nil, "z # z",
            ])
    }

    @Test(arguments: [
        ("A=1\nnonsense\n", 2, EnvironmentAssignment.Problem.Code.unreadable), ("A='1\n", 1, .openQuote),
        ("A='1' 2", 1, .unreadable),
    ]) func badFileIsRefused(_ text: String, _ line: Int, _ code: EnvironmentAssignment.Problem.Code) {
        #expect(throws: EnvironmentAssignment.Problem(line: line, code: code)) {
            try EnvironmentAssignment.all(in: Array(text.utf8).span)
        }
    }
}
