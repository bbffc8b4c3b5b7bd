import Foundation
import Testing

@testable import Redaction

/// What is found, and what stands in its place.
@Suite struct MaskTests {
    static let value = "k3y-Zq8+/7_Wm.5x%A~"

    /// Spelling, text, what is shown.
    static let table: [(name: String, text: String, shown: String)] = {
        let data = Data(value.utf8)
        let hex = value.utf8.map { String(format: "%02x", $0) }.joined()
        func base64(_ before: String, _ after: String) -> String {
            Data((before + value + after).utf8).base64EncodedString()
        }
        let all = value.utf8.map { String(format: "%%%02X", $0) }.joined()
        let form = value.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
        let unreserved = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        let reserved = value.addingPercentEncoding(withAllowedCharacters: unreserved) ?? ""
        let slash = unreserved.union(CharacterSet(charactersIn: "/"))
        return [
            ("alone", value, "[a/b]"),
            ("in text", "key=\(value)\n", "key=[a/b]\n"),
            ("twice", value + value, "[a/b][a/b]"),
            ("behind its own beginning", "k3y-Zk3y-" + value, "k3y-Zk3y-[a/b]"),
            ("over two lines", "\(value.prefix(9))\r\n\(value.dropFirst(9))!", "[a/b]\r\n!"),
            ("one character a line", value.map { "\($0)\n" }.joined(), "[a/b]" + String(repeating: "\n", count: 19)),
            ("wide", value.map { "\($0)\0" }.joined() + ".", "[a/b]" + String(repeating: "\0", count: 19) + "."),
            ("colours inside", "\(value.prefix(4))\u{1B}[1;31m\(value.dropFirst(4))", "[a/b]\u{1B}[1;31m"),
            (
                "a cursor that goes on", "\(value.prefix(4))\u{1B}[2;1H\u{1B}]0;t\u{7}\(value.dropFirst(4)).",
                "[a/b]\u{1B}[2;1H\u{1B}]0;t\u{7}."
            ),
            (
                "wrapped by an editor",
                "\(value.prefix(12))\(value.prefix(12).suffix(1))\u{1B}[3;1H\(value.dropFirst(12))x",
                "[a/b]\u{1B}[3;1Hx"
            ),
            ("in a title", "\u{1B}]0;\(value)\u{7}ok", "\u{1B}]0;[a/b]\u{7}ok"),
            ("in a title that never ends", "\u{1B}]0;x\(value)", "\u{1B}]0;x[a/b]"),
            ("base64", data.base64EncodedString(), "[a/b]=="),
            ("base64 of more", "\(base64("x", "y")).", "eG[a/b]5."),
            ("hexadecimal", "0x\(hex).", "0x[a/b]."), ("HEXADECIMAL", hex.uppercased(), "[a/b]"),
            ("all percent", all, "[a/b]"), ("all percent, small", all.lowercased(), "[a/b]"),
            ("form", "q=\(form)&r", "q=\(form)&r"),
            ("reserved percent", "q=\(reserved)&r", "q=[a/b]&r"),
            ("percent but slashes", value.addingPercentEncoding(withAllowedCharacters: slash) ?? "", "[a/b]"),
            ("another", String(value.reversed()), String(value.reversed())),
            ("all but the last character", "\(value.dropLast()). ", "\(value.dropLast()). "),
            ("cut by the end", "\(value.dropLast())", "[a/b]"),
            ("eight bytes and the end", "x\(value.prefix(8))", "x[a/b]"),
            ("seven bytes and the end", "x\(value.prefix(7))", "x\(value.prefix(7))"),
            ("nothing", "", ""),
        ]
    }()

    @Test(arguments: table.map(\.name)) func whatIsShown(_ name: String) throws {
        let row = try #require(Self.table.first { $0.name == name })
        let secrets = [try secret(Self.value)]
        #expect(try masked(row.text, hiding: secrets) == row.shown)
        let bytes = row.text.utf8.map { [$0] }
        #expect(try String(decoding: masked(bytes, secrets), as: UTF8.self) == row.shown)
    }

    /// Each alphabet, each place in a group of three, and whatever stands beside it.
    @Test func base64OfEveryAlignment() throws {
        let secrets = [try secret(Self.value)]
        for before in ["", "x", "xy", "xyz"] {
            for after in ["", "z", "zy", "zyx"] {
                let text = Data((before + Self.value + after).utf8).base64EncodedString()
                let url = text.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
                let wrapped = text.enumerated().map { $0.offset % 7 == 6 ? "\($0.element)\n" : "\($0.element)" }
                    .joined()
                for spelling in [text, url, wrapped] {
                    let shown = try masked(spelling, hiding: secrets)
                    #expect(shown.contains("[a/b]"), "\(spelling) \(shown)")
                    let left = shown.replacing("[a/b]", with: "").filter { $0 != "\n" && $0 != "=" }
                    #expect(left.count <= (before.utf8.count * 8 + 5) / 6 + (after.utf8.count * 8 + 5) / 6)
                }
            }
        }
    }

