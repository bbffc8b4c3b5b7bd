internal import CSodium

let digestSize = 32

/// Keyed BLAKE2b-256 (RFC 7693; libsodium `crypto_generichash`) over public bytes.
package func keyedHash(_ message: [UInt8], key: borrowing SecretBytes) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: digestSize)
    unsafe key.withPointer { keyBytes in
        _ = unsafe crypto_generichash(&digest, digestSize, message, UInt64(message.count), keyBytes, key.count)
    }
    return digest
}

/// BLAKE2b-256 of something public, such as a file that names hosts.
package func publicDigest(_ message: [UInt8]) -> [UInt8] { plainHash(message) }

/// BLAKE2b-256 without a key, over public bytes.
func plainHash(_ message: [UInt8]) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: digestSize)
    _ = unsafe crypto_generichash(&digest, digestSize, message, UInt64(message.count), nil, 0)
    return digest
}

/// The keyed hash over a secret that stays in locked memory.
func keyedHash(_ secret: borrowing SecretBytes, key: borrowing SecretBytes) -> [UInt8] {
    var digest = [UInt8](repeating: 0, count: digestSize)
    unsafe key.withPointer { keyBytes in
        unsafe secret.withPointer { message in
            _ = unsafe crypto_generichash(&digest, digestSize, message, UInt64(secret.count), keyBytes, key.count)
        }
    }
    return digest
}

/// Keyed BLAKE2b-256 whose result is a key.
func keyedHashSecret(_ message: [UInt8], key: borrowing SecretBytes) throws(SealingError) -> SecretBytes {
    // A borrowed parameter cannot be captured by an escaping closure; its address outlives this call.
    let address = unsafe key.withPointer { unsafe $0 }
    let size = key.count
    return try SecretBytes(capacity: digestSize) { output in
        unsafe output.withUnsafeMutableBufferPointer { room, initialized in
            guard let start = room.baseAddress else { return }
            _ = unsafe crypto_generichash(start, digestSize, message, UInt64(message.count), address, size)
            initialized = digestSize
        }
    }
}

/// Compares two public digests in constant time (libsodium `sodium_memcmp`).
package func sameDigest(_ left: [UInt8], _ right: [UInt8]) -> Bool {
    guard left.count == right.count else { return false }
    return unsafe sodium_memcmp(left, right, left.count) == 0
}

/// Public random bytes (libsodium `randombytes_buf`).
package func randomBytes(_ count: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: count)
    unsafe randombytes_buf(&bytes, count)
    return bytes
}

/// Subkey 1 of a root key in an 8-byte context (libsodium `crypto_kdf`: BLAKE2b with salt and personalisation).
func subkey(of root: borrowing SecretBytes, context: String) throws(SealingError) -> SecretBytes {
    // A borrowed parameter cannot be captured by an escaping closure; its address outlives this call.
    let key = unsafe root.withPointer { unsafe $0 }
    return try SecretBytes(capacity: digestSize) { output in
        unsafe output.withUnsafeMutableBufferPointer { room, initialized in
            guard let start = room.baseAddress else { return }
            _ = unsafe crypto_kdf_derive_from_key(start, digestSize, 1, context, key)
            initialized = digestSize
        }
    }
}
