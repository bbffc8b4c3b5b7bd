import Lifecycle
import Testing

@testable import Vault

/// A bell with a time limit: nobody misses a ring, and nobody waits longer than the limit.
@Suite(.timeLimit(.minutes(5))) struct AlarmTests {
    @Test func aRingBeforeIsHeard() async {
        let alarm = Alarm()
        alarm.ring()
        await alarm.wait(atMost: .days(1))
    }

    @Test func theTimeIsALimit() async {
        let alarm = Alarm()
        for _ in 0..<50 { await alarm.wait(atMost: .milliseconds(1)) }
        await alarm.wait(atMost: .zero)
    }

    @Test func manyRingsAndManyWaits() async {
        let alarm = Alarm()
        let ringer = Task {
            while !Task.isCancelled {
                alarm.ring()
                await Task.yield()
            }
        }
        for _ in 0..<500 { await alarm.wait(atMost: .days(1)) }
        ringer.cancel()
        await ringer.value
    }

    @Test func allWhoWaitHearIt() async {
        let alarm = Alarm()
        await withDiscardingTaskGroup { group in
            for _ in 0..<8 { group.addTask { await alarm.wait(atMost: .days(1)) } }
            for _ in 0..<200 {
                alarm.ring()
                try? await Task.sleep(for: .milliseconds(1))
            }
        }
    }

    @Test func aCancelledWaitEnds() async {
        let alarm = Alarm()
        for _ in 0..<100 {
            let waiting = Task { await alarm.wait(atMost: .days(1)) }
            if Bool.random() { await Task.yield() }
            waiting.cancel()
            await waiting.value
        }
        alarm.ring()
        await alarm.wait(atMost: .days(1))
    }
}
