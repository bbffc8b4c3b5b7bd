package import Lifecycle
package import Sealing

/// A request as HTTP wants it: every part a String, the token in its header among them.
///
/// This is the one place where a token becomes a String, because AsyncHTTPClient takes header values as
/// nothing else. Strings cannot be wiped: one or two copies stay in the prober's heap until that memory is
/// used again (measured). So it is made as late as possible and never stored, and the prober is a process of
/// its own that holds no other secret, writes no core and prints no registers.
package struct SpelledRequest: ~Copyable {
    /// Sent with every request; the provider's operators can find us by it (RFC 9110 section 10.1.5).
    package static let userAgent = "tokenward/0.1 (+https://github.com/tokenward/tokenward)"

    package let method: String
    package let url: String
    package let headers: [ProbeRequest.Header]

    /// - Throws: `.unsendable` for a token outside visible ASCII, or a path or header that HTTP forbids.
    package init(
        _ request: ProbeRequest, to base: BaseURL, token: SecretBox?
    ) throws(TransportFailure) {
        guard request.path.hasPrefix("/"), !request.path.contains("#"), Self.isVisible(request.path),
            Self.isName(request.method)
        else { throw .unsendable }
        var headers: [ProbeRequest.Header] = []
        for header in request.headers where header.name.lowercased() != "accept-encoding" {
            if !header.carriesToken {
                headers.append(header)
            } else if let token {
                headers.append(try Self.filled(header, with: token))
            }
        }
        if !headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
            headers.append(.init(name: "User-Agent", value: Self.userAgent))
        }
        headers.append(.init(name: "Accept-Encoding", value: "identity"))
        guard headers.allSatisfy(Self.isSendable) else { throw .unsendable }
        (method, url, self.headers) = (request.method, base.description + request.path, headers)
    }

    private static func filled(
        _ header: ProbeRequest.Header, with token: SecretBox
    ) throws(TransportFailure) -> ProbeRequest.Header {
        let parts = header.value.split(separator: "{{token}}", omittingEmptySubsequences: false)
        guard parts.count == 2, token.bytes.count > 0 else { throw .unsendable }
        let spelled = try token.bytes.withBytes { bytes throws(TransportFailure) in
            var scalars = String.UnicodeScalarView()
            for index in bytes.indices {
                guard (0x21...0x7E).contains(bytes[index]) else { throw .unsendable }
                scalars.append(Unicode.Scalar(bytes[index]))
            }
            return String(scalars)
        }
        return .init(name: header.name, value: parts[0] + spelled + parts[1])
    }

    private static func isVisible(_ text: String) -> Bool {
        text.utf8.allSatisfy { (0x21...0x7E).contains($0) }
    }

    /// A token in the sense of RFC 9110 section 5.6.2.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && isVisible(text) && text.utf8.allSatisfy { !"\"(),/:;<=>?@[\\]{}".utf8.contains($0) }
    }

    private static func isSendable(_ header: ProbeRequest.Header) -> Bool {
        isName(header.name) && header.value.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}
