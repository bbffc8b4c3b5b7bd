internal import Foundation
package import Lifecycle

/// Reads JSON as a `Tree`; nil for what is none, and for nesting beyond 32 levels.
///
/// Whole numbers keep their digits; others are spelled as Swift spells a `Double`.
package func tree(fromJSON text: String) -> Tree? {
    try? JSONDecoder().decode(Node.self, from: Data(text.utf8)).tree
}

/// One JSON value on its way to a `Tree`.
private struct Node: Decodable {
    static let deepest = 32
    let tree: Tree

    init(from decoder: any Decoder) throws {
        guard decoder.codingPath.count < Self.deepest else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "too deep"))
        }
        let container = try decoder.singleValueContainer()
        if let members = try? container.decode([String: Node].self) {
            tree = .map(members.mapValues(\.tree))
        } else if let elements = try? container.decode([Node].self) {
            tree = .list(elements.map(\.tree))
        } else {
            tree = try Self.scalar(in: container)
        }
    }

    private static func scalar(in container: any SingleValueDecodingContainer) throws -> Tree {
        if let text = try? container.decode(String.self) { return .string(text) }
        if let flag = try? container.decode(Bool.self) { return .bool(flag) }
        if container.decodeNil() { return .null }
        if let whole = try? container.decode(Int64.self) { return .number(String(whole)) }
        if let whole = try? container.decode(UInt64.self) { return .number(String(whole)) }
        return .number(String(try container.decode(Double.self)))
    }
}
