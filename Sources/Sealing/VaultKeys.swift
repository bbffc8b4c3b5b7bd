internal import CSodium

/// The root key of a vault, and the keys made of it, for as long as the vault is open.
///
/// Contexts of `crypto_kdf` have 8 bytes: `twRecord` seals, `twCommit` commits, `twRowMac` authenticates rows, `twManif_` the
/// manifest's head.
package final class VaultKeys: Sendable {
    package static let size = 32
    let root: SecretBytes
    let record: SecretBytes
    let committing: SecretBytes
    private let rows: SecretBytes
    let manifest: SecretBytes

    /// - Throws: `.malformed` unless the root key has 32 bytes, `.lockedMemoryExhausted`.
    package init(root: consuming SecretBytes) throws(SealingError) {
        guard root.count == Self.size else { throw .malformed }
        record = try subkey(of: root, context: "twRecord")
        committing = try subkey(of: root, context: "twCommit")
        rows = try subkey(of: root, context: "twRowMac")
        manifest = try subkey(of: root, context: "twManif_")
        self.root = root
    }

    package static func fresh() throws(SealingError) -> VaultKeys {
        try VaultKeys(root: SecretBytes.random(count: size))
    }

    /// Authenticates what is kept in clear, such as a row.
    package func mac(_ fields: Fields) -> [UInt8] { keyedHash(fields.bytes, key: rows) }

    /// Whether both were made of the same root key; in constant time.
    package func isSame(as other: VaultKeys) -> Bool { root.matches(other.root) }

    /// Lends the root key for sealing it under the next one.
    package func withRoot<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try root.withBytes(body)
    }
}

/// What is shown instead of a token: 60 bits of a keyed hash, equal inside one vault only.
package final class FingerprintKey: Sendable {
    private let key: SecretBytes

    /// - Throws: `.malformed` unless it has 32 bytes.
    package init(_ key: consuming SecretBytes) throws(SealingError) {
        guard key.count == VaultKeys.size else { throw .malformed }
        self.key = key
    }

    /// `7f3k-9q2m-x4d8`: 12 characters of Crockford's base32, lower case.
    ///
    /// - Throws: `.lockedMemoryExhausted`.
    package func fingerprint(of token: borrowing SecretBytes) throws(SealingError) -> String {
        let message = try token.withBytes { bytes throws(SealingError) in
            let source = copy bytes
            return try SecretBytes(capacity: 3 + source.count) { output in
                for byte in "fp1".utf8 { output.append(byte) }
                for index in source.indices { output.append(source[index]) }
            }
        }
        let digest = keyedHash(message, key: key)
        let bits = digest.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
        let characters = (0..<12).map { Base32.lowercase[Int(bits >> (59 - 5 * UInt64($0)) & 31)] }
        return stride(from: 0, to: 12, by: 4).map { String(characters[$0..<$0 + 4]) }.joined(separator: "-")
    }

    /// Lends the key for sealing it into the vault.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.withBytes(body)
    }
}

/// Crockford's base32 (https://www.crockford.com/base32.html): no I, L, O, U.
enum Base32 {
    static let lowercase = Array("0123456789abcdefghjkmnpqrstvwxyz")
    static let uppercase = [UInt8]("0123456789ABCDEFGHJKMNPQRSTVWXYZ".utf8)

    /// The value of a character as a person may type it (O for 0, I and L for 1, any case); nil for any other.
    static func value(of byte: UInt8) -> UInt8? {
        let upper = (0x61...0x7A).contains(byte) ? byte - 32 : byte
        switch upper {
        case UInt8(ascii: "O"): return 0
        case UInt8(ascii: "I"), UInt8(ascii: "L"): return 1
        default: return uppercase.firstIndex(of: upper).map { UInt8($0) }
        }
    }
}
