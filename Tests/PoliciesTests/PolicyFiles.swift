import Lifecycle
import Testing

@testable import Policies

/// The built-in policies as the tests use them.
enum PolicyFiles {
    /// Checked as a person's own are, once: it takes its time.
    private static let checked = Result { try BuiltInPolicies.load(isChecked: true) }

    static func policies() throws -> [Policy] { try checked.get().policies }

    static func policy(_ id: String) throws -> Policy { try #require(checked.get()[id: id]) }

    /// The file of the setup-token, before it is decoded.
    static func setupToken() throws -> Tree {
        let file = try #require(BuiltInPolicies.files.first { $0.path == "anthropic/setup-token.yaml" })
        return try tree(fromYAML: String(decoding: file.bytes, as: UTF8.self))
    }
}

extension Tree {
    /// With the value at `place` replaced, or a member added; `-` appends to a list, `+` prepends.
    func replacing(_ place: String, by value: Tree?) -> Tree {
        replacing(place.split(separator: ",").map(String.init)[...], by: value)
    }

    private func replacing(_ steps: ArraySlice<String>, by value: Tree?) -> Tree {
        guard let step = steps.first else { return value ?? .null }
        let rest = steps.dropFirst()
        switch self {
        case .map(var members):
            members[step] = rest.isEmpty ? value : (members[step] ?? .map([:])).replacing(rest, by: value)
            return .map(members)
        case .list(let items) where step == "-": return .list(items + [value ?? .null])
        case .list(let items) where step == "+": return .list([value ?? .null] + items)
        case .list(var items):
            guard let index = Int(step), items.indices.contains(index) else { return self }
            items[index] = items[index].replacing(rest, by: value)
            return .list(items)
        default: return self
        }
    }
}
