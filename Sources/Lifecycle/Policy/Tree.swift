/// Parsed YAML or JSON, whoever parsed it: policies, configuration and provider replies are read through it.
///
/// Numbers keep the text that was written, so that `1113` and `"1113"` compare as the same scalar.
package indirect enum Tree: Equatable, Sendable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case list([Tree])
    case map([String: Tree])

    /// The scalar as text; nil for lists, maps and null.
    package var text: String? {
        switch self {
        case .bool(let value): value ? "true" : "false"
        case .number(let text), .string(let text): text
        case .null, .list, .map: nil
        }
    }

    package subscript(key: String) -> Tree? {
        if case .map(let members) = self { members[key] } else { nil }
    }
}
