package import Lifecycle
internal import Yams

/// Why a text is not a `Tree`.
package struct YAMLProblem: Error, Equatable, Sendable {
    /// From 1; nil when the file as a whole is wrong.
    package let line: Int?
    /// What is wrong, without the text that is wrong.
    package let message: String
}

/// Reads one YAML document with the core schema of YAML 1.2: only `true` and `false` are booleans.
///
/// Anchors, aliases, tags, keys that are no text, and keys given twice are refused, so that what is read is
/// what stands there. An empty document is null.
///
/// - Throws: also above 256 KiB and above 32 levels.
package func tree(fromYAML text: String) throws(YAMLProblem) -> Tree {
    guard text.utf8.count <= 262_144 else { throw YAMLProblem(line: nil, message: "larger than 256 KiB") }
    do {
        let parser = try Parser(yaml: text, resolver: .basic)
        // Nodes hold their anchors weakly; the parser owns them.
        return try withExtendedLifetime(parser) {
            try parser.singleRoot().map { try Tree($0, depth: 0) } ?? .null
        }
    } catch let problem as YAMLProblem {
        throw problem
    } catch let error as YamlError {
        throw YAMLProblem(error)
    } catch {
        throw YAMLProblem(line: nil, message: "not YAML")
    }
}

extension Tree {
    private static let deepest = 32

    fileprivate init(_ node: Node, depth: Int) throws(YAMLProblem) {
        guard depth <= Self.deepest else { throw node.problem("more than \(Self.deepest) levels") }
        guard node.anchor == nil else { throw node.problem("anchors are not allowed") }
        switch node {
        case .scalar(let scalar): self = try Tree(scalar, at: node)
        case .sequence(let sequence):
            guard node.isUntagged else { throw node.problem("tags are not allowed") }
            self = .list(try sequence.map { (item) throws(YAMLProblem) in try Tree(item, depth: depth + 1) })
        case .mapping(let mapping):
            guard node.isUntagged else { throw node.problem("tags are not allowed") }
            self = try Tree(mapping, depth: depth)
        case .alias: throw node.problem("aliases are not allowed")
        }
    }

    private init(_ mapping: Node.Mapping, depth: Int) throws(YAMLProblem) {
        var members: [String: Tree] = [:]
        for (key, value) in mapping {
            let name = try key.name()
            guard members.updateValue(try Tree(value, depth: depth + 1), forKey: name) == nil else {
                throw key.problem("a key is given twice")
            }
        }
        self = .map(members)
    }

    private init(_ scalar: Node.Scalar, at node: Node) throws(YAMLProblem) {
        if scalar.tag.rawValue == Tag.Name.str.rawValue {
            self = .string(scalar.string)
        } else if node.isUntagged {
            self = Tree(plain: scalar.string)
        } else {
            throw node.problem("tags are not allowed")
        }
    }

    /// YAML 1.2.2 section 10.3.2, without octal, hexadecimal, infinity and not-a-number, which stay text.
    fileprivate init(plain text: String) {
        switch text {
        case "", "~", "null", "Null", "NULL": self = .null
        case "true", "True", "TRUE": self = .bool(true)
        case "false", "False", "FALSE": self = .bool(false)
        default: self = text.isDecimal ? .number(text) : .string(text)
        }
    }
}

extension String {
    /// Digits with a sign, a point and an exponent; not what else `Double` reads, such as `0x1p3` and `inf`.
    fileprivate var isDecimal: Bool {
        utf8.allSatisfy { (0x30...0x39).contains($0) || "+-.eE".utf8.contains($0) } && Double(self) != nil
    }
}

extension Node {
    fileprivate var isUntagged: Bool {
        let name =
            switch self {
            case .scalar(let scalar): scalar.tag.rawValue
            case .sequence(let sequence): sequence.tag.rawValue
            case .mapping(let mapping): mapping.tag.rawValue
            case .alias(let alias): alias.tag.rawValue
            }
        return name == Tag.Name.implicit.rawValue
    }

    /// The text of a key; its tag says nothing, because Yams settles it when it compares keys.
    fileprivate func name() throws(YAMLProblem) -> String {
        guard anchor == nil else { throw problem("anchors are not allowed") }
        guard case .scalar(let scalar) = self else { throw problem("a key has to be text") }
        guard scalar.style != .plain || Tree(plain: scalar.string) == .string(scalar.string) else {
            throw problem("a key has to be text")
        }
        return scalar.string
    }

    fileprivate func problem(_ message: String) -> YAMLProblem {
        YAMLProblem(line: mark?.line, message: message)
    }
}

extension YAMLProblem {
    /// libyaml's own words name what it looked for, never what it found; the text that Yams adds is left out.
    fileprivate init(_ error: YamlError) {
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            self.init(line: mark.line, message: problem)
        case .duplicatedKeysInMapping(_, let context):
            self.init(line: context.mark.line, message: "a key is given twice")
        default: self.init(line: nil, message: "not YAML")
        }
    }
}
