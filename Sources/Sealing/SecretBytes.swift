internal import CSodium

/// A secret in locked memory, wiped when the value dies.
///
/// It cannot be copied, printed, interpolated, compared with `==`, encoded or put in an array: the compiler refuses.
package struct SecretBytes: ~Copyable, Sendable {  // read-only after init
    package let count: Int
    private let block: LockedBlock

    /// Takes what `fill` appends, at most `capacity` bytes.
    ///
    /// - Throws: `.lockedMemoryExhausted` when no memory is to be had, and whatever `fill` throws.
    package init(capacity: Int, fill: (inout OutputSpan<UInt8>) throws(SealingError) -> Void) throws(SealingError) {
        let block = try LockedBlock(size: capacity)
        let start = unsafe block.start.assumingMemoryBound(to: UInt8.self)
        let room = unsafe UnsafeMutableBufferPointer(start: start, count: capacity)
        var output = unsafe OutputSpan(buffer: room, initializedCount: 0)
        do { try fill(&output) } catch {
            _ = unsafe output.finalize(for: room)
            throw error
        }
        count = unsafe output.finalize(for: room)
        self.block = block
    }

    /// A second home for bytes that are lent from another secret.
    package init(copying bytes: borrowing Span<UInt8>) throws(SealingError) {
        let source = copy bytes
        try self.init(capacity: source.count) { output in
            for index in source.indices { output.append(source[index]) }
        }
    }

    /// Fresh bytes from the system's generator (libsodium `randombytes_buf`).
    package static func random(count: Int) throws(SealingError) -> SecretBytes {
        try SecretBytes(capacity: count) { output in
            unsafe output.withUnsafeMutableBufferPointer { room, initialized in
                guard let start = room.baseAddress else { return }
                unsafe randombytes_buf(start, count)
                initialized = count
            }
        }
    }

    /// A part of the bytes in locked memory of its own; the range is inside them.
    package borrowing func extracting(_ range: Range<Int>) throws(SealingError) -> SecretBytes {
        try extracting([range])
    }

    /// The bytes of some ranges, one after another.
    package borrowing func extracting(_ ranges: [Range<Int>]) throws(SealingError) -> SecretBytes {
        try withBytes { bytes throws(SealingError) in
            let source = copy bytes
            return try SecretBytes(capacity: ranges.reduce(0) { $0 + $1.count }) { output in
                for range in ranges { for index in range { output.append(source[index]) } }
            }
        }
    }

    private var memory: UnsafePointer<UInt8> {
        unsafe UnsafePointer(block.start.assumingMemoryBound(to: UInt8.self))
    }

    /// Lends the bytes for the length of `body`; the span cannot outlive it.
    package borrowing func withBytes<Result: ~Copyable, Failure: Error>(
        _ body: (Span<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try body(unsafe Span(_unsafeStart: memory, count: count))
    }

    /// Lends the address for a C call or a system call; the pointer must not outlive `body`.
    package borrowing func withPointer<Result: ~Copyable, Failure: Error>(
        _ body: (UnsafePointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        try unsafe body(memory)
    }

    /// Compares in constant time for equal lengths (libsodium `sodium_memcmp`).
    package borrowing func matches(_ other: borrowing SecretBytes) -> Bool {
        guard count == other.count else { return false }
        return unsafe sodium_memcmp(memory, other.memory, count) == 0
    }
}

/// A home on the heap for a secret that more than one task must reach; still only one copy of the bytes.
package final class SecretBox: Sendable {
    package let bytes: SecretBytes
    package init(_ bytes: consuming SecretBytes) { self.bytes = bytes }
}
