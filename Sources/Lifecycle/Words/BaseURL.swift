/// Where a probe is sent instead of the provider's own host: https to any host, http to this machine only.
///
/// Grammar: `scheme://host[:port][/prefix]` of RFC 3986, in ASCII, without user, query or fragment.
package struct BaseURL: Hashable, Sendable {
    package enum Scheme: String, Sendable { case https, http }
    package let scheme: Scheme
    /// Lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int
    /// Starts with a slash and does not end with one; empty for none.
    package let pathPrefix: String

    /// Why a text is not a base URL.
    package enum Problem: Error, Equatable {
        case scheme
        case user
        case queryOrFragment
        case host
        case port
        case path
        case plainTextOffThisMachine
    }

    /// - Throws: the part that is wrong; `.plainTextOffThisMachine` for http to another machine.
    package init(_ text: String) throws(Problem) {
        guard let (scheme, rest) = Self.splitScheme(text) else { throw .scheme }
        if rest.contains("?") || rest.contains("#") { throw .queryOrFragment }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        if authority.contains("@") { throw .user }
        guard let (name, portText) = Self.splitPort(authority) else { throw .host }
        guard let host = Self.host(name) else { throw .host }
        guard let port = Self.port(portText, for: scheme) else { throw .port }
        guard let prefix = Self.prefix(rest[slash...]) else { throw .path }
        (self.scheme, self.host, self.port, pathPrefix) = (scheme, host, port, prefix)
        if scheme == .http, !isLoopback { throw .plainTextOffThisMachine }
    }

    /// Whether the host is `localhost` (RFC 6761 section 6.3), in `127.0.0.0/8` (RFC 1122), or `::1` (RFC 4291).
    package var isLoopback: Bool {
        host == "localhost" || host == "::1" || (host.hasPrefix("127.") && HostText.isIPv4(host[...]))
    }

    /// Host and port, as a limiter counts them: `api.example.com:443`.
    package var authority: String { "\(bracketed):\(port)" }

    private var bracketed: String { host.contains(":") ? "[\(host)]" : host }
}

extension BaseURL: CustomStringConvertible {
    /// The shortest spelling: lower case, without a default port and a last slash.
    package var description: String {
        let ownPort = port == scheme.defaultPort ? "" : ":\(port)"
        return "\(scheme.rawValue)://\(bracketed)\(ownPort)\(pathPrefix)"
    }
}

extension BaseURL.Problem {
    /// One lower-case line; it never repeats the input, which may be a pasted token.
    package var message: String {
        switch self {
        case .scheme: "a base URL starts with https://, or with http:// for this machine"
        case .user: "a base URL holds no user and no password"
        case .queryOrFragment: "a base URL has no '?' and no '#'"
        case .host: "the base URL's host is not a host name in ASCII, an IPv4 or a bracketed IPv6 address"
        case .port: "the base URL's port is not a number from 1 to 65535"
        case .path: "the base URL's path may only hold letters, digits and . _ ~ - between single slashes"
        case .plainTextOffThisMachine:
            "a base URL with http:// must name localhost, 127.0.0.1 or [::1]; use https://"
        }
    }
}

extension BaseURL: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        do { try self.init(text) } catch {
            throw DecodingError.dataCorrupted(
                .init(codingPath: decoder.codingPath, debugDescription: error.message))
        }
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

extension BaseURL.Scheme {
    fileprivate var defaultPort: Int { self == .https ? 443 : 80 }
}

extension BaseURL {
    private static func splitScheme(_ text: String) -> (Scheme, Substring)? {
        for scheme in [Scheme.https, .http] {
            let mark = scheme.rawValue + "://"
            if text.prefix(mark.count).lowercased() == mark { return (scheme, text.dropFirst(mark.count)) }
        }
        return nil
    }

    /// The host with its brackets, and the digits after the colon; nil for an IPv6 address without brackets.
    private static func splitPort(_ authority: Substring) -> (host: Substring, port: Substring?)? {
        let hostEnd =
            authority.firstIndex(of: "]").map { authority.index(after: $0) }
            ?? authority.firstIndex(of: ":") ?? authority.endIndex
        let rest = authority[hostEnd...]
        if rest.isEmpty { return (authority, nil) }
        return rest.first == ":" ? (authority[..<hostEnd], rest.dropFirst()) : nil
    }

    private static func host(_ text: Substring) -> String? {
        let lower = text.lowercased()
        if lower.hasPrefix("["), lower.hasSuffix("]") {
            let address = lower.dropFirst().dropLast()
            return HostText.isIPv6(address) ? String(address) : nil
        }
        return HostText.isName(lower[...]) || HostText.isIPv4(lower[...]) ? lower : nil
    }

    private static func port(_ text: Substring?, for scheme: Scheme) -> Int? {
        guard let text else { return scheme.defaultPort }
        guard text.utf8.allSatisfy({ (0x30...0x39).contains($0) }), text.utf8.count <= 5 else { return nil }
        return Int(text).flatMap { (1...65535).contains($0) ? $0 : nil }
    }

    private static func prefix(_ path: Substring) -> String? {
        let kept = path.hasSuffix("/") ? path.dropLast() : path
        for segment in kept.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
            guard !segment.isEmpty, segment != ".", segment != "..", segment.utf8.allSatisfy(isUnreserved)
            else {
                return nil
            }
        }
        return String(kept)
    }

    /// RFC 3986 section 2.3.
    private static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F, 0x7E: true
        default: false
        }
    }
}
