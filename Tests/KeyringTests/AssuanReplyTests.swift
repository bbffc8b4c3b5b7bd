import Sealing
import Testing

@testable import secret_session

/// Replies of a pinentry, byte by byte.
@Suite struct AssuanReplyTests {
    private func reply(_ text: String) -> AssuanReply? { AssuanReply(Array(text.utf8).span) }

    private func data(_ text: String) throws -> String? {
        let bytes = Array(text.utf8)
        guard let reply = AssuanReply(bytes.span) else { return nil }
        let decoded = try SecretBytes(capacity: 1 + bytes.count) { reply.decode(bytes.span, to: &$0) }
        return decoded.withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }

    @Test(arguments: ["", "O", "OK", "D abc\n", "S x\n# y\n", "OKAY\n", "ERROR 1\n"]) func itIsNotThereYet(
        _ text: String
    ) {
        #expect(reply(text) == nil)
    }

    @Test func itEndsWithItsLastLine() {
        #expect(reply("OK\n")?.end == .ok)
        #expect(reply("S PASSWORD_FROM_CACHE\nOK closing\nrest")?.count == 33)
        #expect(reply("ERR 83886179 Operation cancelled <Pinentry>\n")?.isCanceled == true)
        #expect(reply("ERR 83886340 Not implemented\n")?.isCanceled == false)
        #expect(reply("ERR\n")?.end == .error(code: 0))
    }

    @Test func dataIsWithoutItsEscapes() throws {
        #expect(try data("D a%25b%0Ac%0d\nOK\n") == "a%b\nc\r")
        #expect(try data("D one\nD two\nOK\n") == "onetwo")
        #expect(try data("OK\n") == "")
        #expect(try data("D 50% off%2\nOK\n") == "50% off%2")
    }

    @Test func textsAreOneLine() {
        #expect(AssuanReply.escaped("100%\r\nof it") == "100%25%0D%0Aof it")
    }
}
