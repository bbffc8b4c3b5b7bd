internal import Glibc
package import Lifecycle

/// Why `config.yaml` cannot be used.
package enum ConfigurationProblem: Error, Equatable, Sendable {
    case unreadable(errno: Int32)
    case tooLarge
    case yaml(YAMLProblem)
    case format(FormatProblem)

    /// One lower-case line.
    package var message: String {
        switch self {
        case .unreadable(let code): "it cannot be read (errno \(code))"
        case .tooLarge: "it is larger than 256 KiB"
        case .yaml(let problem): "it is not YAML: \(problem.line.map { "line \($0): " } ?? "")\(problem.message)"
        case .format(let problem): problem.line
        }
    }
}

extension Settings {
    /// Reads an operator's file; a file that is not there means the defaults.
    package static func load(from path: String) throws(ConfigurationProblem) -> Settings {
        guard let text = try text(of: path) else { return .standard }
        let tree: Tree
        do { tree = try Policies.tree(fromYAML: text) } catch { throw .yaml(error) }
        do { return try Settings(tree) } catch { throw .format(error) }
    }

    private static func text(of path: String) throws(ConfigurationProblem) -> String? {
        let file = unsafe open(path, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else {
            if errno == ENOENT { return nil }
            throw .unreadable(errno: errno)
        }
        defer { close(file) }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = unsafe read(file, &chunk, chunk.count)
            guard count >= 0 else { throw .unreadable(errno: errno) }
            if count == 0 { return String(decoding: bytes, as: UTF8.self) }
            bytes += chunk.prefix(count)
            guard bytes.count <= 256 * 1024 else { throw .tooLarge }
        }
    }
}
