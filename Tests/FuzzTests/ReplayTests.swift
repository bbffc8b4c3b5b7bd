import Foundation
import FuzzTargets
import TestSupport
import Testing

/// Issue 3, "Must show" 6: what the campaigns found worth keeping, and some thousand changes of it, through the very functions that
/// libFuzzer drives.
@Suite(.timeLimit(.minutes(10))) struct ReplayTests {
    private static let folder = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .appending(path: "Corpora")
    /// Changed inputs a target.
    private static let mutations = 2000

    @Test(arguments: FuzzTarget.all.map(\.name)) func corpusHoldsAndSoDoesWhatIsNearIt(_ name: String) throws {
        let target = try #require(FuzzTarget.all.first { $0.name == name })
        let seeds = try Self.seeds(of: name)
        #expect((10...60).contains(seeds.count), "\(seeds.count) seeds")
        for (file, seed) in seeds { run(target, seed, "the seed \(file)") }
        var mutator = Mutator(seeds: seeds.map(\.bytes), longest: target.longest, random: SplitMix(state: 20_261_123))
        let start = ContinuousClock.now
        for round in 0..<Self.mutations { run(target, mutator.next(), "round \(round)") }
        print("fuzz: \(name): \(seeds.count) seeds, \(Self.mutations) changes of them, \(start.duration(to: .now))")
    }

    /// A target that cannot fail would show nothing.
    @Test func aBrokenPromiseIsNoticed() {
        #expect(throws: BrokenPromise.self) { try FuzzTarget.control.run(Array("x".utf8)) }
        #expect(throws: Never.self) { try FuzzTarget.control.run([]) }
    }

    /// Nothing that a scanner would take for somebody's token lies in this repository.
    @Test func noSeedHoldsAToken() throws {
        for target in FuzzTarget.all {
            for (file, seed) in try Self.seeds(of: target.name) {
                let words = String(decoding: seed, as: UTF8.self).split {
                    !$0.isASCII || !($0.isLetter || $0.isNumber || "-_".contains($0))
                }
                #expect(!words.contains { $0.contains("sk-") && $0.count >= 40 }, "\(target.name)/\(file)")
            }
        }
    }

    private func run(_ target: FuzzTarget, _ input: [UInt8], _ what: String) {
        do { try target.run(input) } catch {
            Issue.record("\(target.name), \(what): \(error); input in base64: \(Data(input).base64EncodedString())")
        }
    }

    private static func seeds(of name: String) throws -> [(file: String, bytes: [UInt8])] {
        let files = try FileManager.default.contentsOfDirectory(
            at: folder.appending(path: name), includingPropertiesForKeys: nil)
        return try files.sorted { $0.path < $1.path }.map { ($0.lastPathComponent, [UInt8](try Data(contentsOf: $0))) }
    }
}

/// Inputs near the seeds, the same in every run of a state.
private struct Mutator {
    let seeds: [[UInt8]]
    let longest: Int
    var random: SplitMix

    mutating func next() -> [UInt8] {
        var bytes = seeds[below(seeds.count)]
        for _ in 0...below(6) { change(&bytes) }
        return Array(bytes.prefix(longest))
    }

    private mutating func change(_ bytes: inout [UInt8]) {
        let place = below(bytes.count + 1)
        let end = min(bytes.count, place + below(40))
        switch below(7) {
        case 0: if place < bytes.count { bytes[place] ^= 1 << below(8) }
        case 1: if place < bytes.count { bytes[place] = UInt8(below(256)) }
        case 2: bytes.insert(UInt8(below(256)), at: place)
        case 3: bytes.removeSubrange(place..<end)
        case 4: bytes.insert(contentsOf: bytes[place..<end], at: below(bytes.count + 1))
        case 5: bytes.removeSubrange(place...)
        default:
            let other = seeds[below(seeds.count)]
            bytes.replaceSubrange(place..<end, with: other.prefix(below(other.count + 1)))
        }
    }

    private mutating func below(_ limit: Int) -> Int { Int(random.next() % UInt64(max(limit, 1))) }
}
