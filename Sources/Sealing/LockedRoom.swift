internal import Glibc

/// A workplace in locked memory for bytes among which a secret may be; wiped when its last owner lets go.
package final class LockedRoom {
    package let size: Int
    private let block: LockedBlock

    /// - Throws: `.lockedMemoryExhausted`.
    package init(size: Int) throws(SealingError) {
        block = try LockedBlock(size: size)
        self.size = size
    }

    private var memory: UnsafeMutablePointer<UInt8> { unsafe block.start.assumingMemoryBound(to: UInt8.self) }

    /// Lends all of it; the span cannot outlive `body`.
    package func withBytes<Result>(_ body: (Span<UInt8>) -> Result) -> Result {
        body(unsafe Span(_unsafeStart: memory, count: size))
    }

    /// Lends all of it for writing; the pointer must not outlive `body`.
    package func withRoom<Result>(_ body: (UnsafeMutableBufferPointer<UInt8>) -> Result) -> Result {
        unsafe body(UnsafeMutableBufferPointer(start: memory, count: size))
    }

    /// Moves a part of the bytes to the beginning.
    package func moveToStart(_ range: Range<Int>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= size)
        unsafe _ = memmove(memory, memory + range.lowerBound, range.count)
    }
}
