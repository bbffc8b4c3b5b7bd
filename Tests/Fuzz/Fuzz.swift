import CFuzzer
import FuzzTargets
import Glibc
import Synchronization

/// One target under libFuzzer: `fuzz TARGET [-flag=value ...] [CORPUS ...]`, without a target their names; `.ci/campaign fuzz` builds and
/// runs it.
@main
enum Fuzz {
    private static let target = Mutex<FuzzTarget?>(nil)

    static func main() {
        let words = CommandLine.arguments
        guard words.count > 1, let chosen = FuzzTarget.all.first(where: { $0.name == words[1] }) else {
            print(FuzzTarget.all.map(\.name).joined(separator: "\n"))
            exit(words.count > 1 ? 64 : 0)
        }
        target.withLock { $0 = chosen }
        exit(run([words[0], "-max_len=\(chosen.longest)"] + words.dropFirst(2)))
    }

    private static func run(_ words: [String]) -> Int32 {
        var arguments = unsafe words.map { unsafe strdup($0) } + [nil]
        var count = Int32(words.count)
        return unsafe arguments.withUnsafeMutableBufferPointer { buffer in
            var start = buffer.baseAddress
            return unsafe LLVMFuzzerRunDriver(&count, &start, once)
        }
    }

    /// What libFuzzer calls for each input; it takes an abort for the input's fault and keeps it.
    private static let once: @convention(c) (UnsafePointer<UInt8>?, Int) -> Int32 = { start, size in
        let input = unsafe Array(UnsafeBufferPointer(start: start, count: size))
        do { try target.withLock(\.self)?.run(input) } catch {
            let line = "broken promise: \(error)\n"
            _ = unsafe write(STDERR_FILENO, line, line.utf8.count)
            abort()
        }
        return 0
    }
}
