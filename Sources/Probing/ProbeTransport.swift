package import Lifecycle
package import Sealing

/// Carries one question to a provider and brings the reply back, whatever its status.
///
/// A conformance follows no redirect, asks once, keeps nothing, and sends the token to `base` alone.
package protocol ProbeTransport: Sendable {
    /// - Parameters:
    ///   - token: nil for the blank control; the header that carries the token is then left out.
    ///   - parts: what the token is made of, when the request names a part.
    /// - Throws: what stopped the reply; a reply that says no is not a failure.
    func send(
        _ request: ProbeRequest, to base: BaseURL, token: SecretBox?, parts: TokenParts?
    ) async throws(TransportFailure) -> Reply
}

/// Why there is no reply to judge; none of these says anything about the token.
package enum TransportFailure: String, Error, CaseIterable, Sendable {
    /// The request or the token holds bytes that HTTP cannot carry (RFC 9110 section 5.5); nothing was sent.
    case unsendable
    case unreachable
    /// No TLS 1.2, or a certificate that does not prove the host's name; nothing was sent.
    case tls
    case timedOut
    /// The connection ended in the middle of the reply.
    case cut
    /// A body of more than 64 KiB.
    case tooLarge
    /// Not HTTP/1.1.
    case malformed
    /// Our own task was told to stop.
    case cancelled
}
