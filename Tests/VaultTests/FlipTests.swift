import Foundation
import Testing

/// Issue 3, "Must show" 1: no bit of the file can be changed, and nothing of it cut off, without being found or being harmless.
@Suite(.timeLimit(.minutes(60))) struct FlipTests {
    /// `.ci/campaign flips` asks for more.
    private static func points(_ usual: Int) -> Int {
        ProcessInfo.processInfo.environment["TOKENWARD_FLIPS"].flatMap { Int($0) } ?? usual
    }

    private struct Tally {
        var fates: [VaultFile.Fate: Int] = [:]
        var unseen: [String] = []

        mutating func add(_ fate: VaultFile.Fate, _ what: String) {
            fates[fate, default: 0] += 1
            if fate == .unseen { unseen.append(what) }
        }

        func tell(_ what: String) {
            let text = fates.map { "\($0.value) \($0.key)" }.sorted().joined(separator: ", ")
            print("flips: \(fates.values.reduce(0, +)) \(what): \(text)")
        }
    }

    @Test func everyBitOfTheFileMatters() async throws {
        let file = try await VaultFile.make(credentials: 100)
        defer { file.remove() }
        var tally = Tally()
        let bits = file.bytes.count * 8
        let points = min(Self.points(20_000), bits)
        // An odd stride that shares no factor with the page size visits every kind of place.
        let stride = bits / points | 1
        for point in 0..<points {
            let bit = point * stride % bits
            tally.add(try await file.fate(ofBit: bit, thoroughly: point % 200 == 0), "bit \(bit)")
        }
        tally.tell("bits of \(bits) in a vault of 100 credentials")
        #expect(tally.unseen.isEmpty)
    }

    /// The first page says what the file is, and what its tables are.
    @Test func everyBitOfTheFirstPage() async throws {
        let file = try await VaultFile.make(credentials: 3)
        defer { file.remove() }
        var tally = Tally()
        for bit in 0..<4096 * 8 where bit % 16 == 3 || bit < 800 {
            var bytes = file.bytes
            bytes[bit / 8] ^= 1 << UInt8(bit % 8)
            tally.add(try await file.fate(of: bytes, thoroughly: bit % 97 == 0), "bit \(bit)")
        }
        tally.tell("bits of the first page")
        #expect(tally.unseen.isEmpty)
    }

    @Test func everyTruncation() async throws {
        let file = try await VaultFile.make(credentials: 100)
        defer { file.remove() }
        var tally = Tally()
        let step = max(1, file.bytes.count / Self.points(1000))
        let lengths = Set(Swift.stride(from: 0, to: file.bytes.count, by: step))
            .union(Swift.stride(from: 0, to: file.bytes.count, by: 4096).flatMap { [$0, $0 + 1] })
            .union(0...120).filter { $0 < file.bytes.count }
        for length in lengths.sorted() {
            tally.add(try await file.fate(of: Array(file.bytes.prefix(length)), thoroughly: false), "length \(length)")
        }
        tally.tell("truncations")
        #expect(tally.unseen.isEmpty)
    }

    /// SQLite takes a damaged log for one that ends earlier: the vault is then an older one, and the anchor tells.
    @Test func everyBitAndEndOfTheLog() async throws {
        let file = try await VaultFile.make(credentials: 12, keepingLog: true)
        defer { file.remove() }
        #expect(file.log.count > 100_000)
        var tally = Tally()
        let points = Self.points(2000)
        for point in 0..<points {
            let bit = point * (file.log.count * 8 / points | 1) % (file.log.count * 8)
            var log = file.log
            log[bit / 8] ^= 1 << UInt8(bit % 8)
            tally.add(try await file.fate(of: file.bytes, log: log, thoroughly: point % 100 == 0), "log bit \(bit)")
        }
        for point in 0..<points / 10 {
            let length = point * file.log.count / (points / 10)
            let log = Array(file.log.prefix(length))
            tally.add(try await file.fate(of: file.bytes, log: log, thoroughly: false), "log length \(length)")
        }
        tally.tell("bits and ends of a log")
        #expect(tally.unseen.isEmpty)
    }

    /// Blocks of a disk that were lost, swapped or written twice.
    @Test func everyBlockZeroedSwappedOrDoubled() async throws {
        let file = try await VaultFile.make(credentials: 20)
        defer { file.remove() }
        var tally = Tally()
        let block = 512
        let count = file.bytes.count / block
        for index in 0..<count where index % 3 == 0 {
            let (here, there) = (index * block..<(index + 1) * block, (index + 7) % count * block)
            let other = Array(file.bytes[there..<there + block])
            var (zeroed, doubled, swapped) = (file.bytes, file.bytes, file.bytes)
            zeroed.replaceSubrange(here, with: [UInt8](repeating: 0, count: block))
            doubled.replaceSubrange(here, with: other)
            swapped.replaceSubrange(here, with: other)
            swapped.replaceSubrange(there..<there + block, with: file.bytes[here])
            for (name, bytes) in [("zeroed", zeroed), ("doubled", doubled), ("swapped", swapped)] {
                tally.add(try await file.fate(of: bytes, thoroughly: index % 60 == 0), "block \(index) \(name)")
            }
        }
        tally.tell("blocks")
        #expect(tally.unseen.isEmpty)
    }
}
