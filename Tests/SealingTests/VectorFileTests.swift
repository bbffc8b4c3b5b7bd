import Foundation
import TestSupport
import Testing

/// The files are what the second encoder makes today; `TOKENWARD_WRITE_VECTORS=1` writes them instead.
@Suite struct VectorFileTests {
    static let all =
        EnvelopeVectors.all + SlotVectors.all + ManifestVectors.all + RowVectors.all + JournalVectors.all
        + SmallVectors.all + StreamVectors.all

    @Test func areWhatTheEncoderMakes() throws {
        let kinds = Set(Self.all.map(\.kind)).sorted()
        #expect(Set(Self.all.map { $0.kind + "/" + $0.name }).count == Self.all.count, "two of one name")
        if ProcessInfo.processInfo.environment["TOKENWARD_WRITE_VECTORS"] != nil {
            for kind in kinds {
                let home = Vector.folder.appending(path: kind)
                try? FileManager.default.removeItem(at: home)
                try FileManager.default.createDirectory(at: home, withIntermediateDirectories: true)
            }
            for vector in Self.all { try Data(vector.stored.utf8).write(to: vector.file) }
        }
        let stored = try Vector.stored(kinds: kinds)
        #expect(stored.count == Self.all.count)
        for vector in Self.all {
            let text = try String(contentsOf: vector.file, encoding: .utf8)
            #expect(text == vector.stored, "\(vector.kind)/\(vector.name)")
            #expect(try Vector(kind: vector.kind, name: vector.name, stored: text) == vector)
        }
        let faults = stored.count { (try? $0.text("class")) != "ok" }
        #expect(faults >= 200)
        print("vectors: \(stored.count), of which \(faults) hold one fault")
    }
}
