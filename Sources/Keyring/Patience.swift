internal import CSecret
internal import Dispatch
internal import Synchronization

/// How long a call may take before its caller goes on without it.
struct Patience: Sendable {
    /// After this the call is asked to stop; GDBus does so at once.
    let limit: Duration
    /// After this much more the thread is left to itself: the service or the bus holds it in a place that
    /// does not listen.
    let grace: Duration

    /// Runs `work` on a thread of its own.
    ///
    /// - Throws: `.hung` when the time is up, `.prompting` when a prompt is what took it, and what `work` throws.
    func run<Value: ~Copyable & Sendable>(
        _ work: @escaping @Sendable (Cancellation) throws(KeyringError) -> Value
    ) throws(KeyringError) -> Value {
        let cancellation = Cancellation()
        let answer = Answer<Value>()
        DispatchQueue(label: "tokenward.keyring").async {
            do throws(KeyringError) { answer.give(.success(try work(cancellation))) } catch {
                answer.give(.failure(error))
            }
        }
        if let result = answer.take(within: limit) { return try told(result, cancellation) }
        if cancellation.holdsPrompt { throw .prompting }
        cancellation.cancel()
        guard let late = answer.take(within: grace) else { throw cancellation.sawPrompt ? .prompting : .hung }
        return try told(late, cancellation)
    }

    /// A call that was asked to stop ends as hung, whatever it had got to.
    private func told<Value: ~Copyable>(
        _ result: consuming Result<Value, KeyringError>, _ cancellation: Cancellation
    ) throws(KeyringError) -> Value {
        do throws(KeyringError) { return try result.get() } catch {
            throw error == .hung && cancellation.sawPrompt ? .prompting : error
        }
    }
}

/// The place where the worker leaves its result and its caller, if still there, finds it.
private final class Answer<Value: ~Copyable & Sendable>: Sendable {
    private let result = Mutex<Result<Value, KeyringError>?>(nil)
    private let arrived = DispatchSemaphore(value: 0)

    func give(_ value: consuming sending Result<Value, KeyringError>) {
        var value: Result<Value, KeyringError>? = value
        result.withLock { $0 = value.take() }
        arrived.signal()
    }

    func take(within time: Duration) -> Result<Value, KeyringError>? {
        let (seconds, attoseconds) = time.components
        let nanoseconds = Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000)
        guard arrived.wait(timeout: .now() + .nanoseconds(nanoseconds)) == .success else { return nil }
        return result.withLock { $0.take() }
    }
}
