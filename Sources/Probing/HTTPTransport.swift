internal import AsyncHTTPClient
package import Lifecycle
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL
package import Sealing

/// HTTP/1.1 over TLS 1.2 or later, with connections that are kept alive between probes.
///
/// No redirect is followed, because AsyncHTTPClient would take `x-api-key` along to another origin (tried);
/// no proxy is taken from the environment; certificates are always verified. Call `close()` at the end.
package final class HTTPTransport: ProbeTransport {
    /// Bytes of a body that are read; the policies' replies are far below it.
    package static let bodyLimit = 64 * 1024
    private let client: HTTPClient
    private let timeout: Duration

    /// - Parameters:
    ///   - timeout: from the start of a request to the last byte of its reply, connecting included.
    ///   - trust: paths of PEM files with certificates that are trusted besides the system's.
    /// - Throws: `.unreadableTrust` for a file that holds no certificate.
    package init(timeout: Duration, trust: [String] = []) throws(ProbingError) {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        tls.certificateVerification = .fullVerification
        tls.additionalTrustRoots = []
        for path in trust {
            guard let roots = try? NIOSSLCertificate.fromPEMFile(path), !roots.isEmpty else {
                throw .unreadableTrust(path: path)
            }
            tls.additionalTrustRoots.append(.certificates(roots))
        }
        var configuration = HTTPClient.Configuration(
            tlsConfiguration: tls, redirectConfiguration: .disallow,
            timeout: .init(connect: .milliseconds(timeout.milliseconds)), decompression: .disabled)
        configuration.httpVersion = .http1Only
        configuration.connectionPool.retryConnectionEstablishment = false
        self.timeout = timeout
        client = HTTPClient(eventLoopGroup: HTTPClient.defaultEventLoopGroup, configuration: configuration)
    }

    /// Ends kept connections; requests still under way fail.
    package func close() async { try? await client.shutdown() }

    package func send(
        _ request: ProbeRequest, to base: BaseURL, token: SecretBox?, parts: TokenParts?
    ) async throws(TransportFailure) -> Reply {
        let spelled = try SpelledRequest(request, to: base, token: token, parts: parts)
        var message = HTTPClientRequest(url: spelled.url)
        message.method = HTTPMethod(rawValue: spelled.method)
        message.headers = HTTPHeaders(spelled.headers.map { ($0.name, $0.value) })
        if let body = spelled.body { message.body = .bytes(ByteBuffer(string: body)) }
        return try await withinTimeout(message)
    }

    /// AsyncHTTPClient's own deadline ends with the reply's head; this one covers the body too.
    private func withinTimeout(_ message: HTTPClientRequest) async throws(TransportFailure) -> Reply {
        let (client, timeout) = (client, timeout)
        let first = await withTaskGroup { group in
            group.addTask { await Self.exchange(message, over: client) }
            group.addTask {
                do { try await Task.sleep(for: timeout) } catch { return .failure(.cancelled) }
                return .failure(.timedOut)
            }
            defer { group.cancelAll() }
            return await group.next() ?? .failure(.cancelled)
        }
        return try first.get()
    }

    private static func exchange(
        _ message: HTTPClientRequest, over client: HTTPClient
    ) async -> Result<Reply, TransportFailure> {
        do {
            let response = try await client.execute(message, deadline: .distantFuture)
            let bytes = try await response.body.collect(upTo: bodyLimit)
            try Task.checkCancellation()
            return .success(reply(response, body: String(buffer: bytes)))
        } catch {
            return .failure(TransportFailure(error))
        }
    }

    private static func reply(_ response: HTTPClientResponse, body: String) -> Reply {
        var headers: [String: String] = [:]
        for header in response.headers {
            let name = header.name.lowercased()
            headers[name] = headers[name].map { "\($0), \(header.value)" } ?? header.value
        }
        return Reply(
            status: Int(response.status.code), headers: headers, body: body, json: tree(fromJSON: body))
    }
}
