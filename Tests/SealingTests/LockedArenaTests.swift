import Foundation
import Testing

@testable import Sealing

/// Blocks of the arena: their own, zero, out of everybody's reach.
@Suite struct LockedArenaTests {
    @Test(arguments: [0, 1, 63, 64, 65, 4096, 65_535, 65_536, 65_537, 524_289])
    func blocksAreZeroAlignedAndTheirOwn(size: Int) throws {
        let blocks = try (0..<5).map { _ in try #require(LockedArena.take(size)) }
        #expect(Set(blocks).count == blocks.count)
        for (number, block) in blocks.enumerated() {
            let room = unsafe try #require(UnsafeMutableRawPointer(bitPattern: block))
            #expect(block % 64 == 0)
            for offset in 0..<size { #expect(unsafe room.load(fromByteOffset: offset, as: UInt8.self) == 0) }
            unsafe memset(room, Int32(number + 1), size)
        }
        for (number, block) in blocks.enumerated() {
            let room = unsafe try #require(UnsafeRawPointer(bitPattern: block))
            #expect(unsafe size == 0 || room.load(fromByteOffset: size - 1, as: UInt8.self) == UInt8(number + 1))
            LockedArena.give(block, size: size)
        }
        let again = try #require(LockedArena.take(size))
        let room = unsafe try #require(UnsafeRawPointer(bitPattern: again))
        for offset in 0..<size { #expect(unsafe room.load(fromByteOffset: offset, as: UInt8.self) == 0) }
        LockedArena.give(again, size: size)
    }

    /// Many owners at once: nobody gets a block that another holds.
    @Test func manyTasks() async throws {
        try await withThrowingTaskGroup { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<2_000 {
                        let mark = UInt8(truncatingIfNeeded: task * 31 + round)
                        let secret = try SecretBytes(capacity: 1 + round % 300) { output in
                            while output.freeCapacity > 0 { output.append(mark) }
                        }
                        await Task.yield()
                        let isOwn = secret.withBytes { bytes in bytes.indices.allSatisfy { bytes[$0] == mark } }
                        #expect(isOwn)
                    }
                }
            }
            try await group.waitForAll()
        }
    }

    /// As root reads it: proc(5), /proc/PID/mem.
    @Test func anotherReaderSeesNothingOrLockedPages() throws {
        let secret = try SecretBytes(copying: Array("a canary in the arena".utf8).span)
        let place = unsafe secret.withPointer { UInt(bitPattern: $0) }
        let memory = try #require(FileHandle(forReadingAtPath: "/proc/self/mem"))
        try memory.seek(toOffset: UInt64(place))
        let seen = try? memory.read(upToCount: secret.count)
        switch LockedMemory.now {
        case .hidden: #expect(seen == nil)
        case .locked: #expect(seen == Data("a canary in the arena".utf8))
        case .open: Issue.record("this machine locks no memory")
        }
        print("arena: secrets are \(LockedMemory.now.rawValue)")
    }

    /// A stray access beyond a block's slab ends the process instead of going on.
    @Test func slabsLieBetweenGuardPages() throws {
        let secret = try SecretBytes.random(count: 100_000)
        let place = unsafe secret.withPointer { UInt(bitPattern: $0) }
        let maps = try String(contentsOfFile: "/proc/self/maps", encoding: .utf8).split(separator: "\n")
        let around = maps.filter { line in
            let ends = line.prefix { $0 != " " }.split(separator: "-").compactMap { UInt($0, radix: 16) }
            return ends.count == 2 && (ends[1] == place || ends[0] == place + 102_400)
        }
        #expect(around.count == 2 && around.allSatisfy { $0.contains("---p") }, "\(around)")
    }
}
