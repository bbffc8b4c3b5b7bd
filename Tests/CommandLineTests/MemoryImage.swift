import Foundation
import Testing

/// What root reads of a running process (proc(5), /proc/PID/mem), and what of it lies in pages that are locked.
struct MemoryImage {
    /// Pieces of tokens outside of locked pages.
    private(set) var loose = 0
    /// The same in locked pages that can be read at all.
    private(set) var locked = 0
    private(set) var bytes = 0
    /// Bytes that nobody may read: memfd_secret(2).
    private(set) var hidden = 0
    /// Names of the encodings that were found loose.
    private(set) var encodings: Set<String> = []

    init(of process: Int32, _ traces: TokenTraces) throws {
        let memory = try #require(FileHandle(forReadingAtPath: "/proc/\(process)/mem"))
        defer { try? memory.close() }
        for region in try Self.regions(of: process) {
            if region.isHidden { hidden += region.size }
            guard region.resident > 0, let content = try? Self.read(memory, region) else { continue }
            bytes += content.count
            let found = traces.pieces(in: content)
            if region.isLocked {
                locked += found.count
            } else {
                loose += found.count
                encodings.formUnion(found)
            }
        }
    }

    private struct Region {
        let start: UInt64
        let size: Int
        /// Of memfd_secret(2).
        let isHidden: Bool
        var resident = 0
        var isLocked = false

        /// - Parameter head: the first line of a region in proc(5)'s smaps; nil for its other lines.
        init?(head: Substring) {
            let words = head.split(separator: " ")
            let ends = words.first?.split(separator: "-").compactMap { UInt64($0, radix: 16) } ?? []
            guard ends.count == 2, words.count > 4 else { return nil }
            (start, size, isHidden) = (ends[0], Int(ends[1] - ends[0]), head.contains("/secretmem"))
        }
    }

    private static func regions(of process: Int32) throws -> [Region] {
        var regions: [Region] = []
        // String(contentsOfFile:) takes one short read for the end.
        let file = try #require(FileHandle(forReadingAtPath: "/proc/\(process)/smaps"))
        let text = String(decoding: try file.readToEnd() ?? Data(), as: UTF8.self)
        for line in text.split(separator: "\n") {
            if let region = Region(head: line) {
                regions.append(region)
            } else if line.hasPrefix("Rss:") {
                regions[regions.count - 1].resident =
                    line.split(separator: " ").dropFirst().first.flatMap { Int($0) } ?? 0
            } else if line.hasPrefix("VmFlags:") {
                regions[regions.count - 1].isLocked = line.split(separator: " ").contains("lo")
            }
        }
        return regions
    }

    private static func read(_ memory: FileHandle, _ region: Region) throws -> Data {
        try memory.seek(toOffset: region.start)
        var content = Data()
        while content.count < region.size {
            guard let part = try memory.read(upToCount: region.size - content.count), !part.isEmpty else { break }
            content += part
        }
        return content
    }
}
