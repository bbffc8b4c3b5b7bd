import Lifecycle
import Sealing
import Vault
import Wire

/// The person's keyring behind `secret-session`, a connection for each call.
struct SocketKeeper: ValueKeeper {
    let path: String

    func store(_ sealed: [UInt8], as id: RecordID, within time: Duration) async throws(KeyringCondition) {
        guard let secret = try? SecretBox(SecretBytes(copying: sealed.span)) else { throw .refused }
        _ = try await ask(.store(id), secret, within: time)
    }

    func fetch(_ id: RecordID, within time: Duration) async throws(KeyringCondition) -> [UInt8] {
        guard let box = try await ask(.fetch(id), nil, within: time) else { throw .changed }
        return box.bytes.withBytes { bytes in bytes.indices.map { bytes[$0] } }
    }

    func delete(_ id: RecordID, within time: Duration) async throws(KeyringCondition) {
        _ = try await ask(.delete(id), nil, within: time)
    }

    func state(within time: Duration) async -> KeyringCondition {
        do throws(KeyringCondition) {
            _ = try await ask(.state, nil, within: time)
            return .present
        } catch { return error }
    }

    func isReachable() -> Bool { (try? Client.process(at: path)) != nil }

    /// The call is cut when the time is over: a stopped process accepts a connection and says nothing.
    private func ask(
        _ task: KeepingOrder.Task, _ secret: SecretBox?, within time: Duration
    ) async throws(KeyringCondition) -> SecretBox? {
        guard time > .zero else { throw .hung }
        let interruption = Interruption()
        let alarm = Task {
            try? await Task.sleep(for: time)
            if !Task.isCancelled { interruption.cut() }
        }
        let order = KeepingOrder(task, milliseconds: time.milliseconds)
        let result = await blocking { Self.call(path, order, secret, interruption) }
        alarm.cancel()
        return try result.get()
    }

    private static func call(
        _ path: String, _ order: KeepingOrder, _ secret: SecretBox?, _ interruption: Interruption
    ) -> Result<SecretBox?, KeyringCondition> {
        do throws(WireError) {
            let client = try Client(socket: path, program: "secretd", interruption: interruption)
            let (reply, box) =
                if let secret {
                    try client.call(order, secret: secret.bytes, as: KeepingReply.self)
                } else {
                    try client.call(order, as: KeepingReply.self)
                }
            return reply.condition == .present ? .success(box) : .failure(reply.condition)
        } catch {
            if interruption.isCut { return .failure(.sessionHung) }
            return switch error {
            case .timedOut, .busy: .failure(.sessionHung)
            default: .failure(.noSession)
            }
        }
    }
}
