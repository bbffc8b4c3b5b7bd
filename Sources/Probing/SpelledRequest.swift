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
    package static let userAgent = "tokenward/\(version) (+\(address))"
    private static let version = "0.1"
    private static let address = "https://github.com/tokenward/tokenward"

    package let method: String
    package let url: String
    package let headers: [ProbeRequest.Header]
    package let body: String?

    /// - Parameters:
    ///   - token: nil for the blank control: the header that carries it is left out, its place in a path stays empty.
    ///   - parts: what the token is made of, for a request that names a part.
    /// - Throws: `.unsendable` for a token outside visible ASCII or without a part that is asked for, and for a path or header that HTTP forbids.
    package init(
        _ request: ProbeRequest, to base: BaseURL, token: SecretBox?, parts: TokenParts? = nil
    ) throws(TransportFailure) {
        let filling = Filling(token: token, parts: parts)
        let path = try filling.text(request.path, isAddress: true)
        guard path.hasPrefix("/"), !path.contains("#"), Self.isVisible(path), Self.isName(request.method)
        else { throw .unsendable }
        var headers: [ProbeRequest.Header] = []
        for header in request.headers where header.name.lowercased() != "accept-encoding" {
            if header.carriesToken, token == nil { continue }
            headers.append(.init(name: header.name, value: try filling.text(header.value, isAddress: false)))
        }
        if !headers.contains(where: { $0.name.lowercased() == "user-agent" }) {
            headers.append(.init(name: "User-Agent", value: Self.userAgent))
        }
        headers.append(.init(name: "Accept-Encoding", value: "identity"))
        guard headers.allSatisfy(Self.isSendable) else { throw .unsendable }
        (method, url, self.headers, body) = (request.method, base.description + path, headers, request.body)
    }

    /// What stands in the places of a request.
    private struct Filling {
        let token: SecretBox?
        let parts: TokenParts?

        func text(_ template: String, isAddress: Bool) throws(TransportFailure) -> String {
            var text = ""
            for piece in Template(template).pieces {
                switch piece {
                case .literal(let literal): text += literal
                case .agentURL: text += SpelledRequest.address
                case .agentVersion: text += SpelledRequest.version
                case .token: text += try spelled(isAddress: isAddress) { 0..<$0.count }
                case .part(let name): text += try spelled(isAddress: isAddress) { parts?.range(of: name, in: $0) }
                case .basic: text += try basic()
                case .unknown: throw .unsendable
                }
            }
            return text
        }

        /// A stretch of the token; in an address nothing that would divide it (RFC 3986 section 3.3).
        private func spelled(
            isAddress: Bool, _ range: (Span<UInt8>) -> Range<Int>?
        ) throws(TransportFailure) -> String {
            guard let token else { return "" }
            return try token.bytes.withBytes { bytes throws(TransportFailure) in
                guard let range = range(bytes), !range.isEmpty else { throw .unsendable }
                var scalars = String.UnicodeScalarView()
                for index in range {
                    let divides = isAddress && "/?#%".utf8.contains(bytes[index])
                    guard (0x21...0x7E).contains(bytes[index]), !divides else { throw .unsendable }
                    scalars.append(Unicode.Scalar(bytes[index]))
                }
                return String(scalars)
            }
        }

        /// RFC 7617: the value as it was pasted, `user:password`, in base64.
        private func basic() throws(TransportFailure) -> String {
            guard let token else { return "" }
            let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".unicodeScalars)
            return token.bytes.withBytes { bytes in
                var scalars = String.UnicodeScalarView()
                for start in stride(from: 0, to: bytes.count, by: 3) {
                    let here = min(3, bytes.count - start)
                    var group = UInt32(0)
                    for place in 0..<3 { group = group << 8 | (place < here ? UInt32(bytes[start + place]) : 0) }
                    for place in 0..<4 {
                        let digit = digits[Int(group >> UInt32(18 - 6 * place) & 63)]
                        scalars.append(place <= here ? digit : "=")
                    }
                }
                return String(scalars)
            }
        }
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
