internal import FoundationEssentials

/// What a verb shows with `--json`: any report with `"schema": 1` among its members.
package enum Sheet {
    /// One line with sorted keys.
    package static func text(_ value: some Encodable) throws(Fault) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        do { return String(decoding: try encoder.encode(Numbered(value: value)), as: UTF8.self) } catch {
            throw Fault(.fault, "json", "the answer cannot be written as JSON")
        }
    }
}

private struct Numbered<Value: Encodable>: Encodable {
    let value: Value
    private enum Key: String, CodingKey { case schema }

    func encode(to encoder: any Encoder) throws {
        try value.encode(to: encoder)
        var members = encoder.container(keyedBy: Key.self)
        try members.encode(1, forKey: .schema)
    }
}
