internal import Lifecycle
internal import NIOCore
internal import NIOHTTP1

/// Answers one connection: the provider's reply, or what the fault makes of it.
final class ProviderHandler: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart
    private let provider: SimulatedProvider
    private let elsewhere: String

    init(provider: SimulatedProvider, elsewhere: String) {
        self.provider = provider
        self.elsewhere = elsewhere
    }

    /// The head says all; a body that follows is not looked at.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let head) = unwrapInboundIn(data) else { return }
        let headers = Dictionary(head.headers.map { ($0.name.lowercased(), $0.value) }) { first, _ in first }
        let request = ReceivedRequest(method: head.method.rawValue, target: head.uri, headers: headers)
        let (fault, reply) = provider.receive(request)
        if fault == .echo {
            send(reply.echoing(headers.values.filter { $0.utf8.count > 40 }), in: context)
        } else {
            answer(reply, with: fault, to: head.uri, in: context)
        }
    }

    private func answer(
        _ reply: Reply, with fault: Fault, to target: String, in context: ChannelHandlerContext
    ) {
        if let reply = fault.reply { return send(reply, in: context) }
        switch fault {
        case .none, .mangled, .echo: send(reply, in: context)
        case .slow: break
        case .stall: sendHead(reply, in: context)
        case .cut: sendHalf(reply, in: context)
        case .redirect: send(.redirect(to: elsewhere + target), in: context)
        case .portal: send(.page(200, "Welcome to the hotel. Please log in."), in: context)
        case .storm: send(.page(401, "Authorization required."), in: context)
        case .huge: sendForever(in: context)
        case .twentyGiB: sendForever(in: context, announced: 20 << 30)
        case .gzipBomb: sendBomb(in: context)
        case .hangUp: context.close(promise: nil)
        case .noise: sendNoise(in: context)
        default: break
        }
    }

    private func send(_ reply: Reply, in context: ChannelHandlerContext) {
        context.write(wrapOutboundOut(.head(HTTPResponseHead(reply))), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: reply.body)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    private func sendHead(_ reply: Reply, in context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(.head(HTTPResponseHead(reply))), promise: nil)
    }

    private func sendHalf(_ reply: Reply, in context: ChannelHandlerContext) {
        sendHead(reply, in: context)
        let half = ByteBuffer(bytes: reply.body.utf8.prefix(reply.body.utf8.count / 2))
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(half))), promise: nil)
        context.close(promise: nil)
    }

    /// Ends when the client hangs up, which makes the next write fail.
    private func sendForever(in context: ChannelHandlerContext, announced: Int? = nil) {
        var head = HTTPResponseHead(
            version: .http1_1, status: .ok, headers: ["content-type": "application/json"])
        if let announced { head.headers.add(name: "content-length", value: "\(announced)") }
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        sendChunk(of: ByteBuffer(repeating: 0x20, count: 16 * 1024), in: context)
    }

    private func sendChunk(of filler: ByteBuffer, in context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        context.writeAndFlush(wrapOutboundOut(.body(.byteBuffer(filler)))).whenSuccess {
            self.sendChunk(of: filler, in: bound.value)
        }
    }

    private func sendBomb(in context: ChannelHandlerContext) {
        let bytes = Bomb.gzip()
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok,
            headers: [
                "content-type": "application/json", "content-encoding": "gzip", "content-length": "\(bytes.count)",
            ])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(bytes: bytes)))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }

    /// Goes around the encoder, which would make HTTP of it.
    private func sendNoise(in context: ChannelHandlerContext) {
        let encoder = try? context.pipeline.syncOperations.context(handlerType: HTTPResponseEncoder.self)
        encoder?.writeAndFlush(
            NIOAny(ByteBuffer(string: "\u{16}\u{3}\u{1} no reply at all\r\n\r\n")), promise: nil)
        context.close(promise: nil)
    }
}

extension HTTPResponseHead {
    fileprivate init(_ reply: Reply) {
        self.init(version: .http1_1, status: .init(statusCode: reply.status))
        for (name, value) in reply.headers.sorted(by: { $0.key < $1.key }) {
            headers.add(name: name, value: value)
        }
        headers.replaceOrAdd(name: "content-length", value: String(reply.body.utf8.count))
    }
}
