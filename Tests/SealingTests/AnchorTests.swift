import Sealing
import Testing

@Suite struct AnchorTests {
    private let anchor = Anchor(
        vault: [UInt8](repeating: 1, count: 16), sequence: 0x0102_0304_0506_0708, head: [UInt8](repeating: 2, count: 32)
    )

    private func key() throws -> LookupKey { try LookupKey(SecretBytes.random(count: 32)) }

    @Test func isReadBack() throws {
        let key = try key()
        let bytes = anchor.bytes(key: key)
        #expect(bytes.count == Anchor.size)
        #expect(try Anchor(bytes, key: key) == anchor)
        #expect(Anchor.vault(of: bytes) == anchor.vault)
        #expect(Array(bytes[22..<30]) == [1, 2, 3, 4, 5, 6, 7, 8])
    }

    @Test func everyBitCounts() throws {
        let key = try key()
        let bytes = anchor.bytes(key: key)
        for bit in 0..<bytes.count * 8 {
            var changed = bytes
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            let expected = bit < 6 * 8 ? SealingError.malformed : .wrongKeyOrTampered
            #expect(throws: expected, "bit \(bit)") { try Anchor(changed, key: key) }
        }
    }

    @Test func everyLengthButOneIsRefused() throws {
        let key = try key()
        let bytes = anchor.bytes(key: key)
        for length in 0..<bytes.count {
            #expect(throws: SealingError.malformed) { try Anchor(Array(bytes.prefix(length)), key: key) }
            #expect(Anchor.vault(of: Array(bytes.prefix(length))) == nil)
        }
        #expect(throws: SealingError.malformed) { try Anchor(bytes + [0], key: key) }
    }

    @Test func anotherVaultsKeyDoesNotReadIt() throws {
        let bytes = try anchor.bytes(key: key())
        let other = try key()
        #expect(throws: SealingError.wrongKeyOrTampered) { try Anchor(bytes, key: other) }
        #expect(Anchor.vault(of: bytes) == anchor.vault)
    }
}

@Suite struct LookupKeyTests {
    private func key(_ byte: UInt8) throws -> LookupKey { try LookupKey(secret([UInt8](repeating: byte, count: 32))) }

    @Test(arguments: [0, 1, 31, 33, 64])
    func hasOneSize(size: Int) {
        #expect(throws: SealingError.malformed) { try LookupKey(secret([UInt8](repeating: 1, count: size))) }
    }

    @Test func tagsDependOnNameAndKey() throws {
        let (first, second) = (try key(1), try key(2))
        let names = ["a", "b", "a/b", "anthropic/main", String(repeating: "x", count: 128)]
        let tags = names.map(first.tag(ofName:)) + names.map(second.tag(ofName:))
        #expect(Set(tags).count == tags.count)
        #expect(tags.allSatisfy { $0.count == 32 })
        #expect(names.map(try key(1).tag(ofName:)) == names.map(first.tag(ofName:)))
    }

    static let consents = [("kind", "host"), ("kin", "dhost"), ("kindhost", ""), ("", "kindhost"), ("kind", "hosu")]

    @Test func noTwoConsentsShareATag() throws {
        let key = try key(1)
        let tags = Self.consents.map { key.tag(ofConsentTo: $0.0, host: $0.1) } + [key.tag(ofName: "kindhost")]
        #expect(Set(tags).count == tags.count)
    }

    @Test func lendsItsBytes() throws {
        let bytes = try key(7).withBytes { span in span.indices.map { span[$0] } }
        #expect(bytes == [UInt8](repeating: 7, count: 32))
    }
}