    @Test func severalValues() throws {
        let secrets = try [
            secret("abcdefgh-1", "one"), secret("abcdefgh-1-and-more", "two"), secret("1-and-more-of-it", "three"),
            secret("short", "four"),
        ]
        #expect(secrets.map(\.canBeMasked) == [true, true, true, false])
        let cases = [
            ("abcdefgh-1", "[one]"), ("abcdefgh-1-and-more", "[two]"), ("abcdefgh-1-and", "[one]-and"),
            ("abcdefgh-1-and-more-of-it", "[two][three]"), ("x1-and-more-of-it short", "x[three] short"),
            ("abcdefgh-1abcdefgh-1-and-more", "[one][two]"),
        ]
        for (text, shown) in cases {
            #expect(try masked(text + ".", hiding: secrets) == shown + ".")
            #expect(try String(decoding: masked((text + ".").utf8.map { [$0] }, secrets), as: UTF8.self) == shown + ".")
        }
        #expect(try masked("abcdefgh-1-and", hiding: secrets) == "[one][two]")
    }

    /// A value that repeats itself is hidden with all its overlapping occurrences.
    @Test func overlaps() throws {
        let secrets = [try secret("ababababa")]
        #expect(try masked("xababababababay", hiding: secrets) == "x[a/b]y")
    }

    /// A program that prints a part of a token of a known kind tells it to who reads the log.
    @Test func partOfAKnownKind() throws {
        let token = "sk-test01-ABCDefgh1234mnop"
        let secrets = [try secret(token, publicCount: 10)]
        #expect(try masked("sk-test01-ABCDefgh... is wrong", hiding: secrets) == "[a/b]... is wrong")
        #expect(try masked("sk-test01-ABCD... is wrong", hiding: secrets) == "sk-test01-ABCD... is wrong")
        #expect(try masked("sk-test01-other-one", hiding: secrets) == "sk-test01-other-one")
        let bytes = token.utf8.map { [$0] }
        #expect(try String(decoding: masked(bytes, secrets), as: UTF8.self) == "sk-test01-[a/b]")
    }

    /// Wherever a part of a token of a known kind is cut out, fewer than 8 bytes on its left and 8 on its right are seen.
    @Test func everyPartOfAKnownKind() throws {
        let token = "sk-test01-" + (0..<86).map { String(UnicodeScalar(UInt8(33 + $0 % 90))) }.joined()
        let secrets = [try secret(token, publicCount: 10)]
        for start in 0..<token.utf8.count - 24 {
            for count in [24, 31, 40, 60, token.utf8.count] {
                let part = String(token.dropFirst(start).prefix(count))
                let shown = try masked("<\(part)> and on", hiding: secrets)
                #expect(shown.contains("[a/b]"), "\(start) \(count)")
                let seen = shown.dropFirst().dropLast("> and on".count).components(separatedBy: "[a/b]")
                let isSeen = 8 + max(0, 10 - start)
                #expect(seen.first.map { $0.count < isSeen } == true, "\(start) \(count) \(shown)")
                #expect(seen.dropFirst().allSatisfy { $0.count < 8 }, "\(start) \(count) \(shown)")
            }
        }
    }

    @Test func aValueOfSeveralLines() throws {
        let key = "-----BEGIN KEY-----\nMIIBVAIBADAN\nBgkqhkiG9w0B\n-----END KEY-----\n"
        let secrets = [try secret(key)]
        #expect(try masked(key.replacing("\n", with: "\r\n"), hiding: secrets) == "[a/b]\r\n\r\n\r\n\r\n")
        let shown = try masked(Data(key.utf8).base64EncodedString(), hiding: secrets)
        #expect(shown.filter { $0 != "=" } == "[a/b]")
    }

    /// More between two characters than is held back: what is known of the value is hidden, and the rest when it comes.
    @Test func aFloodInsideAValue() throws {
        let flood = String(repeating: "\u{1B}[1;1H", count: 20_000)
        let text = Self.value.prefix(12) + flood + Self.value.dropFirst(12) + "."
        let shown = try masked(String(text), hiding: [try secret(Self.value)])
        #expect(shown.filter { $0 == "\u{1B}" }.count == 20_000)
        #expect(shown.replacing("\u{1B}[1;1H", with: "") == "[a/b][a/b].")
    }
}
