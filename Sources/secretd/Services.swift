import ServiceLifecycle
import Vault
import Wire

/// The socket as a service: it ends with the group, after the answers under way.
struct SocketService<Peer: Responder>: Service {
    let listener: Listener
    let responder: Peer

    func run() async {
        await withGracefulShutdownHandler {
            await listener.run(responder)
        } onGracefulShutdown: {
            listener.stop()
        }
    }
}

/// Ends the daemon when its socket is gone, so that the next command starts one that can be reached.
struct SocketWatch: Service {
    let listener: Listener
    private static let interval = Duration.seconds(30)

    func run() async {
        await cancelWhenGracefulShutdown {
            while listener.isInPlace { guard (try? await Task.sleep(for: Self.interval)) != nil else { return } }
        }
    }
}

/// The timer as a service: a graceful stop cancels it at once, a probe under way is asked again after the next start.
struct TimerService: Service {
    let timer: ProbeTimer

    func run() async {
        await cancelWhenGracefulShutdown { await timer.run() }
    }
}
