package import Sealing

extension SecretBytes {
    /// Bytes in a row that are too many to be chance: 8 of 64 signs agree once in 2^48.
    private static var tellingRun: Int { 8 }

    /// Whether a text of the provider repeats a piece of the secret, so that it must not be kept.
    package borrowing func isEchoed(in text: String) -> Bool {
        let text = Array(text.utf8)
        let run = min(Self.tellingRun, count)
        guard run > 0, text.count >= run else { return false }
        return withBytes { secret in
            (0...text.count - run).contains { place in
                (0...secret.count - run).contains { start in
                    (0..<run).allSatisfy { text[place + $0] == secret[start + $0] }
                }
            }
        }
    }
}
