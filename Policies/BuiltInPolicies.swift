package import Lifecycle

/// Why a policy file cannot be used.
package enum PolicyFileProblem: Error, Equatable, Sendable {
    case yaml(file: String, YAMLProblem)
    case format(file: String, FormatProblem)
    /// Files that are each good, but not together.
    case catalogue(FormatProblem)

    /// One lower-case line.
    package var message: String {
        switch self {
        case .yaml(let file, let problem):
            "the policy \(file) is not YAML: \(problem.line.map { "line \($0): " } ?? "")\(problem.message)"
        case .format(let file, let problem): "the policy \(file) is wrong: \(problem.line)"
        case .catalogue(let problem): "the policies do not fit together: \(problem.line)"
        }
    }
}

/// The policies that are compiled into the program.
package enum BuiltInPolicies {
    /// Path below `Policies/` and content.
    static var files: [(path: String, bytes: [UInt8])] {
        [
            ("anthropic/setup-token.yaml", PackageResources.setup_token_yaml),
            ("anthropic/api-key.yaml", PackageResources.api_key_yaml),
            ("anthropic/admin-key.yaml", PackageResources.admin_key_yaml),
            ("openai/openai-api-key.yaml", PackageResources.openai_api_key_yaml),
            ("openrouter/openrouter-api-key.yaml", PackageResources.openrouter_api_key_yaml),
        ]
    }

    /// All of them, each checked as a policy from a person's own folder is.
    package static func load() throws(PolicyFileProblem) -> PolicyCatalogue {
        let policies = try files.map { (file) throws(PolicyFileProblem) in
            try policy(fromYAML: String(decoding: file.bytes, as: UTF8.self), file: file.path)
        }
        do { return try PolicyCatalogue(policies) } catch { throw .catalogue(error) }
    }
}

/// Reads one policy; `file` is only named in problems.
package func policy(fromYAML text: String, file: String) throws(PolicyFileProblem) -> Policy {
    let tree: Tree
    do { tree = try Policies.tree(fromYAML: text) } catch { throw .yaml(file: file, error) }
    do { return try Policy(tree) } catch { throw .format(file: file, error) }
}
