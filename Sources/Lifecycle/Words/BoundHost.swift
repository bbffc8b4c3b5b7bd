/// A host that a credential may be handed to: `github.com`, `git.example.com:8443`, `127.0.0.1:8080`.
package struct BoundHost: Hashable, Sendable {
    /// Lower case; an IPv6 address without its brackets.
    package let host: String
    package let port: Int

    /// - Parameters:
    ///   - authority: `host[:port]` of RFC 3986, in ASCII; without a port it is the scheme's.
    ///   - scheme: http names this machine only, because a token would travel in clear.
    /// - Throws: what is wrong with the text; the text is not repeated.
    package init(_ authority: String, scheme: BaseURL.Scheme = .https) throws(BaseURL.Problem) {
        if authority.contains("/") { throw .host }
        self.init(try BaseURL("\(scheme.rawValue)://\(authority)"))
    }

    package init(_ url: BaseURL) { (host, port) = (url.host, url.port) }
}

extension BoundHost: CustomStringConvertible {
    /// Without the port of https.
    package var description: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == 443 ? name : "\(name):\(port)"
    }
}

extension BoundHost: Codable {
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
