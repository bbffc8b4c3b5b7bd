import CLinux
import Foundation
import TestSupport
import Testing

/// What would betray a token wherever it lies: pieces of it beyond the public prefix, in every encoding that programs use.
struct TokenTraces {
    private static let pieceSize = 24
    private static let publicPrefix = 13
    /// That one copy of the first token has.
    let piecesOfToken: Int
    /// By the name of the encoding.
    private let needles: [(encoding: String, bytes: [UInt8])]

    init(_ tokens: [String]) {
        piecesOfToken = ((tokens.first?.utf8.count ?? 0) - Self.publicPrefix) / Self.pieceSize
        needles = tokens.flatMap { token in
            let secret = Array(token.utf8.dropFirst(Self.publicPrefix))
            return stride(from: 0, through: secret.count - Self.pieceSize, by: Self.pieceSize).flatMap { start in
                Self.encodings(of: Array(secret[start..<start + Self.pieceSize]))
            }
        }
    }

    /// The encodings in which some piece is there, or none.
    func found(in haystack: some Sequence<UInt8>) -> Set<String> {
        let bytes = ContiguousArray(haystack)
        return unsafe bytes.withUnsafeBytes { room in
            guard let start = room.baseAddress else { return [] }
            return Set(
                needles.filter { needle in
                    unsafe linux_find(start, UInt(room.count), needle.bytes, UInt(needle.bytes.count)) != nil
                }.map(\.encoding))
        }
    }

    /// The encoding of every piece that is there, as often as it is.
    func pieces(in data: Data) -> [String] {
        unsafe data.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) -> [String] in
            needles.flatMap { needle in
                var found: [String] = []
                var offset = 0
                while let start = bytes.baseAddress,
                    let place = unsafe linux_find(
                        start + offset, UInt(bytes.count - offset), needle.bytes, UInt(needle.bytes.count))
                {
                    found.append(needle.encoding)
                    offset = unsafe place - start + 1
                }
                return found
            }
        }
    }

    /// The same for every file below a folder; paths with what is in them.
    func found(below folder: String) throws -> [String: Set<String>] {
        var traces: [String: Set<String>] = [:]
        for path in try FileManager.default.subpathsOfDirectory(atPath: folder) {
            let content = FileManager.default.contents(atPath: folder + "/" + path) ?? Data()
            let found = found(in: content + Array(path.utf8))
            if !found.isEmpty { traces[path] = found }
        }
        return traces
    }

    static func encodings(of piece: [UInt8]) -> [(encoding: String, bytes: [UInt8])] {
        func hexadecimal(_ format: String) -> [UInt8] {
            Array(piece.map { String(format: format, $0) }.joined().utf8)
        }
        let wide: [UInt8] = piece.flatMap { [$0, 0] }
        let plain: [(encoding: String, bytes: [UInt8])] = [
            ("clear", piece), ("hex", hexadecimal("%02x")), ("HEX", hexadecimal("%02X")),
            ("percent", hexadecimal("%%%02x")), ("PERCENT", hexadecimal("%%%02X")),
            ("UTF-16LE", wide), ("UTF-16BE", [0] + wide.dropLast()),
        ]
        return plain + (0..<3).flatMap { base64(piece, offset: $0) }
    }

    /// Both alphabets, with the piece that many bytes behind a boundary; characters that neighbours share are left out.
    private static func base64(_ piece: [UInt8], offset: Int) -> [(encoding: String, bytes: [UInt8])] {
        let text = Data([UInt8](repeating: 0, count: offset) + piece).base64EncodedString()
        let usable = (offset + piece.count) * 8 / 6
        let sure = text.prefix(usable).dropFirst((offset * 8 + 5) / 6)
        let url = sure.replacing("+", with: "-").replacing("/", with: "_")
        return [("base64+\(offset)", Array(sure.utf8)), ("base64url+\(offset)", Array(url.utf8))]
    }
}

/// The search itself: it finds what is there, and only that.
@Suite(.ownThreads) struct TokenTracesTests {
    private let token = "not-a-token-:" + String((0..<95).map { Character(Unicode.Scalar(UInt8(33 + $0 * 7 % 90))) })

    @Test func everyEncodingOfTheWholeTokenIsFound() throws {
        let traces = TokenTraces([token])
        let bytes = Array(token.utf8)
        #expect(traces.found(in: bytes) == ["clear"])
        for (encoding, coded) in TokenTraces.encodings(of: bytes) {
            let found = traces.found(in: Array("around ".utf8) + coded + Array(" it".utf8))
            #expect(!found.isEmpty, "\(encoding)")
        }
        let quoted = Data("x=\(token)".utf8).base64EncodedString()
        #expect(!traces.found(in: quoted.utf8).isEmpty)
    }

    @Test func anotherTextIsNoTrace() {
        let other = String(token.reversed()) + token.prefix(13)
        #expect(TokenTraces([token]).found(in: other.utf8).isEmpty)
    }

    @Test func aFileIsNamed() throws {
        let desk = try Desk()
        try Data(token.utf8).write(to: URL(filePath: desk.folder + "/spill"))
        #expect(try TokenTraces([token]).found(below: desk.folder) == ["spill": ["clear"]])
    }
}
