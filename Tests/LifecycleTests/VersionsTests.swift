import Foundation
import Lifecycle
import TestSupport
import Testing

@Suite struct VersionsTests {
    private let start = Timestamp(seconds: 1_800_000_000)
    private var end: Timestamp { start + .days(1) }

    private func roles(_ versions: Versions) -> [Version.Role] { versions.all.map(\.role) }

    @Test func theFirstPasteIsLive() {
        let versions = Versions(firstStoredAt: start)
        #expect(versions.live?.number == 1 && versions.live?.storedAt == start)
        #expect(versions.candidate == nil && versions.previous == nil)
        #expect(versions.kept == [1])
    }

    @Test func aStagedValueWaitsBesideTheLiveOne() {
        var versions = Versions(firstStoredAt: start)
        let second = versions.stage(at: end, grace: .hours(3))
        #expect(second == 2)
        #expect(roles(versions) == [.live, .candidate])
        #expect(versions.candidate?.grace == .hours(3))
        let third = versions.stage(at: end)
        #expect(third == 3)
        #expect(roles(versions) == [.live, .dead, .candidate])
        #expect(versions.kept == [1, 3])
    }

    @Test func promotionKeepsTheOldValue() {
        var versions = Versions(firstStoredAt: start)
        _ = versions.stage(at: start)
        versions.refuseCandidate(reason: "revoked")
        #expect(versions.candidate?.refusal == "revoked")
        let promoted = versions.promote(keepingOldUntil: end)
        #expect(promoted)
        #expect(versions.live?.number == 2 && versions.live?.refusal == nil)
        #expect(versions.previous?.number == 1 && versions.previous?.keptUntil == end)
    }

    @Test func onlyOneOldValueIsKept() {
        var versions = Versions(firstStoredAt: start)
        for _ in 0..<2 {
            _ = versions.stage(at: start)
            let promoted = versions.promote(keepingOldUntil: end)
            #expect(promoted)
        }
        #expect(roles(versions) == [.dead, .retiring, .live])
        #expect(versions.kept == [2, 3])
    }

    @Test func withoutACandidateNothingIsPromotedOrRefused() {
        var versions = Versions(firstStoredAt: start)
        let before = versions
        let promoted = versions.promote(keepingOldUntil: end)
        #expect(!promoted)
        versions.refuseCandidate(reason: "revoked")
        #expect(versions == before)
    }

    @Test func undoDropsACandidateFirst() {
        var versions = Versions(firstStoredAt: start)
        _ = versions.stage(at: start)
        _ = versions.promote(keepingOldUntil: end)
        _ = versions.stage(at: start)
        let undone = versions.undo(keepingOldUntil: end)
        #expect(undone)
        #expect(roles(versions) == [.retiring, .live, .dead])
    }

    @Test func undoGoesBackAndForth() {
        var versions = Versions(firstStoredAt: start)
        _ = versions.stage(at: start)
        _ = versions.promote(keepingOldUntil: end)
        let undone = versions.undo(keepingOldUntil: end + .hours(1))
        #expect(undone)
        #expect(roles(versions) == [.live, .retiring])
        #expect(versions.live?.keptUntil == nil && versions.previous?.keptUntil == end + .hours(1))
        let undoneAgain = versions.undo(keepingOldUntil: end + .hours(2))
        #expect(undoneAgain)
        #expect(roles(versions) == [.retiring, .live])
    }

    @Test func thereIsNothingToUndoAtFirst() {
        var versions = Versions(firstStoredAt: start)
        let undone = versions.undo(keepingOldUntil: end)
        #expect(!undone)
        #expect(roles(versions) == [.live])
    }

    @Test func whatIsKeptEndsAtItsTime() {
        var versions = Versions(firstStoredAt: start)
        let ended = versions.expireKept(at: end)
        #expect(!ended)
        _ = versions.stage(at: start)
        _ = versions.promote(keepingOldUntil: end)
        let endedAgain = versions.expireKept(at: end - .milliseconds(1))
        #expect(!endedAgain)
        let endedLater = versions.expireKept(at: end)
        #expect(endedLater)
        #expect(roles(versions) == [.dead, .live])
        let undone = versions.undo(keepingOldUntil: end)
        #expect(!undone)
    }

    @Test func eachVersionHasItsOwnHome() throws {
        let (first, second) = (RecordID.random(), RecordID.random())
        var versions = Versions(firstStoredAt: start, item: first)
        #expect(versions.next == 2)
        let number = versions.stage(at: start, item: second)
        #expect(number == 2 && versions.next == 3)
        _ = versions.promote(keepingOldUntil: end)
        #expect(versions[1]?.item == first && versions.live?.item == second && versions[3] == nil)
        versions.move(1, to: nil)
        versions.move(2, to: first)
        #expect(versions[1]?.item == nil && versions.live?.item == first)
        #expect(try JSONDecoder().decode(Versions.self, from: JSONEncoder().encode(versions)) == versions)
        versions.letGo(1)
        #expect(roles(versions) == [.dead, .live] && versions.previous == nil)
    }

    @Test(arguments: UInt64(1)...200) func anySequenceKeepsOneLiveAndOneCandidate(seed: UInt64) {
        var random = SplitMix(state: seed)
        var versions = Versions(firstStoredAt: start)
        var now = start
        var highest = 1
        for _ in 0..<100 {
            now = now + .hours(Int64(random.next() % 30))
            switch random.next() % 5 {
            case 0: _ = versions.stage(at: now)
            case 1: _ = versions.promote(keepingOldUntil: now + .hours(24))
            case 2: _ = versions.undo(keepingOldUntil: now + .hours(24))
            case 3: _ = versions.expireKept(at: now)
            default: versions.refuseCandidate(reason: "r")
            }
            let roles = roles(versions)
            #expect(roles.count { $0 == .live } == 1)
            #expect(roles.count { $0 == .candidate } <= 1)
            #expect(roles.count { $0 == .retiring } <= 1)
            let numbers = versions.all.map(\.number)
            #expect(numbers == numbers.sorted() && Set(numbers).count == numbers.count)
            #expect((numbers.last ?? 0) >= highest)
            #expect(roles.count { $0 == .dead } <= 14)
            highest = numbers.last ?? 0
        }
    }
}
