internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOHTTP1
internal import NIOSSL

extension TransportFailure {
    /// Sorts what the network library threw; only the sort is kept, since its text may quote a header.
    init(_ error: any Error) {
        self =
            switch error {
            case let error as HTTPClientError: Self(client: error)
            case is NIOTooManyBytesError: .tooLarge
            case HTTPParserError.invalidEOFState: .cut
            case is HTTPParserError: .malformed
            case is CancellationError: .cancelled
            case NIOSSLError.handshakeFailed, is NIOSSLExtraError: .tls
            case is NIOSSLError, is BoringSSLError: .cut
            case ChannelError.connectTimeout: .timedOut
            case let error as IOError where !Self.beforeConnecting.contains(error.errnoCode): .cut
            case is ChannelError: .cut
            default: .unreachable
            }
    }

    /// What connect(2) answers when nobody is there.
    private static let beforeConnecting = [
        ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ENETDOWN, EADDRNOTAVAIL, EACCES,
    ]

    private init(client error: HTTPClientError) {
        self =
            switch error {
            case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
                .getConnectionFromPoolTimeout:
                .timedOut
            case .remoteConnectionClosed, .uncleanShutdown: .cut
            case .cancelled, .requestStreamCancelled, .alreadyShutdown: .cancelled
            case .invalidURL, .emptyHost, .emptyScheme: .unsendable
            default: .malformed
            }
    }
}
