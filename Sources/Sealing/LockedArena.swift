internal import CLinux
internal import CSodium
internal import Glibc
internal import Synchronization

/// The one place where secrets of this process lie: pages that are neither swapped nor dumped nor inherited by a child, in slabs
/// between guard pages.
///
/// A block costs no system call. `sodium_malloc` takes four mappings, a locked page and about 50 µs for each.
enum LockedArena {
    /// What the kernel does for a slab, the best first.
    enum Shelter: Int, Comparable, Sendable {
        /// memfd_secret(2): nobody else can read it, root included.
        case hidden
        /// mlock(2) and MADV_DONTDUMP.
        case locked
        /// Neither was to be had: it may be swapped.
        case open

        static func < (one: Shelter, other: Shelter) -> Bool { one.rawValue < other.rawValue }
    }

    /// Of a slab of small blocks, in bytes.
    private static let slab = 64 << 10
    /// The smallest block: a cache line.
    private static let least = 64

    private struct Stock {
        /// Addresses of free blocks by size class: class n has blocks of `least << n` bytes. All are zero.
        var free: [[UInt]] = []
        var worst: Shelter?
    }
    private static let stock = Mutex(Stock())

    /// The worst that a slab of this process had to be content with; a first slab is made when there is none.
    static var shelter: Shelter {
        if let block = take(least) { give(block, size: least) }
        return stock.withLock(\.worst) ?? .open
    }

    /// A block of zeros of at least `size` bytes, aligned to 64; nil when there is no memory.
    static func take(_ size: Int) -> UInt? {
        let size = blockSize(size)
        guard size <= slab else { return reserve(size) }
        let kind = sizeClass(size)
        let kept = stock.withLock { stock -> UInt? in
            while stock.free.count <= kind { stock.free.append([]) }
            return stock.free[kind].popLast()
        }
        if let kept { return kept }
        guard let start = reserve(slab) else { return nil }
        let rest = stride(from: start + UInt(size), to: start + UInt(slab), by: size)
        stock.withLock { $0.free[kind] += rest }
        return start
    }

    /// Wipes a block that `take` gave for this size, and keeps it for the next.
    static func give(_ block: UInt, size: Int) {
        guard let start = unsafe UnsafeMutableRawPointer(bitPattern: block) else { return }
        let size = blockSize(size)
        unsafe sodium_memzero(start, size)
        guard size <= slab else {
            let page = Int(getpagesize())
            unsafe munmap(start - page, size + 2 * page)
            return
        }
        stock.withLock { $0.free[sizeClass(size)].append(block) }
    }

    /// A power of two, or whole pages beyond a slab.
    private static func blockSize(_ size: Int) -> Int {
        if size > slab { return (size + Int(getpagesize()) - 1) & -Int(getpagesize()) }
        var block = least
        while block < size { block <<= 1 }
        return block
    }

    private static func sizeClass(_ block: Int) -> Int { (block / least).trailingZeroBitCount }

    /// Fresh pages between two that nobody may touch.
    private static func reserve(_ size: Int) -> UInt? {
        let page = Int(getpagesize())
        guard let room = unsafe mmap(nil, size + 2 * page, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0),
            unsafe room != MAP_FAILED
        else { return nil }
        let start = unsafe room + page
        guard let shelter = unsafe hide(start, size) ?? lock(start, size) else {
            unsafe munmap(room, size + 2 * page)
            return nil
        }
        unsafe madvise(start, size, MADV_DONTFORK)
        stock.withLock { $0.worst = max($0.worst ?? .hidden, shelter) }
        return UInt(bitPattern: start)
    }

    private static func hide(_ start: UnsafeMutableRawPointer, _ size: Int) -> Shelter? {
        let file = linux_secret_memory()
        guard file >= 0 else { return nil }
        defer { close(file) }
        guard ftruncate(file, off_t(size)) == 0 else { return nil }
        let pages = unsafe mmap(start, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_FIXED, file, 0)
        return unsafe pages == MAP_FAILED ? nil : .hidden
    }

    private static func lock(_ start: UnsafeMutableRawPointer, _ size: Int) -> Shelter? {
        let flags = MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED
        guard unsafe mmap(start, size, PROT_READ | PROT_WRITE, flags, -1, 0) != MAP_FAILED else { return nil }
        unsafe madvise(start, size, MADV_DONTDUMP)
        return unsafe mlock(start, size) == 0 ? .locked : .open
    }
}

/// A piece of the arena that one owner holds; wiped when the value dies.
@safe
struct LockedBlock: ~Copyable, @unchecked Sendable {  // one owner
    let size: Int
    private let address: UInt

    /// - Throws: `.lockedMemoryExhausted`.
    init(size: Int) throws(SealingError) {
        guard sodium_init() >= 0, let address = LockedArena.take(size) else {
            throw .lockedMemoryExhausted(bytes: size)
        }
        (self.size, self.address) = (size, address)
    }

    deinit { LockedArena.give(address, size: size) }

    /// The first byte; aligned to 64, valid as long as the value lives.
    var start: UnsafeMutableRawPointer {
        guard let start = unsafe UnsafeMutableRawPointer(bitPattern: address) else {
            preconditionFailure("a block has an address")
        }
        return unsafe start
    }
}
