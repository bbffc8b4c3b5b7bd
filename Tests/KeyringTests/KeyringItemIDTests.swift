import Keyring
import Testing

@Suite struct KeyringItemIDTests {
    @Test(arguments: [
        "", "0", "00112233445566778899aabbccddeef", "00112233445566778899aabbccddeeff0",
        "+0112233445566778899aabbccddeeff", "00112233445566778899aabbccddeefg",
        "00112233445566778899aabbccddee\u{301}f",
        "-0112233445566-788-9aabbccddeeff",
    ])
    func refuses(_ text: String) { #expect(KeyringItemID(hex: text) == nil) }

    @Test func spellsItsBytes() throws {
        let id = try #require(KeyringItemID(hex: "00112233445566778899AABBccddeeff"))
        #expect(id.bytes == (0...15).map { UInt8($0 * 0x11) })
        #expect(id.description == "00112233445566778899aabbccddeeff")
        #expect(KeyringItemID(bytes: id.bytes) == id)
        #expect(KeyringItemID(bytes: [1, 2]) == nil)
    }

    @Test func randomOnesDiffer() { #expect(Set((0..<100).map { _ in KeyringItemID.random() }).count == 100) }
}
