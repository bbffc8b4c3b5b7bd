import Lifecycle
import Testing

/// Deaths that come together are held back for an hour, each credential once a day.
@Suite struct CorrelationHoldTests {
    static let start = Timestamp(seconds: 1_800_000_000)
    static let route = CorrelationHold.Route(kind: "a.key", host: "a.example")
    static let other = CorrelationHold.Route(kind: "b.key", host: "b.example")
    let ids = (0..<6).map { _ in RecordID.random() }

    private func at(_ minutes: Int64) -> Timestamp { Self.start + .minutes(minutes) }

    @Test func oneAloneCounts() {
        var hold = CorrelationHold()
        for minute in [0, 10, 40] as [Int64] {
            #expect(hold.turnedBad(ids[0], on: Self.route, at: at(minute)) == .counts)
        }
        #expect(!hold.isHolding(at: at(41)))
    }

    @Test(arguments: [true, false]) func twoWithinAQuarterOfAnHourAreHeld(_ sameMaker: Bool) {
        var hold = CorrelationHold()
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(0)) == .counts)
        let second = hold.turnedBad(ids[1], on: sameMaker ? Self.route : Self.other, at: at(14))
        #expect(second == .held(until: at(74)))
        #expect(hold.isHolding(at: at(73)) && !hold.isHolding(at: at(74)))
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(15)) == .held(until: at(74)), "the first is held too")
        #expect(hold.turnedBad(ids[2], on: Self.route, at: at(60)) == .held(until: at(74)), "and whoever follows")
    }

    @Test func twoFarApartCount() {
        var hold = CorrelationHold()
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(0)) == .counts)
        #expect(hold.turnedBad(ids[1], on: Self.route, at: at(16)) == .counts)
    }

    /// A fleet that is really dead is found: after one hour every answer counts.
    @Test func nobodyIsHeldTwiceInADay() {
        var hold = CorrelationHold()
        for id in ids { _ = hold.turnedBad(id, on: Self.route, at: at(0)) }
        for id in ids { _ = hold.turnedBad(id, on: Self.route, at: at(10)) }
        for (place, id) in ids.enumerated() {
            #expect(hold.turnedBad(id, on: Self.route, at: at(61 + Int64(place))) == .counts)
            #expect(hold.turnedBad(id, on: Self.route, at: at(72 + Int64(place))) == .counts)
        }
        let tomorrow = at(25 * 60)
        _ = hold.turnedBad(ids[0], on: Self.route, at: tomorrow)
        #expect(hold.turnedBad(ids[1], on: Self.route, at: tomorrow) != .counts)
    }

    /// The way to the provider is good: a sibling went through it just now.
    @Test func aSiblingsProofMakesAnswersCount() {
        var hold = CorrelationHold()
        hold.proven(ids[5], on: Self.route, at: at(0))
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(5)) == .counts)
        #expect(hold.turnedBad(ids[1], on: Self.route, at: at(6)) == .counts)
        #expect(hold.turnedBad(ids[3], on: Self.other, at: at(7)) != .counts, "another maker proves nothing here")
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(11)) != .counts, "an old proof proves nothing")
    }

    /// The trouble began after the proof: the next answers are not alone.
    @Test func whatCountedBecauseOfAProofIsRemembered() {
        var hold = CorrelationHold()
        hold.proven(ids[5], on: Self.route, at: at(0))
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(6)) == .counts)
        #expect(hold.turnedBad(ids[1], on: Self.route, at: at(7)) == .counts)
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(16)) == .held(until: at(76)), "no death on one old proof")
        #expect(hold.turnedBad(ids[1], on: Self.route, at: at(17)) == .held(until: at(76)))
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(76)) == .counts)
    }

    @Test func whoProvedTheHoldRightIsHeldAgain() {
        var hold = CorrelationHold()
        for id in ids.prefix(2) { _ = hold.turnedBad(id, on: Self.route, at: at(0)) }
        for id in ids.prefix(2) { hold.proven(id, on: Self.route, at: at(70)) }
        _ = hold.turnedBad(ids[0], on: Self.route, at: at(300))
        #expect(hold.turnedBad(ids[1], on: Self.route, at: at(301)) == .held(until: at(361)))
        #expect(hold.turnedBad(ids[0], on: Self.route, at: at(310)) == .held(until: at(361)))
        #expect(hold.turnedBad(ids[1], on: Self.route, at: at(361)) == .counts, "and found when it is really dead")
    }

    @Test func aProofThatWasReportedIsNoWayOfOurs() {
        var hold = CorrelationHold()
        hold.proven(ids[5], on: nil, at: at(0))
        _ = hold.turnedBad(ids[0], on: Self.route, at: at(1))
        #expect(hold.turnedBad(ids[1], on: Self.route, at: at(2)) != .counts)
    }

    @Test(arguments: [(-61, false), (-1, false), (0, false), (1, true), (60, true), (61, false)] as [(Int64, Bool)])
    func aRestartForgetsNoHold(_ end: Int64, _ isHeld: Bool) {
        var hold = CorrelationHold()
        hold.recall(ids[0], heldUntil: at(end), at: at(0))
        let ruling = hold.turnedBad(ids[0], on: Self.route, at: at(0))
        #expect(ruling == (isHeld ? .held(until: at(end)) : .counts), "an end out of reach is no end")
        #expect(hold.isHolding(at: at(0)) == isHeld)
    }

    @Test func whoWasHeldBeforeARestartIsNotHeldAgain() {
        var hold = CorrelationHold()
        for id in ids { hold.recall(id, heldUntil: at(0), at: at(1)) }
        for id in ids { #expect(hold.turnedBad(id, on: Self.route, at: at(2)) == .counts) }
        for id in ids { #expect(hold.turnedBad(id, on: Self.route, at: at(12)) == .counts) }
    }

    @Test func itsOwnProofIsNoSiblings() {
        var hold = CorrelationHold()
        hold.proven(ids[0], on: Self.route, at: at(0))
        _ = hold.turnedBad(ids[0], on: Self.route, at: at(1))
        #expect(hold.turnedBad(ids[1], on: Self.other, at: at(2)) != .counts)
    }

    @Test func whoRecoveredIsNotCounted() {
        var hold = CorrelationHold()
        _ = hold.turnedBad(ids[0], on: Self.route, at: at(0))
        hold.proven(ids[0], on: Self.route, at: at(1))
        #expect(hold.turnedBad(ids[1], on: Self.other, at: at(2)) == .counts)
    }

    /// A clock that is put back must not hold for years.
    @Test func aClockPutBackHoldsNothing() {
        var hold = CorrelationHold()
        for id in ids.prefix(3) { _ = hold.turnedBad(id, on: Self.route, at: Self.start + .days(365)) }
        #expect(hold.turnedBad(ids[4], on: Self.route, at: Self.start) == .counts)
    }
}
