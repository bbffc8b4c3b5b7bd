import CLinux
import Glibc
import Sealing

/// Takes a secret as our programs do, puts it and its address into registers, and crashes: `trap-program WAY [bare]`.
///
/// The secret comes on stdin. `bare` leaves the hardening out, to show what it keeps from happening.
@main
enum TrapProgram {
    static func main() {
        let words = CommandLine.arguments.dropFirst()
        if !words.contains("bare") { ProcessHardening.apply() }
        guard let way = words.first.flatMap(Way.init), let secret = try? SecretBytes.reading(0, capacity: 1024) else {
            exit(64)
        }
        unsafe secret.withPointer { bytes in
            let words = unsafe UnsafeRawPointer(bytes).loadUnaligned(as: SIMD8<UInt64>.self)
            let sum = unsafe crash(way, bytes, words[0], words[1], words[2], words[3])
            exit(sum == 1 ? 1 : 2)
        }
    }
}

/// How a process may end that did not mean to.
enum Way: String {
    case fatalError, bounds, overflow, null, wildRead, stack, abort, illegal, bus, arithmetic, quit, trap
}

/// The secret's address and its first 32 bytes are arguments, so they are in registers when it happens.
@inline(never)
private func crash(
    _ way: Way, _ address: UnsafePointer<UInt8>, _ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64
) -> UInt64 {
    var sum = first ^ second ^ third ^ fourth ^ UInt64(UInt(bitPattern: address))
    switch way {
    case .fatalError: Swift.fatalError("on purpose")
    case .bounds: sum ^= [first, second][Int(truncatingIfNeeded: third >> 32)]
    case .overflow: sum = (first | 1 << 63) + (second | 1 << 63)
    case .null: sum ^= unsafe UnsafePointer<UInt64>(bitPattern: 8)?.pointee ?? 0
    case .wildRead: sum ^= unsafe UnsafePointer<UInt64>(bitPattern: UInt(0x6000_0000_0000) | 8)?.pointee ?? 0
    case .stack: sum ^= unsafe deeper(address, first, second)
    case .abort: Glibc.abort()
    case .illegal: raise(SIGILL)
    case .bus: raise(SIGBUS)
    case .arithmetic: raise(SIGFPE)
    case .quit: raise(SIGQUIT)
    case .trap: raise(SIGTRAP)
    }
    return unsafe sum ^ UInt64(address.pointee)
}

/// Until the stack ends.
@inline(never)
private func deeper(_ address: UnsafePointer<UInt8>, _ first: UInt64, _ second: UInt64) -> UInt64 {
    guard first != 0 || second != 0 else { return 0 }
    let next = unsafe deeper(address, second | 1, first | 1)
    return unsafe next ^ UInt64(address.pointee) ^ first
}
