import Foundation
import Sealing
import Testing

/// Issue 3, "Must show" 5: the same tokens in two vaults. `TOKENWARD_FINGERPRINTS` says how many; `.ci/campaign fingerprints` tries 100,000.
@Suite(.timeLimit(.minutes(10))) struct FingerprintCampaignTests {
    private static let tokens =
        ProcessInfo.processInfo.environment["TOKENWARD_FINGERPRINTS"].flatMap { Int($0) } ?? 10_000

    /// 48 random characters behind a prefix, in the alphabet of fingerprints: the hardest case for "no run of a token".
    private static func token(_ generator: inout some RandomNumberGenerator) -> [UInt8] {
        let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
        return Array("drill-".utf8) + (0..<48).map { _ in alphabet[Int(generator.next() >> 59)] }
    }

    @Test func showNothingOfATokenAndNothingAcrossVaults() throws {
        let vaults = [
            try FingerprintKey(SecretBytes.random(count: 32)), try FingerprintKey(SecretBytes.random(count: 32)),
        ]
        var generator = SystemRandomNumberGenerator()
        var seen: [Set<String>] = [[], []]
        var runs = 0
        for _ in 0..<Self.tokens {
            let token = Self.token(&generator)
            let locked = try secret(token)
            for (index, vault) in vaults.enumerated() {
                let fingerprint = try vault.fingerprint(of: locked)
                #expect(seen[index].insert(fingerprint).inserted, "two tokens of one fingerprint in vault \(index)")
                if Self.shareARun(fingerprint, token) { runs += 1 }
                #expect(!Self.shareALongRun(fingerprint, token), "8 characters of a token in its fingerprint")
            }
        }
        #expect(seen[0].isDisjoint(with: seen[1]))
        print(
            "fingerprints: \(Self.tokens) tokens in each of 2 vaults, \(runs) fingerprints share 4 characters with their token"
        )
        #expect(runs <= Self.mostByChance)
    }

    /// A group of four characters is one of 32^4, a token of 54 has 51 runs of four: chance alone makes one in 6,900 fingerprints share one.
    /// Six standard deviations above that are still nothing that a token could be guessed by.
    private static var mostByChance: Int {
        let expected = Double(2 * tokens) * 3 * 51 / 1_048_576
        return Int(expected + 6 * expected.squareRoot()) + 1
    }

    private static func shareARun(_ fingerprint: String, _ token: [UInt8]) -> Bool {
        let runs = Set(token.indices.dropLast(3).map { Array(token[$0..<$0 + 4]) })
        return fingerprint.split(separator: "-").contains { runs.contains(Array($0.utf8)) }
    }

    /// Eight in a row, hyphens aside, come by chance once in 10,000 campaigns.
    private static func shareALongRun(_ fingerprint: String, _ token: [UInt8]) -> Bool {
        let shown = fingerprint.utf8.filter { $0 != UInt8(ascii: "-") }
        return (0...4).contains { place in token.firstRange(of: shown[place..<place + 8]) != nil }
    }
}
