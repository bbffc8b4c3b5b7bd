import Foundation
import TestSupport
import Testing

/// The reader in Python, which knows nothing but `Sources/Sealing/ENVELOPE.md`, over vectors and over vaults that the programs made.
@Suite(.timeLimit(.minutes(60))) struct DecoderTests {
    private static let tests = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    private static let vaults = ProcessInfo.processInfo.environment["TOKENWARD_VAULTS"].flatMap { Int($0) } ?? 1000
    /// With a passphrase, which takes time.
    private static let costly = 5

    @Test func everyVector() throws { try Self.decode("vectors", Self.tests.appending(path: "Vectors").path) }

    @Test func randomVaults() async throws {
        let folder =
            FileManager.default.temporaryDirectory.path + "/tokenward-vaults-\(UInt64.random(in: .min ... .max))"
        defer { try? FileManager.default.removeItem(atPath: folder) }
        for number in 0..<Self.vaults {
            try await RandomVault.make(
                seed: UInt64(number), in: folder + "/\(number)", isCostly: number < Self.costly)
        }
        try Self.decode("vaults", folder)
        try Self.decode("damage", folder)
    }

    private static func decode(_ what: String, _ folder: String) throws {
        let script = tests.appending(path: "Decoder/decode.py").path
        let result = try ProgramResult.of(
            "/usr/bin/python3", [script, what, folder], environment: ["PYTHONDONTWRITEBYTECODE": "1"],
            within: .seconds(3000))
        print(result.text, terminator: "")
        #expect(result.code == 0, "\(result.text)\(result.talk)")
    }
}
