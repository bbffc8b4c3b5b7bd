internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// Two origins on 127.0.0.1: the provider, and the place that its redirects lead to.
package final class SimulatorServer: Sendable {
    private let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    private let main: any Channel
    private let elsewhere: any Channel
    /// The port of the provider.
    package let port: Int

    /// - Parameter certificates: nil for plain HTTP.
    package init(provider: SimulatedProvider, certificates: DrillCertificates? = nil, port: Int = 0) throws {
        let tls = try certificates.map(Self.context)
        elsewhere = try Self.listen(on: group, port: 0, tls: tls) { StrayHandler(provider: provider) }
        let target = "\(tls == nil ? "http" : "https")://127.0.0.1:\(elsewhere.localAddress?.port ?? 0)"
        main = try Self.listen(on: group, port: port, tls: tls) {
            ProviderHandler(provider: provider, elsewhere: target)
        }
        guard let taken = main.localAddress?.port else { throw SimulatorError.noPort }
        self.port = taken
    }

    /// Ends with every connection that is still open.
    func stop() throws { try group.syncShutdownGracefully() }

    /// `stop()` for callers that must not block their thread.
    package func stopped() async throws { try await group.shutdownGracefully() }

    private static func listen(
        on group: MultiThreadedEventLoopGroup, port: Int, tls: NIOSSLContext?,
        handler: @escaping @Sendable () -> some ChannelInboundHandler & Sendable
    ) throws -> any Channel {
        try ServerBootstrap(group: group)
            .serverChannelOption(.socketOption(.so_reuseaddr), value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls)) }
                    try pipeline.configureHTTPServerPipeline()
                    try pipeline.addHandler(handler())
                }
            }
            .bind(host: "127.0.0.1", port: port).wait()
    }

    private static func context(_ certificates: DrillCertificates) throws -> NIOSSLContext {
        let chain = try NIOSSLCertificate.fromPEMFile(certificates.certificatePath)
        let key = try NIOSSLPrivateKey(file: certificates.keyPath, format: .pem)
        return try NIOSSLContext(
            configuration: .makeServerConfiguration(
                certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key)))
    }
}
