import Foundation
import GRDB
import Lifecycle
import Testing

@testable import Storage

/// What only files have.
@Suite struct SQLiteStoreTests {
    @Test func everythingIsThereAfterReopening() throws {
        let folder = try TemporaryFolder()
        let first = try SQLiteStore(path: folder.database)
        try first.apply([
            .setValue("id", [1, 2]), .insertRow(Sample.row(1, due: 77)), .insertRow(Sample.row(2)),
            .insertVersion(Sample.version(4), number: 4, of: Sample.id(1)),
            .appendEntry(Sample.entry(5)),
        ])
        try first.close()
        let second = try SQLiteStore(path: folder.database)
        #expect(try second.value("id") == [1, 2])
        #expect(try second.rows(after: nil, limit: 9) == [Sample.row(1, due: 77), Sample.row(2)])
        #expect(try second.version(4, of: Sample.id(1)) == Sample.version(4))
        #expect(try second.journal(of: nil, before: nil, limit: 9) == [Sample.entry(5)])
        #expect(try second.earliestDue(after: Timestamp(milliseconds: .min)) == Timestamp(milliseconds: 77))
        try second.close()
    }

    @Test func aClosedStoreSaysSo() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        try store.close()
        try store.close()
        #expect(throws: StorageError.failed(code: 21)) { try store.value("id") }
        #expect(throws: StorageError.failed(code: 21)) { try store.apply([.insertRow(Sample.row(1))]) }
        #expect(throws: StorageError.failed(code: 21)) { try store.begin() }
    }

    @Test func whatWasAcknowledgedIsThereWithoutAClose() throws {
        let folder = try TemporaryFolder()
        let first = try SQLiteStore(path: folder.database)
        try first.apply([.insertRow(Sample.row(1))])
        let second = try SQLiteStore(path: folder.database)
        #expect(try second.row(Sample.id(1)) == Sample.row(1))
        try second.close()
        try first.close()
    }

    /// https://www.sqlite.org/pragma.html#pragma_synchronous: 2 is FULL; less, and a power loss takes what was acknowledged.
    @Test func everyCommitReachesTheDisk() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        #expect(try store.read { try Int.fetchOne($0, sql: "PRAGMA synchronous") } == 2)
        #expect(try store.read { try String.fetchOne($0, sql: "PRAGMA journal_mode") } == "wal")
        try store.close()
    }

    @Test(arguments: [3, 4, 1_000_000]) func aNewerLayoutIsRefused(schema: Int) throws {
        let folder = try TemporaryFolder()
        try SQLiteStore(path: folder.database).close()
        // SQLite file format, section 1.3: the user version is the big-endian integer at offset 60.
        var bytes = Array(try Data(contentsOf: URL(filePath: folder.database)))
        for index in 0..<4 { bytes[60 + index] = UInt8(truncatingIfNeeded: schema >> (24 - 8 * index)) }
        try Data(bytes).write(to: URL(filePath: folder.database))
        #expect(throws: StorageError.newer(schema: schema)) { try SQLiteStore(path: folder.database) }
    }

    @Test func theLayoutThatWasGivenUpIsRefused() throws {
        let folder = try TemporaryFolder()
        try SQLiteStore(path: folder.database).close()
        var bytes = Array(try Data(contentsOf: URL(filePath: folder.database)))
        bytes[63] = 1
        try Data(bytes).write(to: URL(filePath: folder.database))
        #expect(throws: StorageError.older(schema: 1)) { try SQLiteStore(path: folder.database) }
    }

    @Test func whatIsNoDatabaseIsRefused() throws {
        let folder = try TemporaryFolder()
        try Data(repeating: 0x41, count: 8192).write(to: URL(filePath: folder.database))
        #expect(throws: StorageError.damaged) { try SQLiteStore(path: folder.database) }
        #expect(try Data(contentsOf: URL(filePath: folder.database)) == Data(repeating: 0x41, count: 8192))
    }

    @Test func aDamagedPageIsTold() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        try store.apply((0..<200).map { .insertRow(Sample.row($0, due: Int64($0))) })
        try store.close()
        var bytes = try Data(contentsOf: URL(filePath: folder.database))
        let page = 4096
        for index in page..<bytes.count where index % page < 200 { bytes[index] = 0xFF }
        try bytes.write(to: URL(filePath: folder.database))
        #expect(throws: StorageError.damaged) {
            let damaged = try SQLiteStore(path: folder.database)
            _ = try damaged.rows(after: nil, limit: 500)
        }
    }

    @Test func aFolderThatIsNotThereIsAFailure() {
        #expect { try SQLiteStore(path: "/tmp/tokenward-nowhere-\(RecordID.random())/vault.db") } throws: { error in
            if case .failed? = error as? StorageError { true } else { false }
        }
    }

    @Test func filesAreForTheOwnerWhateverTheMask() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        try store.apply([.setValue("id", [1])])
        for suffix in ["", "-wal", "-shm"] {
            let facts = try FileManager.default.attributesOfItem(atPath: folder.database + suffix)
            let mode = try #require((facts[.posixPermissions] as? NSNumber)?.intValue)
            #expect(mode == 0o600, "vault.db\(suffix) has \(String(mode, radix: 8))")
        }
        try store.close()
    }

    @Test func deletedBytesAreOverwritten() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        let mark = [UInt8]("the value of a dead version".utf8)
        try store.apply([
            .insertRow(Sample.row(1)),
            .insertVersion(StoredVersion(epoch: 1, description: [1], value: mark), number: 1, of: Sample.id(1)),
        ])
        try store.apply([.removeVersion(number: 1, of: Sample.id(1))])
        try store.close()
        #expect(try Data(contentsOf: URL(filePath: folder.database)).firstRange(of: Data(mark)) == nil)
        #expect(!FileManager.default.fileExists(atPath: folder.database + "-wal"))
    }

    @Test(arguments: [
        "UPDATE credential SET epoch = -1", "UPDATE credential SET epoch = 'x'",
        "UPDATE credential SET epoch = 1e30", "UPDATE credential SET due = 'soon'", "UPDATE credential SET mac = 7",
        "UPDATE credential SET id = x'00'",
    ]) func aColumnOfAnotherTypeIsDamage(statement: String) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        try store.apply([.insertRow(Sample.row(1, due: 3))])
        try RawDatabase(path: folder.database).execute("PRAGMA foreign_keys = OFF; " + statement)
        #expect(throws: StorageError.damaged) { try store.rows(after: nil, limit: 9) }
        try store.close()
    }

    @Test(arguments: [
        "DROP INDEX credential_due", "CREATE TABLE more (a)",
        "CREATE TRIGGER t AFTER UPDATE ON node BEGIN SELECT 1; END",
        "INSERT INTO version VALUES (x'0102', 1, 1, x'', x'')",
    ]) func anOtherLayoutIsFound(statement: String) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        #expect(try store.selfCheck().isEmpty)
        try RawDatabase(path: folder.database).execute("PRAGMA foreign_keys = OFF; " + statement)
        #expect(try store.selfCheck().count == 1)
        try store.close()
    }

    @Test func whatAnotherProgramWritesChangesTheMark() throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        try store.apply([.insertRow(Sample.row(1, due: 3))])
        let mark = try store.changeMark()
        try RawDatabase(path: folder.database).execute("UPDATE credential SET due = 4")
        #expect(try store.changeMark() != mark)
        try store.close()
    }

    /// SQLite sorts texts and blobs behind all numbers.
    @Test(arguments: ["'soon'", "x'00'"]) func aDueTimeThatIsNoneIsNeverNext(due: String) throws {
        let folder = try TemporaryFolder()
        let store = try SQLiteStore(path: folder.database)
        try store.apply([.insertRow(Sample.row(1, due: 3)), .insertRow(Sample.row(2, due: 70))])
        try RawDatabase(path: folder.database).execute("UPDATE credential SET due = \(due) WHERE due = 70")
        #expect(try store.earliestDue(after: Timestamp(milliseconds: 2)) == Timestamp(milliseconds: 3))
        #expect(try store.earliestDue(after: Timestamp(milliseconds: 3)) == nil)
        try store.close()
    }
}
