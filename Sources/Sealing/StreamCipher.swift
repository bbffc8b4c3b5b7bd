internal import CSodium

/// One direction of crypto_secretstream_xchacha20poly1305 (libsodium, "Encrypted streams and file encryption"), its state in locked
/// memory, and one chunk of plaintext beside it.
@safe
package final class StreamCipher {
    package static let headerSize = 24
    /// Of a chunk: an encrypted tag and the MAC.
    static let overhead = 17
    /// Plaintext of a chunk, in bytes.
    static let chunkSize = 64 << 10
    private static let messageTag: UInt8 = 0
    private static let finalTag: UInt8 = 3
    private typealias State = crypto_secretstream_xchacha20poly1305_state
    private let stateBlock: LockedBlock
    private let roomBlock: LockedBlock
    /// Bytes in the plaintext chunk.
    private(set) var count = 0

    /// - Throws: `.lockedMemoryExhausted`.
    private init() throws(SealingError) {
        stateBlock = try LockedBlock(size: MemoryLayout<State>.size)
        roomBlock = try LockedBlock(size: Self.chunkSize)
    }

    private var state: UnsafeMutablePointer<State> { unsafe stateBlock.start.assumingMemoryBound(to: State.self) }
    private var room: UnsafeMutablePointer<UInt8> { unsafe roomBlock.start.assumingMemoryBound(to: UInt8.self) }

    /// For either direction: the state follows from key and header, which is random and never used twice.
    ///
    /// - Throws: `.malformed` for a header that the cipher does not take, `.lockedMemoryExhausted`.
    convenience init(_ key: borrowing SecretBytes, header: [UInt8]) throws(SealingError) {
        try self.init()
        let state = unsafe self.state
        guard header.count == Self.headerSize else { throw .malformed }
        let isReady = unsafe key.withPointer { key in
            unsafe crypto_secretstream_xchacha20poly1305_init_pull(state, header, key) == 0
        }
        guard isReady else { throw .malformed }
    }

    /// Takes as much as fits from `start` on; returns where it stopped.
    func fill(from bytes: Span<UInt8>, start: Int) -> Int {
        let taken = min(bytes.count - start, Self.chunkSize - count)
        for offset in 0..<taken { unsafe room[count + offset] = bytes[start + offset] }
        count += taken
        return start + taken
    }

    /// Seals what was taken and forgets it.
    func seal(isLast: Bool, associated: [UInt8]) -> [UInt8] {
        var sealed = [UInt8](repeating: 0, count: count + Self.overhead)
        _ = unsafe crypto_secretstream_xchacha20poly1305_push(
            state, &sealed, nil, room, UInt64(count), associated, UInt64(associated.count),
            isLast ? Self.finalTag : Self.messageTag)
        unsafe sodium_memzero(room, count)
        count = 0
        return sealed
    }

    /// Opens a chunk in place of the one before; nil when it is not the very next one, unchanged; else whether it is the last.
    func open(_ sealed: [UInt8], associated: [UInt8]) -> Bool? {
        guard (Self.overhead...Self.chunkSize + Self.overhead).contains(sealed.count) else { return nil }
        count = 0
        var tag: UInt8 = 0
        let result = unsafe crypto_secretstream_xchacha20poly1305_pull(
            state, room, nil, &tag, sealed, UInt64(sealed.count), associated, UInt64(associated.count))
        guard result == 0, tag == Self.messageTag || tag == Self.finalTag else { return nil }
        count = sealed.count - Self.overhead
        return tag == Self.finalTag
    }

    /// Lends the plaintext.
    func withBytes<Value: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Value
    ) throws(Failure) -> Value {
        try body(unsafe Span(_unsafeStart: room, count: count))
    }
}
