internal import Dispatch
internal import Glibc
package import Sealing
internal import Synchronization

/// What a daemon does with the questions on its socket; the handshake and the frames are the listener's.
package protocol Responder: Sendable {
    associatedtype Incoming: Decodable & Sendable
    associatedtype Outgoing: Encodable & Sendable
    func welcome() async -> Welcome
    /// Total: what goes wrong is an answer.
    func answer(_ question: Incoming, secret: SecretBox?) async -> (Outgoing, SecretBox?)
    /// The same with a file that came along and who asks; left alone unless a daemon has a use for them.
    func answer(_ question: Incoming, secret: SecretBox?, file: PassedFile?, from peer: Peer) async -> (
        Outgoing, SecretBox?
    )
}

extension Responder {
    package func answer(
        _ question: Incoming, secret: SecretBox?, file: PassedFile?, from peer: Peer
    ) async -> (Outgoing, SecretBox?) {
        await answer(question, secret: secret)
    }
}

/// Runs work that blocks on a thread of its own, so that it holds up no other task.
package func blocking<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        Thread.start { continuation.resume(returning: work()) }
    }
}

/// The other way round: this thread, which belongs to nobody else, does the work of a task until that is done.
///
/// What waits for nobody is done without a change of threads; actors without an executor of their own work here too.
/// - Parameter started: given the task, so that it can be cancelled.
func awaiting<Value: Sendable>(
    _ work: @escaping @Sendable () async -> Value, started: (Task<Void, Never>) -> Void = { _ in }
) -> Value {
    let (executor, result) = (ThreadExecutor(), Promise<Value>())
    started(Task(executorPreference: executor) { await result.give(work()) })
    while true {
        executor.runNext()
        if let value = result.taken { return value }
    }
}

/// What a task gives once.
private final class Promise<Value: Sendable>: Sendable {
    private let value = Mutex<Value?>(nil)

    func give(_ value: Value) { self.value.withLock { $0 = value } }
    var taken: Value? { value.withLock(\.self) }
}

/// The jobs of one task, done by the thread that waits for it: SE-0417.
private final class ThreadExecutor: TaskExecutor {
    private let jobs = Mutex<[UnownedJob]>([])
    private let count = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        jobs.withLock { $0.append(job) }
        count.signal()
    }

    /// Waits for a job and does it.
    func runNext() {
        count.wait()
        guard let job = jobs.withLock({ $0.isEmpty ? nil : $0.removeFirst() }) else { return }
        unsafe job.runSynchronously(on: asUnownedTaskExecutor())
    }
}

/// A detached thread.
enum Thread {
    private final class Work {
        let body: @Sendable () -> Void
        init(_ body: @escaping @Sendable () -> Void) { self.body = body }
    }

    static func start(_ body: @escaping @Sendable () -> Void) {
        let work = unsafe Unmanaged.passRetained(Work(body))
        var thread = pthread_t()
        let failed = unsafe pthread_create(
            &thread, nil,
            { argument in
                if let argument = unsafe argument {
                    unsafe Unmanaged<Work>.fromOpaque(argument).takeRetainedValue().body()
                }
                return nil
            }, work.toOpaque())
        if failed != 0 { unsafe work.takeRetainedValue().body() } else { pthread_detach(thread) }
    }
}
