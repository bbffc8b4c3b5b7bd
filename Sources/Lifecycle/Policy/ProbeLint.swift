extension ProbeSpecification {
    /// Checks that the request can go nowhere but to the kind's own hosts, with the token in one header only.
    func lint() throws(FormatProblem) {
        guard !hosts.isEmpty, hosts.allSatisfy(\.isLowerCaseHost) else {
            throw FormatProblem(path: "hosts", message: "expected host names in lower case, without a port")
        }
        guard ["GET", "POST"].contains(request.method) else {
            throw FormatProblem(path: "probe.request.method", message: "expected GET or POST")
        }
        guard request.path.isPlainPath else {
            throw FormatProblem(
                path: "probe.request.path", message: "expected a plain path that starts with one /")
        }
        try request.lintHeaders()
    }
}

extension ProbeRequest {
    /// What the transport itself writes.
    private static let reserved: Set<String> = [
        "host", "connection", "content-length", "transfer-encoding", "user-agent", "accept-encoding",
    ]

    fileprivate func lintHeaders() throws(FormatProblem) {
        let path = "probe.request.headers"
        guard headers.filter(\.carriesToken).count == 1 else {
            throw FormatProblem(path: path, message: "expected {{token}} in exactly one header")
        }
        for header in headers {
            let rest = header.value.split(separator: "{{token}}", omittingEmptySubsequences: false)
            guard rest.count <= 2, rest.allSatisfy({ $0.isPrintableASCII && !$0.contains("{{") }),
                header.name.isPlainWord, !Self.reserved.contains(header.name)
            else {
                throw FormatProblem(
                    path: path, message: "expected plain headers, none of the transport's own")
            }
        }
        guard Set(headers.map(\.name)).count == headers.count else {
            throw FormatProblem(path: path, message: "expected each header once")
        }
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
