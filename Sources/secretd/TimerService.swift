import ServiceLifecycle
import Vault

/// The timer as a service: a graceful stop cancels it at once, a probe under way is asked again after the next start.
struct TimerService: Service {
    let timer: ProbeTimer

    func run() async {
        await cancelWhenGracefulShutdown { await timer.run() }
    }
}
