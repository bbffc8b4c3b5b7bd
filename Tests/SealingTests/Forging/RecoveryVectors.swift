import TestSupport

extension SmallVectors {
    private static let alphabet = Array("0123456789ABCDEFGHJKMNPQRSTVWXYZ")

    private static func values(of key: [UInt8]) -> [UInt8] {
        var bits = key.flatMap(Self.bits)
        bits += [0, 0, 0, 0]
        return (0..<52).map { character in
            let five: ArraySlice<UInt8> = bits[character * 5..<character * 5 + 5]
            return five.reduce(0) { $0 << 1 | $1 }
        }
    }

    private static func bits(_ byte: UInt8) -> [UInt8] {
        (0..<8).map { (place: UInt8) -> UInt8 in byte >> (7 - place) & 1 }
    }

    private static func text(of values: [UInt8]) -> String {
        (0..<13).map { group in
            let four = Array(values[group * 4..<group * 4 + 4])
            let check = Forge.hash(Array("rc1".utf8) + [UInt8(group)] + four)[0] >> 3
            return String((four + [check]).map { alphabet[Int($0)] })
        }.joined(separator: "-")
    }

    static var recoveryCodes: [Vector] { readable + mistyped + wrongLengths }

    /// A key whose text holds 0 and 1, so that what people type for them can be tried.
    private static let key = [0x00, 0x44, 0x32] + Forge.bytes(29, "recovery key")
    private static let shown = text(of: values(of: key))

    private static func code(_ name: String, _ verdict: String, _ text: String) -> Vector {
        let headers: [Vector.Header] = verdict == "ok" ? [.init("key", key)] : []
        return Vector(kind: "recovery", name: name, class: verdict, headers: headers, bytes: Array(text.utf8))
    }

    private static var readable: [Vector] {
        let zeros = [UInt8](repeating: 0, count: 32)
        let ones = [UInt8](repeating: 0xFF, count: 32)
        func extreme(_ name: String, _ key: [UInt8]) -> Vector {
            Vector(
                kind: "recovery", name: name, class: "ok", headers: [.init("key", key)],
                bytes: Array(text(of: values(of: key)).utf8))
        }
        return [
            code("ok-as-shown", "ok", shown), code("ok-lower-case", "ok", shown.lowercased()),
            code("ok-no-hyphens", "ok", shown.replacing("-", with: "")),
            code("ok-spaces-and-lines", "ok", " " + shown.replacing("-", with: " \t\r\n") + "\n"),
            code("ok-O-for-0", "ok", shown.replacing("0", with: "O")),
            code("ok-I-for-1", "ok", shown.replacing("1", with: "I")),
            code("ok-l-for-1", "ok", shown.replacing("1", with: "l")), extreme("ok-key-of-zeros", zeros),
            extreme("ok-key-of-ones", ones),
        ]
    }

    private static var mistyped: [Vector] {
        let groups = (0..<13).map { group in
            var typed = Array(shown)
            let place = typed.index(typed.startIndex, offsetBy: group * 6 + 4)
            typed[place] = alphabet[((alphabet.firstIndex(of: typed[place]) ?? 0) + 1) % 32]
            return code("group-\(group + 1)-check", "recovery-code-\(group + 1)", String(typed))
        }
        func typed(_ name: String, _ character: String, at place: Int, part: Int) -> Vector {
            code(
                name, "recovery-code-\(part)",
                String(shown.prefix(place)) + character + String(shown.dropFirst(place + 1)))
        }
        var spare = values(of: key)
        spare[51] |= 1
        var exchanged = shown.split(separator: "-").map(String.init)
        exchanged.swapAt(2, 9)
        return groups + [
            typed("a-U", "U", at: 0, part: 1), typed("an-exclamation-mark", "!", at: 16, part: 3),
            typed("not-ASCII", "é", at: 76, part: 13), typed("a-zero-byte", "\0", at: 30, part: 6),
            code("groups-exchanged", "recovery-code-3", exchanged.joined(separator: "-")),
            code("forged-spare-bits", "recovery-code-13", text(of: spare)),
        ]
    }

    private static var wrongLengths: [Vector] {
        let length = "recovery-code-length"
        return [
            code("no-bytes", length, ""), code("only-hyphens", length, "-----"),
            code("one-group", length, String(shown.prefix(5))),
            code("one-character-less", length, String(shown.dropLast())),
            code("one-character-more", length, shown + "0"), code("twice", length, shown + "-" + shown),
            code("one-strange-character-more", length, shown + "!"),
        ]
    }
}
