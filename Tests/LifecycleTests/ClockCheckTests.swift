import Lifecycle
import Testing

/// Whose clock is wrong: ours, when several providers say so.
@Suite struct ClockCheckTests {
    private func check(_ sayings: [(Duration, String)]) -> ClockCheck {
        var check = ClockCheck()
        for (skew, host) in sayings { check.heard(skew, from: host) }
        return check
    }

    @Test func oneWordIsEnoughForItsHostAlone() {
        let check = check([(.days(365), "a")])
        #expect(!check.isDoubtful && check.isDoubtful(for: "a") && !check.isDoubtful(for: "b"))
    }

    @Test(arguments: [Duration.days(365), .days(-365), .seconds(121), .seconds(-121)])
    func twoHostsAreEnough(_ skew: Duration) {
        let check = check([(skew, "a"), (skew, "b")])
        #expect(check.isDoubtful && check.isDoubtful(for: "c") && check.skew == skew)
    }

    @Test func oneHostMustSaySoThreeTimes() {
        #expect(!check([(.hours(1), "a"), (.hours(1), "a")]).isDoubtful)
        #expect(check([(.hours(1), "a"), (.hours(1), "a"), (.hours(1), "a")]).isDoubtful)
    }

    @Test func whoeverAgreesEndsIt() {
        let check = check([(.hours(1), "a"), (.hours(1), "b"), (.seconds(120), "c")])
        #expect(!check.isDoubtful && !check.isDoubtful(for: "a") && check.skew == nil)
    }

    @Test func thisMachineProvesNothingAboutItself() {
        var check = check([(.hours(1), "a"), (.hours(1), "b")])
        check.heard(.zero, from: "http://127.0.0.1:1", isLoopback: true)
        #expect(check.isDoubtful && check.skew == .hours(1))
        check.heard(.zero, from: "b")
        #expect(!check.isDoubtful && check.skew == nil)
    }

    @Test func aRelayOnThisMachineTakesItsOwnDoubtBack() {
        var check = ClockCheck()
        for _ in 0..<3 { check.heard(.hours(1), from: "local", isLoopback: true) }
        #expect(check.isDoubtful)
        check.heard(.zero, from: "local", isLoopback: true)
        #expect(!check.isDoubtful && !check.isDoubtful(for: "local") && check.skew == nil)
    }
}
