/// Finds what is stored without showing what it is called; a rekey leaves it as it is, so that places and anchors stay valid.
///
/// Subkeys by `crypto_kdf`: `twNames_` for names, `twConsnt` for consents, `twAnchor` for anchors.
package final class LookupKey: Sendable {
    private let key: SecretBytes
    private let names: SecretBytes
    private let consents: SecretBytes
    private let anchors: SecretBytes

    /// - Throws: `.malformed` unless it has 32 bytes, `.lockedMemoryExhausted`.
    package init(_ key: consuming SecretBytes) throws(SealingError) {
        guard key.count == VaultKeys.size else { throw .malformed }
        names = try subkey(of: key, context: "twNames_")
        consents = try subkey(of: key, context: "twConsnt")
        anchors = try subkey(of: key, context: "twAnchor")
        self.key = key
    }

    /// What a name is looked up by, 32 bytes: whoever sees the file cannot guess names.
    package func tag(ofName name: String) -> [UInt8] { keyedHash(Array(name.utf8), key: names) }

    /// What a person's consent to ask a host about a kind is found by.
    package func tag(ofConsentTo kind: String, host: String) -> [UInt8] {
        var fields = Fields("tokenward consent 1")
        fields.append(text: kind)
        fields.append(text: host)
        return keyedHash(fields.bytes, key: consents)
    }

    func mac(ofAnchor bytes: [UInt8]) -> [UInt8] { keyedHash(bytes, key: anchors) }

    /// Lends the key for sealing it into the vault.
    package func withBytes<Result, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try key.withBytes(body)
    }
}
