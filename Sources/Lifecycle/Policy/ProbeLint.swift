extension ProbeSpecification {
    /// Checks that the request can go nowhere but to the kind's own hosts, with the token in one place only.
    func lint(parts: TokenParts?) throws(FormatProblem) {
        guard !hosts.isEmpty, hosts.allSatisfy(\.isLowerCaseHost) else {
            throw FormatProblem(path: "hosts", message: "expected host names in lower case, without a port")
        }
        guard regions.values.allSatisfy(hosts.contains), regions.keys.allSatisfy(\.isPlainWord) else {
            throw FormatProblem(path: "regions", message: "expected plain names for some of the hosts")
        }
        guard let request else {
            if mode == .off { return }
            throw FormatProblem(path: "probe", message: "the key request is missing; only mode off does without")
        }
        guard mode != .active || cost == .free else {
            throw FormatProblem(path: "probe.mode", message: "what is billed is never asked on a timer")
        }
        try request.lint(parts: parts)
    }
}

extension ProbeRequest {
    /// What the transport itself writes.
    private static let reserved: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "accept-encoding",
    ]

    fileprivate func lint(parts: TokenParts?) throws(FormatProblem) {
        guard ["GET", "POST"].contains(method) else {
            throw FormatProblem(path: "probe.request.method", message: "expected GET or POST")
        }
        guard body == nil || method == "POST", body?.isPrintableASCII ?? true, body.map({ !$0.contains("{{") }) ?? true
        else {
            throw FormatProblem(path: "probe.request.body", message: "expected plain text without places, and POST")
        }
        try lintPath(parts)
        try lintHeaders(parts)
    }

    private func lintPath(_ parts: TokenParts?) throws(FormatProblem) {
        let pieces = Template(path).pieces
        let plain = pieces.map { if case .literal(let text) = $0 { text } else { "x" } }.joined()
        guard plain.isPlainPath else {
            throw FormatProblem(path: "probe.request.path", message: "expected a plain path that starts with one /")
        }
        for piece in pieces {
            switch piece {
            case .literal, .token: break
            case .part(let name) where parts?.publicNames.contains(name) ?? false: break
            default:
                throw FormatProblem(
                    path: "probe.request.path", message: "expected {{token}}, or a {{part.NAME}} that is public")
            }
        }
    }

    private func lintHeaders(_ parts: TokenParts?) throws(FormatProblem) {
        let path = "probe.request.headers"
        let isInPath = Template(self.path).pieces.contains(.token)
        guard headers.filter(\.carriesToken).count == (isInPath ? 0 : 1) else {
            throw FormatProblem(path: path, message: "expected {{token}} in exactly one place")
        }
        for header in headers {
            guard header.name.isPlainWord, !Self.reserved.contains(header.name), header.isPlain(parts) else {
                throw FormatProblem(path: path, message: "expected plain headers, none of the transport's own")
            }
        }
        guard Set(headers.map(\.name)).count == headers.count else {
            throw FormatProblem(path: path, message: "expected each header once")
        }
    }
}

extension ProbeRequest.Header {
    /// A user agent that is not ours is nobody's to send: it holds our address and version in the provider's form.
    fileprivate func isPlain(_ parts: TokenParts?) -> Bool {
        let pieces = Template(value).pieces
        let names = pieces.contains(.agentURL) && pieces.contains(.agentVersion)
        guard (name == "user-agent") == (names || pieces.contains(.agentURL) || pieces.contains(.agentVersion)),
            name != "user-agent" || names
        else { return false }
        var secrets = 0
        for piece in pieces {
            switch piece {
            case .literal(let text): if !text.isPrintableASCII { return false }
            case .token, .basic: secrets += 1
            case .part(let name):
                guard parts?.names.contains(name) ?? false else { return false }
                secrets += 1
            case .agentURL, .agentVersion: break
            case .unknown: return false
            }
        }
        return secrets <= 1
    }
}

extension StringProtocol {
    var isVisibleASCII: Bool { utf8.allSatisfy { (0x21...0x7E).contains($0) } }
    fileprivate var isPrintableASCII: Bool { utf8.allSatisfy { (0x20...0x7E).contains($0) } }

    /// `a-z`, `0-9` and inner `-`.
    var isPlainWord: Bool {
        let word = utf8.allSatisfy {
            (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
        }
        return word && !isEmpty && !hasPrefix("-") && !hasSuffix("-")
    }

    /// RFC 1123 section 2.1, at least two labels, the last one with a letter (so no address).
    fileprivate var isLowerCaseHost: Bool {
        let labels = split(separator: ".", omittingEmptySubsequences: false)
        let name = labels.last?.utf8.contains { (0x61...0x7A).contains($0) } ?? false
        return labels.count >= 2 && utf8.count <= 253 && name
            && labels.allSatisfy { $0.isPlainWord && $0.utf8.count <= 63 }
    }

    fileprivate var isPlainPath: Bool {
        hasPrefix("/") && !hasPrefix("//") && isVisibleASCII && !contains { "{}#\\".contains($0) }
    }
}
