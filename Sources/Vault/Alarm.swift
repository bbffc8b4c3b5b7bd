internal import Synchronization

/// A bell with a time limit: whoever waits hears it, and who comes next hears one that nobody heard.
package final class Alarm: Sendable {
    private struct Bell {
        var rung = false
        var waiting: [UInt64: CheckedContinuation<Void, Never>] = [:]
        /// Whose time was over before they waited.
        var early: Set<UInt64> = []
        var number: UInt64 = 0
    }
    private let bell = Mutex(Bell())

    package init() {}

    package func ring() {
        let waiting = bell.withLock { bell in
            defer { bell.waiting = [:] }
            bell.rung = bell.waiting.isEmpty
            return bell.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }

    /// Returns when the alarm rings, rang before, or the time is over.
    func wait(atMost limit: Duration) async {
        let number = bell.withLock { bell in
            bell.number += 1
            return bell.number
        }
        let sleeper = Task {
            try? await Task.sleep(for: limit)
            if !Task.isCancelled { release(number) }
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let ready = bell.withLock { bell in
                    if bell.rung || bell.early.contains(number) || Task.isCancelled {
                        bell.rung = false
                        return true
                    }
                    bell.waiting[number] = continuation
                    return false
                }
                if ready { continuation.resume() }
            }
        } onCancel: {
            release(number)
        }
        sleeper.cancel()
        await sleeper.value
        _ = bell.withLock { $0.early.remove(number) }
    }

    private func release(_ number: UInt64) {
        let waiting = bell.withLock { bell in
            bell.early.insert(number)
            return bell.waiting.removeValue(forKey: number)
        }
        waiting?.resume()
    }
}
