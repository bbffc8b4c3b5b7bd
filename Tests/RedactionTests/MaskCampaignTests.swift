import Foundation
import Sealing
import TestSupport
import Testing

@testable import Redaction

/// Random texts in random pieces.
@Suite struct MaskCampaignTests {
    /// The pieces change nothing about what is shown, and no 8 bytes of a value are.
    @Test func piecesDoNotMatter() throws {
        var random = SplitMix(state: 0x0BAD_5EED)
        var hidden = 0
        let rounds = 400
        for round in 0..<rounds {
            let values = (0..<Int.random(in: 1...3, using: &random)).map { _ in Self.value(&random) }
            let secrets = try values.enumerated().map { try secret($1, "s/\($0)") }
            let text = Self.text(hiding: values, &random)
            let whole = try masked([text], secrets)
            #expect(try masked(Self.pieces(of: text, &random), secrets) == whole, "round \(round)")
            #expect(try masked(text.map { [$0] }, secrets) == whole, "round \(round)")
            let shown = String(decoding: whole, as: UTF8.self)
            hidden += shown.components(separatedBy: "[s/").count - 1
            for value in values { #expect(!Self.betrays(shown, value), "round \(round): \(shown)") }
        }
        print("mask: \(rounds) texts in three cuts, \(hidden) values hidden")
        #expect(hidden > 3 * rounds)
    }

    /// Without a value in it every text comes out as it went in.
    @Test func otherTextIsUntouched() throws {
        var random = SplitMix(state: 0x7E57)
        for _ in 0..<200 {
            let text = (0..<Int.random(in: 0...3_000, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let secrets = [
                try secret(Self.value(&random)), try secret("sk-test01-" + Self.value(&random), publicCount: 10),
            ]
            #expect(try masked(Self.pieces(of: text, &random), secrets) == text)
        }
    }

    /// Printed, and in a release build held to what README says.
    @Test func speed() throws {
        let line =
            "2026-11-23 10:00:00 INFO gateway: answered 200 to GET /v1/models?limit=1 in 84 ms, and nothing of a token\n"
        let text = Array(
            String(repeating: line, count: 1 + (Self.isRelease ? 64 << 20 : 1 << 20) / line.utf8.count).utf8)
        var random = SplitMix(state: 1)
        let token = (0..<95).map { _ in String(Character(Unicode.Scalar(UInt8.random(in: 97...122, using: &random)))) }
        let secrets = try (0..<4).map { try secret("sk-ant-oat01-\($0)" + token.joined(), "s/\($0)", publicCount: 13) }
        var mask = try Mask(secrets)
        var shown: [UInt8] = []
        shown.reserveCapacity(text.count)
        let clock = ContinuousClock()
        let time = clock.measure { mask.feed(text.span, at: clock.now, into: &shown) }
        mask.finish(into: &shown)
        #expect(shown == text)
        let rate = Double(text.count) / 1e6 / (time / .seconds(1))
        print("mask: \(text.count >> 20) MiB of log lines past 4 tokens: \(Int(rate)) MB/s")
        #expect(rate >= 100 || !Self.isRelease)
    }

    private static var isRelease: Bool {
        #if DEBUG
            false
        #else
            true
        #endif
    }

    private static let alphabet = Array("abcdefghijkABCDEFGHIJK0123456789+/-_.%~".utf8)

    private static func value(_ random: inout SplitMix) -> String {
        let few = Bool.random(using: &random) ? 3 : alphabet.count
        let bytes = (0..<Int.random(in: 12...40, using: &random)).map { _ in
            alphabet[Int.random(in: 0..<few, using: &random)]
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Words, whole values, beginnings and encodings, wrapped and coloured.
    private static func text(hiding values: [String], _ random: inout SplitMix) -> [UInt8] {
        var text = ""
        for _ in 0..<24 {
            let value = values[Int.random(in: 0..<values.count, using: &random)]
            switch Int.random(in: 0..<9, using: &random) {
            case 0: text += value
            case 1: text += value.prefix(Int.random(in: 0..<8, using: &random))
            case 2: text += Data(("k:" + value).utf8).base64EncodedString()
            case 3: text += value.utf8.map { String(format: "%02X", $0) }.joined()
            case 4: text += value.map { Int.random(in: 0..<6, using: &random) == 0 ? "\r\n\($0)" : "\($0)" }.joined()
            case 5:
                text += value.map { Int.random(in: 0..<6, using: &random) == 0 ? "\u{1B}[1m\($0)" : "\($0)" }.joined()
            case 6: text += "\u{1B}]0;\(value)\u{7}"
            default: text += " \(["the", "log", "aaa", "\u{1B}[3;4H", "\n"][Int.random(in: 0..<5, using: &random)])"
            }
            text += " "
        }
        return Array(text.utf8)
    }

    private static func pieces(of text: [UInt8], _ random: inout SplitMix) -> [[UInt8]] {
        var rest = text[...]
        var pieces: [[UInt8]] = []
        while !rest.isEmpty {
            let piece = rest.prefix(Int.random(in: 1...17, using: &random))
            pieces.append(Array(piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }

    /// Whether 10 bytes in a row of a value can be read, line breaks and colours aside.
    private static func betrays(_ shown: String, _ value: String) -> Bool {
        let plain = shown.replacing(/\u{1B}\[[0-9;]*[a-zA-Z]/, with: "").filter { !$0.isNewline }
        let bytes = Array(value.utf8)
        let pieces = (0...bytes.count - 10).map { Array(bytes[$0..<$0 + 10]) }
        return pieces.contains { piece in
            plain.utf8.count >= 10 && Data(plain.utf8).firstRange(of: piece) != nil
                || plain.lowercased().contains(piece.map { String(format: "%02x", $0) }.joined())
        }
    }
}
