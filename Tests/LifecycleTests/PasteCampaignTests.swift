import TestSupport
import Testing

@testable import Lifecycle

/// Thousands of mangled pastes: the original comes out, or a refusal, and never another token.
@Suite struct PasteCampaignTests {
    /// Pastes that hold a whole token under one to four mishaps.
    @Test(arguments: 1...4) func mangledPastesAreRepairedOrNamed(_ mishaps: Int) {
        var random = SplitMix(state: UInt64(mishaps) * 7919)
        var repaired = 0
        let total = 1500
        for round in 0..<total {
            let kind = Sample.kinds[round % Sample.kinds.count]
            let token = Sample.token(kind, seed: random.next())
            var mangler = Mangler(random: random, token: token)
            let paste = mangler.mangled(times: mishaps)
            random = mangler.random
            let read = Read(paste, wanted: round % 2 == 0 ? kind : nil)
            if read.token == token { repaired += 1 }
            #expect(read.token == nil || read.token == token, "\(mangler.steps) gave another token")
        }
        #expect(repaired * 100 >= total * 95, "\(repaired) of \(total) repaired")
    }

    /// Cut tokens with text behind them: nothing may be glued on.
    @Test func cutPastesAreNeverCompletedWithOtherText() {
        var random = SplitMix(state: 42)
        for round in 0..<3000 {
            let kind = Sample.kinds[round % Sample.kinds.count]
            let token = Sample.token(kind, seed: random.next())
            let length = 20 + Int(random.next() % UInt64(token.count - 20))
            let gap = [" ", "\n", "\r\n", "\n\n", "\n  ", "", "\u{A0}"].randomElement(using: &random) ?? " "
            let phrase = Mangler.phrases.randomElement(using: &random) ?? ""
            let paste = token.prefix(length) + (gap.isEmpty ? " " : gap) + phrase
            let read = Read(paste, wanted: round % 2 == 0 ? kind : nil)
            #expect(read.token == nil, "\(kind.id) cut at \(length), then \(phrase.debugDescription)")
        }
    }

    /// Random bytes of every sort end in an answer whose ranges lie inside the paste.
    @Test func everyPasteHasAnAnswer() {
        var random = SplitMix(state: 3)
        let parts: [[UInt8]] = [
            Array("sk-ant-oat01-".utf8), Array("sk-".utf8), [0x1B, 0x5B], [0xE2, 0x80], [0xC2], [0xF0, 0x9F],
            [0x0A],
            [0x20], [0x5C], [0x22], [0x2E, 0x2E, 0x2E], [0x23], [0x3D], [0x5F], Array("accessToken".utf8),
            [0x1B, 0x5D],
            Array("expiresAt".utf8), Array("1790000000000".utf8), [0x7E], Array("201".utf8), [0x00], [0xFF],
            [0xA0],
            Array("oc-sent-v2.".utf8), Array(Sample.token().utf8), Array(Sample.infix.utf8),
            [0x2A, 0x2A, 0x2A, 0x2A],
        ]
        for round in 0..<3000 {
            var bytes: [UInt8] = []
            for _ in 0..<(round % 40) {
                bytes += parts[Int(random.next() % UInt64(parts.count))]
                if random.next() % 3 == 0 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
            }
            for asIs in [false, true] {
                let read = Read(bytes: bytes, wanted: round % 3 == 0 ? Sample.setupToken : nil, asIs: asIs)
                var end = 0
                for range in read.cleaned?.ranges ?? [] {
                    #expect(range.lowerBound >= end && range.upperBound <= bytes.count && !range.isEmpty)
                    end = range.upperBound
                }
            }
        }
    }

    /// Shapes that would take quadratic time from a careless reader; each has the largest size allowed.
    @Test(.timeLimit(.minutes(20)), arguments: repetitions) func theLargestPastesEnd(_ part: String) {
        let paste = String(repeating: part, count: Paste.longest / part.utf8.count)
        #expect(Read(paste).token == nil)
    }

    static let repetitions = [
        "s", "sk-", "sk-ant-oat01-", "sk-ant-oat01-a ", "[1", "\u{1B}]", "s ", "\\", "> ", "_", "a#", "…",
        "accessToken:",
        "sk-ant-oat01-abcdefgh1\n", " ", "\n",
    ]
}
