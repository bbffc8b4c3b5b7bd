import Lifecycle
import Storage
import Testing

@testable import Vault

/// Lines, rests and questions, without a vault.
@Suite struct TurnsTests {
    private let now = Bench.start
    private let ids = (0..<8).map { _ in RecordID.random() }

    private func lined(_ hosts: [String?], due: Timestamp = Bench.start) -> Turns {
        var turns = Turns(interval: .seconds(2))
        for (id, host) in zip(ids, hosts) { turns.wait(id, at: host, due: due, now: now) }
        return turns
    }

    @Test func aHostIsAskedOnceInItsTime() {
        var turns = lined(["a", "a", "b", "a"])
        #expect(Set(turns.take(at: now, limit: 8)) == [ids[0], ids[2]])
        #expect(turns.next(at: now) == now + .seconds(2))
        #expect(turns.take(at: now + .milliseconds(1999), limit: 8).isEmpty)
        #expect(turns.take(at: now + .seconds(2), limit: 8) == [ids[1]])
        #expect(turns.take(at: now + .seconds(9), limit: 8) == [ids[3]])
        #expect(turns.next(at: now + .seconds(9)) == nil)
    }

    @Test func aCrowdedHostHoldsUpNobodyElse() {
        var turns = lined(Array(repeating: "a", count: 7) + ["b"])
        #expect(Set(turns.take(at: now, limit: 2)) == [ids[0], ids[7]])
    }

    @Test func whatNeedsNoRequestWaitsForNoHost() {
        var turns = lined([nil, nil, nil])
        #expect(turns.take(at: now, limit: 2) == [ids[0], ids[1]])
        #expect(turns.take(at: now, limit: 2) == [ids[2]])
    }

    @Test func furtherRequestsTakeFurtherTurns() {
        var turns = lined(["a", "a"])
        _ = turns.take(at: now, limit: 1)
        turns.used("a", requests: 3, at: now)
        #expect(turns.next(at: now) == now + .seconds(6))
    }

    @Test func whatWasMissedBeginsWithinTwoMinutes() throws {
        var turns = lined(["a", "b", "a", nil], due: now - .hours(3))
        #expect(turns.take(at: now, limit: 8) == [ids[3]])
        var taken: [RecordID] = []
        while let next = turns.next(at: now) {
            #expect(next < now + .minutes(2) + .seconds(4))
            taken += turns.take(at: next, limit: 8)
        }
        #expect(Set(taken) == [ids[0], ids[1], ids[2]])
    }

    @Test func nobodyIsInLineTwice() {
        var turns = lined(["a", "b"])
        turns.wait(ids[0], at: "c", due: now, now: now)
        #expect(turns.take(at: now, limit: 8).count == 2)
        turns.wait(ids[0], at: "c", due: now, now: now)
        #expect(turns.take(at: now, limit: 8).isEmpty)
        turns.end(ids[0])
        turns.wait(ids[0], at: "c", due: now, now: now)
        #expect(turns.take(at: now, limit: 8) == [ids[0]])
    }

    @Test func aRestDoublesUpToAnHour() {
        var turns = lined([])
        var (time, waits) = (now, [Duration]())
        for _ in 0..<9 {
            turns.rest(ids[0], at: time)
            #expect(!turns.isNew(ids[0]))
            guard let next = turns.next(at: time) else { break }
            waits.append(next - time)
            time = next
            #expect(turns.rested(at: time) == [ids[0]] && turns.isNew(ids[0]))
        }
        #expect(waits.prefix(3) == [.seconds(30), .minutes(1), .minutes(2)] && waits.last == .hours(1))
        turns.succeeded(ids[0])
        turns.rest(ids[0], at: time)
        #expect(turns.next(at: time) == time + .seconds(30))
    }

    @Test func aClockThatIsTurnedBackEmptiesTheLines() {
        var turns = lined(["a", "a"])
        turns.haveRead(to: DuePlace(before: now))
        let back = [now, now + .seconds(30), now, now - .seconds(29), now - .seconds(31)].map { turns.look(at: $0) }
        #expect(back == [false, false, false, false, true])
        #expect(turns.read == nil && turns.next(at: now) == nil && turns.isNew(ids[0]))
    }

    @Test func whatIsWrittenBehindThePlaceIsReadAgain() {
        var turns = lined([])
        turns.haveRead(to: DuePlace(before: now))
        turns.wrote(due: now + .seconds(1))
        #expect(turns.read == DuePlace(before: now))
        turns.wrote(due: now - .seconds(5))
        #expect(turns.read == DuePlace(before: now - .seconds(5)))
    }

    @Test func oneQuestionAtATimeAboutOneToken() {
        var turns = lined([])
        let begun = [ids[0], ids[0], ids[1]].map { turns.begin($0) }
        #expect(begun == [true, false, true] && turns.isAsking(ids[0]))
        turns.answered(ids[0])
        let again = turns.begin(ids[0])
        #expect(again)
    }

    @Test func whoeverIsAskedAboutWaitsForThatAndNoLonger() throws {
        var turns = lined([])
        _ = turns.begin(ids[0])
        turns.wait(ids[0], at: "a", due: now, now: now)
        turns.haveRead(to: DuePlace(before: now + .seconds(1)))
        #expect(turns.take(at: now, limit: 8).isEmpty && turns.next(at: now) == nil)
        turns.answered(ids[0])
        #expect(turns.read == DuePlace(before: now), "it is read again")
        turns.wait(ids[0], at: "a", due: now, now: now)
        #expect(turns.take(at: now, limit: 8) == [ids[0]])
        _ = turns.begin(ids[0])
        turns.end(ids[0])
        turns.haveRead(to: DuePlace(before: now + .seconds(1)))
        turns.rest(ids[0], due: now, at: now)
        #expect(turns.next(at: now) == nil, "no rest of 30 s")
        turns.answered(ids[0])
        #expect(turns.read == DuePlace(before: now))
    }
}
