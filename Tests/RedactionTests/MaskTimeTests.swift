import Testing

@testable import Redaction

/// What is held back, and how long.
@Suite struct MaskTimeTests {
    private static let start = ContinuousClock.now

    private func after(_ milliseconds: Int) -> ContinuousClock.Instant { Self.start + .milliseconds(milliseconds) }

    /// Bytes of an unknown kind's value, and when they are shown: in milliseconds of silence.
    @Test(arguments: [(1, 20), (2, 20), (3, 250), (7, 250), (8, nil), (18, nil)])
    func beginningIsLetGo(_ count: Int, _ silence: Int?) throws {
        var mask = try Mask([secret(MaskTests.value)])
        var shown: [UInt8] = []
        let typed = Array(("x" + MaskTests.value.prefix(count)).utf8)
        mask.feed(typed.span, at: Self.start, into: &shown)
        #expect(shown == [0x78])
        #expect(mask.deadline == silence.map(after))
        mask.settle(at: after((silence ?? 1_000_000) - 1), into: &shown)
        #expect(shown == [0x78])
        mask.settle(at: after(silence ?? 2_000_000), into: &shown)
        #expect(shown == (silence == nil ? [0x78] : typed))
        if silence != nil { #expect(mask.deadline == nil) }
    }

    /// However slowly it comes, no more than 7 bytes of it are seen.
    @Test(arguments: [10, 19, 20, 249, 250, 60_000]) func slowTyping(_ pause: Int) throws {
        var mask = try Mask([secret(MaskTests.value)])
        var shown: [UInt8] = []
        for (number, byte) in (MaskTests.value + "!").utf8.enumerated() {
            let now = after(number * pause)
            mask.settle(at: now, into: &shown)
            mask.feed([byte].span, at: now, into: &shown)
        }
        mask.finish(into: &shown)
        let seen = pause < 20 ? 0 : pause < 250 ? 2 : 7
        let all = String(decoding: shown, as: UTF8.self)
        #expect(all == MaskTests.value.prefix(seen) + "[a/b]!")
    }

    /// The beginning that all tokens of a kind share does not lag.
    @Test func publicBeginningIsShownAtOnce() throws {
        var mask = try Mask([secret("sk-test01-ABCDefgh1234mnop", publicCount: 10)])
        var shown: [UInt8] = []
        for byte in "sk-test01-".utf8 {
            mask.feed([byte].span, at: Self.start, into: &shown)
            #expect(shown.last == byte)
            #expect(mask.deadline == nil)
        }
        mask.feed(Array("A".utf8).span, at: Self.start, into: &shown)
        #expect(mask.deadline == after(20))
        #expect(String(decoding: shown, as: UTF8.self) == "sk-test01-")
    }

    @Test func anotherByteDecides() throws {
        var mask = try Mask([secret(MaskTests.value)])
        var shown: [UInt8] = []
        mask.feed(Array(MaskTests.value.prefix(18).utf8).span, at: Self.start, into: &shown)
        #expect(shown.isEmpty)
        mask.feed(Array("?".utf8).span, at: Self.start, into: &shown)
        #expect(String(decoding: shown, as: UTF8.self) == MaskTests.value.prefix(18) + "?")
    }
}
