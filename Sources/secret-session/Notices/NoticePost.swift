internal import Glibc
internal import Lifecycle
internal import ServiceLifecycle
internal import Wire

/// Carries notices from the key holder to every channel, each as far as it got; a channel that fails is tried again.
struct NoticePost: Service {
    let places: Places
    let channels: [any NoticeChannel]
    /// While the key holder does not run, or its vault is locked.
    private static let rest = Duration.seconds(20)
    private static let wait = Duration.seconds(45)

    func run() async {
        guard !channels.isEmpty else { return }
        await cancelWhenGracefulShutdown {
            var ledger = NoticeLedger.load(places.noticeLedger)
            while !Task.isCancelled {
                let before = ledger
                let pause = await step(&ledger)
                // Where the disk is full, the next start tells again what was told.
                if ledger != before { _ = ledger.save(places.noticeLedger) }
                if let pause { try? await Task.sleep(for: pause) }
            }
        }
    }

    /// One question and what it brings.
    ///
    /// - Returns: how long to rest before the next.
    private func step(_ ledger: inout NoticeLedger) async -> Duration? {
        let now = Timestamp.current()
        let ready = ledger.channels.isEmpty ? channels.map(\.name) : ledger.ready(at: now)
        let first = ready.compactMap { ledger.channels[$0]?.after }.min()
        guard !ready.isEmpty else { return Self.pause(ledger, at: now) }
        let retry = ledger.channels.values.compactMap(\.retryAt).min().map { $0 - now }
        guard let page = await ask(after: first, within: min(max(retry ?? Self.wait, .zero), Self.wait)) else {
            return Self.rest
        }
        ledger.follow(page, channels.map(\.name))
        for channel in channels where ready.contains(channel.name) { await tell(page, channel, &ledger) }
        return nil
    }

    private static func pause(_ ledger: NoticeLedger, at now: Timestamp) -> Duration {
        let retry = ledger.channels.values.compactMap(\.retryAt).min().map { $0 - now }
        return min(max(retry ?? rest, .milliseconds(100)), rest)
    }

    private func tell(_ page: NoticePage, _ channel: any NoticeChannel, _ ledger: inout NoticeLedger) async {
        guard let state = ledger.channels[channel.name] else { return }
        let waiting = Notice.worthTelling(page.notices.filter { $0.sequence > state.after })
        for notice in waiting {
            let result = await blocking { () -> Result<Void, ChannelFailure> in
                do throws(ChannelFailure) { return .success(try channel.deliver(notice)) } catch {
                    return .failure(error)
                }
            }
            if case .failure(let failure) = result {
                return ledger.failed(channel.name, failure.problem, at: .current())
            }
            ledger.delivered(channel.name, upTo: notice.sequence, at: .current(), any: true)
        }
        ledger.delivered(channel.name, upTo: page.upTo, at: .current(), any: false)
    }

    /// Nil when the key holder does not answer, or has no keys.
    private func ask(after sequence: UInt64?, within time: Duration) async -> NoticePage? {
        let interruption = Interruption()
        let socket = places.agentSocket
        return await withTaskCancellationHandler {
            await blocking { () -> NoticePage? in
                let request = Request.notices(after: sequence, waitMilliseconds: time.milliseconds)
                guard
                    let client = try? Client(
                        socket: socket, program: "secret-session", timeoutSeconds: 90, interruption: interruption),
                    case .notices(let page)? = try? client.call(request, as: Answer.self).0
                else { return nil }
                return page
            }
        } onCancel: {
            interruption.cut()
        }
    }
}
