import Sealing
import ServiceLifecycle
import Synchronization
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

/// The timer as a service: a graceful stop cancels it at once, a probe under way is asked again after the next start.
struct TimerService: Service {
    let timer: ProbeTimer

    func run() async {
        await cancelWhenGracefulShutdown { await timer.run() }
    }
}

/// Carries a client's wish to stop to the service group that is made after the socket.
final class StopSignal: Sendable {
    private struct Bell {
        var rung = false
        var action: (@Sendable () -> Void)?
    }
    private let bell = Mutex(Bell())

    func whenRung(_ action: @escaping @Sendable () -> Void) {
        let rung = bell.withLock { bell in
            bell.action = action
            return bell.rung
        }
        if rung { action() }
    }

    func ring() {
        let action = bell.withLock { bell in
            bell.rung = true
            return bell.action
        }
        action?()
    }
}

/// The vault's door, and the one request that is for the daemon itself.
struct Door: Responder {
    let vault: Vault
    let stop: StopSignal

    func welcome() async -> Welcome { await vault.welcome() }

    func answer(_ question: Request, secret: SecretBox?) async -> (Answer, SecretBox?) {
        guard question != .stop else {
            stop.ring()
            return (.done("stopping"), nil)
        }
        return await vault.answer(question, secret: secret)
    }
}
