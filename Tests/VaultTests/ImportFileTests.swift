import Foundation
import Glibc
import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// Files that are read through a window, and disks that fail in the middle.
@Suite struct ImportFileTests {
    /// A file that is open for reading and has no name any more.
    struct OpenFile: ~Copyable {
        let descriptor: Int32

        init(_ bytes: [UInt8]) throws {
            let path = "/tmp/tokenward-import-\(RecordID.random())"
            try Data(bytes).write(to: URL(filePath: path))
            let opened = unsafe open(path, O_RDONLY | O_CLOEXEC)
            unsafe unlink(path)
            guard opened >= 0 else { throw StorageError.failed(code: Int(errno)) }
            descriptor = opened
        }

        var position: Int { Int(lseek(descriptor, 0, SEEK_CUR)) }

        deinit { close(descriptor) }
    }

    /// Blank lines and padding move the ends of lines over every place of the window's edge.
    static func padded(_ count: Int, bytes: Int) -> [UInt8] {
        var text: [UInt8] = []
        for number in 0..<count {
            text +=
                Array(ImportTests.line(number).utf8) + [UInt8](repeating: 0x20, count: bytes / count + number % 97) + [
                    0x0A
                ]
        }
        return text
    }

    @Test func aFileLargerThanTheWindowIsReadInParts() async throws {
        let bench = try await Bench.open()
        let bytes = Self.padded(120, bytes: 12 << 20)
        let file = try OpenFile(bytes)
        let report = try await bench.imported(from: .file(file.descriptor), ImportTests.accepted)
        #expect(report.imported == 120 && report.credentials.map(\.line) == Array(1...120))
        #expect(file.position == bytes.count)
        for number in [0, 57, 119] {
            #expect(try await bench.value("many/n\(number)") == Token.setup(UInt64(number + 1)))
        }
    }

    @Test func whereverTheDescriptorStandsAllIsRead() async throws {
        let bench = try await Bench.open()
        let file = try OpenFile(Array(ImportTests.lines(3).utf8))
        lseek(file.descriptor, 40, SEEK_SET)
        #expect(try await bench.imported(from: .file(file.descriptor), ImportTests.accepted).imported == 3)
    }

    @Test(arguments: [1 << 20, 3 << 20, 9 << 20]) func aLineThatIsTooLongEndsIt(size: Int) async throws {
        let bench = try await Bench.open()
        let bytes = Array((ImportTests.lines(2) + "\n{\"name\":\"").utf8) + [UInt8](repeating: 0x61, count: size)
        let file = try OpenFile(bytes)
        let told = await fault { try await bench.imported(from: .file(file.descriptor), ImportTests.accepted) }
        #expect(told?.message == "nothing was imported: line 3: the line is longer than 256 KiB")
    }

    @Test func largeFilesOfOtherFormsAreRefused() async throws {
        let bench = try await Bench.open()
        for start in ["A=b\n", "{\n\"profiles\":{}}"] {
            let file = try OpenFile(Array(start.utf8) + [UInt8](repeating: 0x20, count: ImportLimit.document))
            let told = await fault { try await bench.imported(from: .file(file.descriptor), ImportTests.accepted) }
            #expect(
                told?.message == "nothing was imported: the file is larger than 4 MiB, which is the most for this form")
        }
    }

    @Test func whatCannotBeReadIsAnInputError() async throws {
        let bench = try await Bench.open()
        let folder = unsafe open("/tmp", O_RDONLY | O_CLOEXEC)
        defer { close(folder) }
        for descriptor in [folder, -1] {
            let told = await fault { try await bench.imported(from: .file(descriptor), ImportTests.accepted) }
            #expect(told?.code == .inputOutput && told?.id == "input")
        }
    }

    /// A disk that fails in any part, or at the end: nothing of it is there, the vault is whole, and the same import works then.
    @Test(arguments: 1...3) func whateverPartFailsNothingIsStored(part: Int) async throws {
        let folder = "/tmp/tokenward-import-\(RecordID.random())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = SwitchStore(try SQLiteStore(path: folder + "/vault.db"))
        let bench = try await Bench.open(store: store)
        try await bench.add()
        let before = (try store.counts(), try bench.anchor.read())
        let file = try OpenFile(Array(ImportTests.lines(600).utf8))
        store.breaks(after: part - 1)
        let told = await fault { try await bench.imported(from: .file(file.descriptor), ImportTests.accepted) }
        #expect(told?.code == .inputOutput && told?.id == "disk_full")
        store.breaks(after: nil)
        #expect(try (store.counts(), bench.anchor.read()) == before)
        #expect(try await bench.vault.verify().findings.isEmpty)
        #expect(try await bench.imported(from: .file(file.descriptor), ImportTests.accepted).imported == 600)
        #expect(try store.counts().rows == 601)
        #expect(try await bench.vault.verify().findings.isEmpty)
        try await bench.vault.close()
        let again = try bench.restarted(store: SQLiteStore(path: folder + "/vault.db"))
        try await again.unlock(.machine, secret: nil)
        #expect(try await again.verify().findings.isEmpty)
    }
}
