internal import Keyring
internal import Lifecycle
internal import Policies
internal import Sealing
internal import Serving
internal import Wire

/// `secret-session serve`: keeps sealed values in the person's Secret Service for the key holder; it remembers none.
enum SessionDaemon {
    static func main() async -> Never {
        await DaemonStart.run("secret-session") { () async throws(Fault) in try await serve() }
    }

    private static func serve() async throws(Fault) {
        let places = try DaemonStart.places()
        guard let lock = try DaemonStart.lock(places.sessionLock, places) else {
            throw Fault(.notNow, "session_runs", "another secret-session runs here", hint: "secret daemon status")
        }
        let listener = try DaemonStart.listen(places.sessionSocket, places)
        let settings = try settings(places)
        let invitations = Invitations(places: places, program: Pinentry.program(settings.notify))
        let channels = NoticeChannels(settings.notify, hasBus: NoticeChannels.hasBus) { invitations.accept($0) }
        let post = NoticePost(places: places, channels: channels.all)
        try await DaemonSocket("secret-session", listener, KeepingDoor(listener: listener)).serve(beside: [post])
        withExtendedLifetime(lock) {}
    }
}

extension SessionDaemon {
    static func settings(_ places: Places) throws(Fault) -> Settings {
        do { return try Settings.load(from: places.configurationFile) } catch {
            throw Fault(
                .configuration, "configuration", "\(places.configurationFile): \(error.message)",
                hint: "correct the file, then run: secret daemon start")
        }
    }
}

/// Answers orders one frame at a time.
private struct KeepingDoor: Responder {
    let listener: Listener
    /// What the asker keeps for itself of the time that it waits, so that it hears the answer: the keyring's grace and a little.
    private static let margin: Int64 = 400

    func welcome() async -> Welcome { Welcome(vault: .none, prober: false, attention: nil) }

    func answer(_ order: KeepingOrder, secret: SecretBox?) async -> (KeepingReply, SecretBox?) {
        let time = min(.milliseconds(max(1, order.milliseconds - Self.margin)), SecretServiceKeeper.callTime)
        let (condition, item) = await blocking { Self.perform(order.task, secret, SecretServiceKeeper(within: time)) }
        // This process knows one bus, the one of its start. Where that has no keyring, the next command's may: it starts another.
        if condition == .absent { listener.stop() }
        return (KeepingReply(condition), item)
    }

    private static func perform(
        _ task: KeepingOrder.Task, _ secret: SecretBox?, _ keeper: SecretServiceKeeper
    ) -> (KeyringCondition, SecretBox?) {
        do throws(KeyringError) {
            switch task {
            case .store(let id):
                guard let secret else { return (.refused, nil) }
                try keeper.store(secret.bytes, as: KeyringItemID(id))
            case .fetch(let id): return (.present, SecretBox(try keeper.fetch(KeyringItemID(id))))
            case .delete(let id): try keeper.delete(KeyringItemID(id))
            case .state: return (KeyringCondition(keeper.state()), nil)
            }
            return (.present, nil)
        } catch { return (KeyringCondition(error), nil) }
    }
}

extension KeyringItemID {
    init(_ id: RecordID) {
        guard let same = KeyringItemID(bytes: id.bytes) else { preconditionFailure("both ids have 16 bytes") }
        self = same
    }
}

extension KeyringCondition {
    init(_ state: KeyringState) {
        self =
            switch state {
            case .present: .present
            case .locked: .locked
            case .absent: .absent
            case .hung: .hung
            case .prompting: .prompting
            }
    }

    init(_ error: KeyringError) {
        self =
            switch error {
            case .absent: .absent
            case .locked: .locked
            case .hung: .hung
            case .prompting, .dismissed: .prompting
            case .transient: .transient
            case .missing: .missing
            case .changedInKeeping, .unfitSize: .changed
            case .refused, .lockedMemoryExhausted: .refused
            }
    }
}
