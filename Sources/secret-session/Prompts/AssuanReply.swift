/// One reply of a server that speaks the Assuan protocol (libassuan manual, "Server responses"): pure, over bytes that may be a secret.
struct AssuanReply: Equatable {
    enum End: Equatable {
        case ok
        /// As libgpg-error counts, with the source in the upper bits.
        case error(code: UInt32)
    }
    let end: End
    /// The bytes behind each `D `, still percent-escaped.
    let data: [Range<Int>]
    /// How many bytes the reply has.
    let count: Int

    /// GPG_ERR_CANCELED and GPG_ERR_FULLY_CANCELED of libgpg-error, without the source.
    static let canceled: Set<UInt32> = [99, 198]

    var isCanceled: Bool {
        guard case .error(let code) = end else { return false }
        return Self.canceled.contains(code & 0xFFFF)
    }

    /// Nil while the last line of the reply has not come.
    init?(_ bytes: Span<UInt8>) {
        var data: [Range<Int>] = []
        var start = 0
        while let stop = Self.lineEnd(bytes, from: start) {
            let line = start..<stop
            if Self.begins(bytes, line, with: "OK") {
                (self.end, self.data, count) = (.ok, data, stop + 1)
                return
            }
            if Self.begins(bytes, line, with: "ERR") {
                (self.end, self.data, count) = (.error(code: Self.number(bytes, line)), data, stop + 1)
                return
            }
            // `S`, `#` and `INQUIRE` lines carry nothing for us.
            if stop - start >= 2, bytes[start] == UInt8(ascii: "D"), bytes[start + 1] == UInt8(ascii: " ") {
                data.append(start + 2..<stop)
            }
            start = stop + 1
        }
        return nil
    }

    /// The data without its escapes.
    func decode(_ bytes: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
        for range in data {
            var place = range.lowerBound
            while place < range.upperBound {
                if bytes[place] == UInt8(ascii: "%"), place + 2 < range.upperBound,
                    let high = Self.digit(bytes[place + 1]), let low = Self.digit(bytes[place + 2])
                {
                    output.append(high << 4 | low)
                    place += 3
                } else {
                    output.append(bytes[place])
                    place += 1
                }
            }
        }
    }

    /// A text as an argument: one line, with what would end it escaped.
    static func escaped(_ text: String) -> String {
        // By scalars: CR and LF together are one Character.
        text.unicodeScalars.map { scalar in
            switch scalar {
            case "%": "%25"
            case "\r": "%0D"
            case "\n": "%0A"
            default: String(scalar)
            }
        }.joined()
    }

    private static func lineEnd(_ bytes: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        while place < bytes.count {
            if bytes[place] == UInt8(ascii: "\n") { return place }
            place += 1
        }
        return nil
    }

    private static func begins(_ bytes: Span<UInt8>, _ line: Range<Int>, with word: String) -> Bool {
        let word = Array(word.utf8)
        guard line.count >= word.count, word.indices.allSatisfy({ bytes[line.lowerBound + $0] == word[$0] }) else {
            return false
        }
        return line.count == word.count || bytes[line.lowerBound + word.count] == UInt8(ascii: " ")
    }

    private static func number(_ bytes: Span<UInt8>, _ line: Range<Int>) -> UInt32 {
        var number: UInt32 = 0
        for place in line.dropFirst(4) {
            guard (0x30...0x39).contains(bytes[place]) else { break }
            number = number &* 10 &+ UInt32(bytes[place] - 0x30)
        }
        return number
    }

    private static func digit(_ byte: UInt8) -> UInt8? {
        switch byte {
        case 0x30...0x39: byte - 0x30
        case 0x41...0x46: byte - 0x41 + 10
        case 0x61...0x66: byte - 0x61 + 10
        default: nil
        }
    }
}
