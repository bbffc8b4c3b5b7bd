extension Tree {
    /// Compact JSON with sorted keys, RFC 8259; fixtures are written as trees and served as this.
    package var jsonText: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .number(let text): text
        case .string(let text): Self.quoted(text)
        case .list(let items): "[\(items.map(\.jsonText).joined(separator: ","))]"
        case .map(let members): "{\(Self.joined(members))}"
        }
    }

    private static func joined(_ members: [String: Tree]) -> String {
        members.sorted { $0.key < $1.key }
            .map { "\(quoted($0.key)):\($0.value.jsonText)" }
            .joined(separator: ",")
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case _ where scalar.value < 0x20:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.utf8.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
