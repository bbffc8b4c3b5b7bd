import Lifecycle
import Policies

/// A text becomes a tree no larger and no deeper than it may be, or a problem in one line that repeats none of it; what is a policy
/// judges every reply.
///
/// Input: the text of a file.
enum PolicyFire {
    static func run(_ input: [UInt8]) throws {
        let text = String(decoding: input, as: UTF8.self)
        let tree: Tree
        do throws(YAMLProblem) { tree = try Policies.tree(fromYAML: text) } catch {
            return try isOneLine(error.message)
        }
        try promise(tree.size <= 2 * input.count + 1, "\(tree.size) nodes out of \(input.count) bytes")
        try promise(tree.depth <= 33, "\(tree.depth) levels")
        let written = tree.asYAML
        if written.utf8.count <= 262_144 {
            try promise((try? Policies.tree(fromYAML: written)) == tree, "a tree that is written is read as another")
        }
        do throws(FormatProblem) { _ = try Settings(tree) } catch { try isOneLine(error.line) }
        let policy: Policy
        do throws(FormatProblem) { policy = try Policy(tree) } catch { return try isOneLine(error.line) }
        try serves(policy)
    }

    private static func serves(_ policy: Policy) throws {
        try promise(!policy.formats.isEmpty, "a policy without a form")
        for format in policy.formats {
            try promise((8...4096).contains(format.lengths.lowerBound), "a format of no length")
            try promise(format.isNamedOnly || !format.prefixes.isEmpty, "a form that nothing tells")
        }
        try promise(!policy.probe.hosts.isEmpty, "a policy without a host")
        if let request = policy.probe.request {
            let places = request.headers.filter(\.carriesToken).count
            let isInPath = Template(request.path).pieces.contains(.token)
            try promise(places == (isInPath ? 0 : 1), "the token does not stand in one place")
        }
        for fixture in policy.fixtures {
            _ = judge(fixture.reply, by: policy, now: Timestamp(seconds: 1_800_000_000), retryFloor: .seconds(60))
        }
        do throws(FormatProblem) { _ = try PolicyCatalogue([policy]) } catch { try isOneLine(error.line) }
    }

    private static func isOneLine(_ message: String) throws {
        let isPlain = message.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0.value < 0x7F }
        try promise(isPlain && !message.isEmpty && message.utf8.count < 2000, "a problem that is no line: \(message)")
    }
}

extension Tree {
    fileprivate var size: Int {
        switch self {
        case .null, .bool, .number, .string: 1
        case .list(let items): items.reduce(1) { $0 + $1.size }
        case .map(let members): members.values.reduce(1) { $0 + 1 + $1.size }
        }
    }

    fileprivate var depth: Int {
        switch self {
        case .null, .bool, .number, .string: 1
        case .list(let items): 1 + (items.map(\.depth).max() ?? 0)
        case .map(let members): 1 + (members.values.map(\.depth).max() ?? 0)
        }
    }

    /// In YAML's flow style, every text in double quotes (YAML 1.2.2, 5.7).
    fileprivate var asYAML: String {
        switch self {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let text): text
        case .string(let text): text.asYAML
        case .list(let items): "[" + items.map(\.asYAML).joined(separator: ",") + "]"
        case .map(let members): "{" + members.map { "? \($0.asYAML) : \($1.asYAML)" }.joined(separator: ",") + "}"
        }
    }
}

extension String {
    fileprivate var asYAML: String {
        let scalars = unicodeScalars.map { scalar in
            let isPlain = (0x20..<0x7F).contains(scalar.value) && scalar != "\"" && scalar != "\\"
            let digits = String(scalar.value, radix: 16)
            return isPlain ? String(scalar) : "\\U" + String(repeating: "0", count: 8 - digits.count) + digits
        }
        return "\"" + scalars.joined() + "\""
    }
}
