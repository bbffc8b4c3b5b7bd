internal import Logging
package import ServiceLifecycle
internal import UnixSignals
package import Wire

/// A daemon's socket and what runs beside it, until a signal or the socket's end stops them all.
package struct DaemonSocket<Peer: Responder>: Sendable {
    private let program: String
    private let listener: Listener
    private let responder: Peer

    package init(_ program: String, _ listener: Listener, _ responder: Peer) {
        self.program = program
        self.listener = listener
        self.responder = responder
    }

    /// Tells the starter that commands may come, and returns after the last answer under way.
    ///
    /// - Throws: `services` when a service ends that should not.
    package func serve(beside others: [any Service] = []) async throws(Fault) {
        let own: [ServiceGroupConfiguration.ServiceConfiguration] = [
            .init(
                service: SocketService(listener: listener, responder: responder),
                successTerminationBehavior: .gracefullyShutdownGroup),
            .init(service: SocketWatch(listener: listener), successTerminationBehavior: .gracefullyShutdownGroup),
        ]
        let group = ServiceGroup(
            configuration: .init(
                services: own + others.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint],
                logger: Logger(label: program)))
        do { try await group.run() } catch {
            throw Fault(.fault, "services", "\(program)'s services ended unexpectedly", hint: "secret daemon status")
        }
    }
}

/// The socket as a service: it ends with the group, after the answers under way.
private struct SocketService<Peer: Responder>: Service {
    let listener: Listener
    let responder: Peer

    func run() async {
        // The group listens to signals by now: whoever hears the word may end this process in peace.
        DaemonStart.ready()
        await withGracefulShutdownHandler {
            await listener.run(responder)
        } onGracefulShutdown: {
            listener.stop()
        }
    }
}

/// Ends the daemon when its socket is gone, so that the next command starts one that can be reached.
private struct SocketWatch: Service {
    let listener: Listener
    private static let interval = Duration.seconds(30)

    func run() async {
        await cancelWhenGracefulShutdown {
            while listener.isInPlace { guard (try? await Task.sleep(for: Self.interval)) != nil else { return } }
        }
    }
}
