import Lifecycle
import Sealing
import TestSupport
import Testing
import Wire

/// Bytes that are no conversation: the connection ends, the daemon stays.
@Suite(.onItsOwnThread) struct FrameTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String, bytes: [UInt8]
        init(_ name: String, _ bytes: [UInt8]) { (testDescription, self.bytes) = (name, bytes) }
    }
    static let beforeTheHello = [
        Row("nothing", []), Row("a byte", [0x54]), Row("half a head", Array(hello.prefix(7))),
        Row("a head alone", Array(hello.prefix(12))), Row("half a message", Array(hello.prefix(20))),
        Row("other magic", frame("{}", magic: "TWD2")), Row("HTTP", Array("GET / HTTP/1.1\r\nHost: x\r\n\r\n".utf8)),
        Row("no JSON", frame("hello")), Row("an empty message", frame("")), Row("null", frame("null")),
        Row("another object", frame(#"{"program":"x"}"#)), Row("a list", frame("[1,2,3]")),
        Row("not UTF-8", frame("x").dropLast() + [0xFF]),
        Row("a message beyond its bounds", frame("{}", messageSize: 16 << 20 | 1)),
        Row("the largest size there is", frame("{}", messageSize: .max)),
        Row("a secret beyond its bounds", frame("{}", secretSize: 512 << 10 | 1)),
        Row("the largest secret there is", frame("{}", secretSize: .max)),
        Row("a deep message", frame(String(repeating: "[", count: 200_000))),
        Row("deep objects", frame(String(repeating: #"{"a":"#, count: 100_000))),
        Row("a large number", frame(#"{"protocolVersion":1e999,"program":"x","build":"0"}"#)),
        Row(
            "a number that is too large", frame(#"{"protocolVersion":99999999999999999999,"program":"x","build":"0"}"#)),
    ]

    @Test(arguments: beforeTheHello) func noHello(_ row: Row) async throws {
        let served = try Served()
        let raw = try RawSocket(served.path)
        raw.send(row.bytes)
        raw.finish()
        #expect(try raw.readToEnd().isEmpty)
        try expectService(served)
        await served.stop()
    }

    static let afterTheHello = [
        Row("nothing", []), Row("half a head", Array(hello.prefix(5))), Row("another hello", hello),
        Row("an unknown request", frame(#"{"dance":{}}"#)),
        Row("two requests in one", frame(#"{"lock":{},"slots":{}}"#)),
        Row("a bad name", frame(#"{"read":{"_0":"../etc"}}"#)),
        Row("a missing member", frame(#"{"history":{"_0":"a"}}"#)),
        Row("a secret cut short", frame(#"{"lock":{}}"#, secret: [1, 2, 3], secretSize: 100)),
        Row("a message cut short", frame(#"{"lock":{}}"#, messageSize: 100)),
        Row("text for a number", frame(#"{"history":{"_0":"a","limit":"9"}}"#)),
        Row("an overflow", frame(#"{"history":{"_0":"a","limit":9223372036854775808}}"#)),
    ]

    @Test(arguments: afterTheHello) func noRequest(_ row: Row) async throws {
        let served = try Served()
        let neighbour = try served.client()
        let raw = try RawSocket(served.path)
        raw.send(hello + row.bytes)
        raw.finish()
        let answer = String(decoding: try raw.readToEnd(), as: UTF8.self)
        #expect(answer.split(separator: "TWD1").count == 1, "a welcome and no answer")
        #expect(try neighbour.call(Request.slots, as: Request.self).0 == .slots)
        try expectService(served)
        await served.stop()
    }

    @Test func whatCameBeforeTheNonsenseIsAnswered() async throws {
        let served = try Served()
        let raw = try RawSocket(served.path)
        raw.send(hello + frame(#"{"slots":{}}"#) + frame(#"{"lock":{}}"#) + [0, 1, 2] + frame(#"{"lock":{}}"#))
        raw.finish()
        let answer = String(decoding: try raw.readToEnd(), as: UTF8.self)
        #expect(answer.split(separator: "TWD1").count == 3)
        await served.stop()
    }

    /// 3000 byte strings in 30 runs: noise, mutated frames, and frames that are cut or whose sizes lie.
    @Test(arguments: UInt64(1)...30) func fuzz(seed: UInt64) async throws {
        let served = try Served()
        var noise = SplitMix(state: seed)
        for _ in 0..<100 {
            let raw = try RawSocket(served.path)
            raw.send(noise.conversation())
            raw.finish()
            let answer = try raw.readToEnd()
            #expect(answer.isEmpty || answer.starts(with: "TWD1".utf8))
        }
        try expectService(served)
        await served.stop()
    }

    private func expectService(_ served: Served) throws {
        let secret = try SecretBytes.random(count: 32)
        let (answer, back) = try served.client().call(Request.lock, secret: secret, as: Request.self)
        let same = back?.bytes.matches(secret)
        #expect(answer == .lock && same == true)
    }
}

extension SplitMix {
    private static let messages = [
        #"{"lock":{}}"#, #"{"status":{"_0":{"limit":3}}}"#, #"{"read":{"_0":"anthropic/main"}}"#,
        #"{"add":{"_0":{"name":"a","asIs":false,"accepted":["probe"],"now":false}}}"#, #"{"stop":{}}"#,
        #"{"probe":{"_0":{"all":{}},"accepted":true}}"#,
    ]

    mutating func conversation() -> [UInt8] {
        let count = Int.random(in: 0...64, using: &self)
        let message = Self.messages[Int.random(in: 0..<Self.messages.count, using: &self)]
        var bytes: [UInt8] = (0..<count).map { _ in UInt8.random(in: .min ... .max, using: &self) }
        switch UInt64.random(in: 0..<5, using: &self) {
        case 0: return bytes
        case 1: bytes = frame(message, secret: bytes)
        case 2: bytes = frame(message, secret: bytes, messageSize: UInt32.random(in: 0...2000, using: &self))
        case 3: bytes = frame(message, secret: bytes, secretSize: UInt32.random(in: .min ... .max, using: &self))
        default: bytes = hello + frame(message, secret: bytes)
        }
        for _ in 0..<Int.random(in: 0...4, using: &self) {
            bytes[Int.random(in: 0..<bytes.count, using: &self)] = UInt8.random(in: .min ... .max, using: &self)
        }
        let whole = (Bool.random(using: &self) ? hello : []) + bytes
        return Array(whole.prefix(Int.random(in: whole.count / 2...whole.count, using: &self)))
    }
}
