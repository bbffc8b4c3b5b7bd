import CSodium

/// A second encoder of the vault's format, written from ENVELOPE.md, that can also make what no honest one makes.
///
/// Its keys are made of labels, so that the same vectors come of every run; they open nothing.
enum Forge {
    /// Bytes that look random and are the same in every run.
    static func bytes(_ count: Int, _ label: String) -> [UInt8] {
        var bytes: [UInt8] = []
        var block: UInt8 = 0
        while bytes.count < count {
            bytes += hash(Array("tokenward test \(label) \(block)".utf8))
            block += 1
        }
        return Array(bytes.prefix(count))
    }

    static func number(_ value: UInt64, _ size: Int) -> [UInt8] {
        (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (size - 1 - $0))) }
    }

    static func fields(_ domain: String, _ parts: [[UInt8]]) -> [UInt8] {
        ([Array(domain.utf8)] + parts).flatMap { number(UInt64($0.count), 4) + $0 }
    }

    static func hash(_ message: [UInt8], key: [UInt8] = []) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        _ = unsafe crypto_generichash_blake2b(&digest, 32, message, UInt64(message.count), key, key.count)
        return digest
    }

    static func subkey(_ key: [UInt8], _ context: String) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: 32)
        let salt: [UInt8] = [1] + [UInt8](repeating: 0, count: 15)
        let personal = Array(context.utf8) + [UInt8](repeating: 0, count: 8)
        _ = unsafe crypto_generichash_blake2b_salt_personal(&digest, 32, nil, 0, key, key.count, salt, personal)
        return digest
    }

    static func sealed(_ message: [UInt8], key: [UInt8], nonce: [UInt8], with associated: [UInt8]) -> [UInt8] {
        var cipher = [UInt8](repeating: 0, count: message.count + 16)
        _ = unsafe crypto_aead_xchacha20poly1305_ietf_encrypt(
            &cipher, nil, message, UInt64(message.count), associated, UInt64(associated.count), nil, nonce, key)
        return cipher
    }

    static func stretched(_ passphrase: String, salt: [UInt8], passes: UInt64, memory: Int) -> [UInt8] {
        var key = [UInt8](repeating: 0, count: 32)
        let text = passphrase.utf8.map { CChar(bitPattern: $0) }
        _ = unsafe crypto_pwhash(
            &key, 32, text, UInt64(text.count), salt, passes, memory, crypto_pwhash_ALG_ARGON2ID13)
        return key
    }

    static func signature(_ message: [UInt8], seed: [UInt8]) -> [UInt8] {
        var signature = [UInt8](repeating: 0, count: 64)
        _ = unsafe crypto_sign_ed25519_detached(
            &signature, nil, message, UInt64(message.count), pair(seed).secret)
        return signature
    }

    static func publicKey(seed: [UInt8]) -> [UInt8] { pair(seed).public }

    private static func pair(_ seed: [UInt8]) -> (public: [UInt8], secret: [UInt8]) {
        var publicKey = [UInt8](repeating: 0, count: 32)
        var secret = [UInt8](repeating: 0, count: 64)
        _ = unsafe crypto_sign_ed25519_seed_keypair(&publicKey, &secret, seed)
        return (publicKey, secret)
    }
}

extension [UInt8] {
    /// One bit of one byte turned.
    func flipped(at place: Int, bit: UInt8 = 0) -> [UInt8] {
        var bytes = self
        bytes[place] ^= 1 << bit
        return bytes
    }

    func replacing(at place: Int, with other: [UInt8]) -> [UInt8] {
        var bytes = self
        bytes.replaceSubrange(place..<place + other.count, with: other)
        return bytes
    }
}
