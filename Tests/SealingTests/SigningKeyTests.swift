import Sealing
import TestSupport
import Testing

@Suite struct SigningKeyTests {
    private func statement(_ text: String) -> Fields {
        var fields = Fields("test")
        fields.append(text: text)
        return fields
    }

    /// RFC 8032 section 7.1, tests 1 to 3: seed and public key.
    static let vectors = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025"
        ),
    ]

    @Test(arguments: vectors.indices)
    func hasThePublicKeyOfTheRFC(index: Int) throws {
        let (seed, publicKey) = Self.vectors[index]
        #expect(try SigningKey(seed: secret(Vector.bytes(hex: seed))).publicKey == Vector.bytes(hex: publicKey))
    }

    @Test(arguments: [0, 31, 33, 64])
    func hasASeedOfOneSize(size: Int) {
        #expect(throws: SealingError.malformed) { try SigningKey(seed: secret([UInt8](repeating: 1, count: size))) }
    }

    @Test func vouchesForOneStatementOnly() throws {
        let (key, other) = (try SigningKey.fresh(), try SigningKey.fresh())
        let signature = key.signature(of: statement("a"))
        #expect(signature.count == 64)
        #expect(SigningKey.isValid(signature, of: statement("a"), by: key.publicKey))
        #expect(!SigningKey.isValid(signature, of: statement("b"), by: key.publicKey))
        #expect(!SigningKey.isValid(signature, of: statement("a"), by: other.publicKey))
        #expect(!SigningKey.isValid([], of: statement("a"), by: key.publicKey))
        #expect(!SigningKey.isValid(signature, of: statement("a"), by: []))
    }

    @Test func everyBitOfASignatureCounts() throws {
        let key = try SigningKey.fresh()
        let signature = key.signature(of: statement("a"))
        for bit in 0..<signature.count * 8 {
            var changed = signature
            changed[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!SigningKey.isValid(changed, of: statement("a"), by: key.publicKey), "bit \(bit)")
        }
    }

    @Test func isTheSameAgainFromItsSeed() throws {
        let key = try SigningKey.fresh()
        let seed = key.withBytes { span in span.indices.map { span[$0] } }
        #expect(try SigningKey(seed: secret(seed)).publicKey == key.publicKey)
    }
}
