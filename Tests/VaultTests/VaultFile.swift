import Foundation
import GRDB
import Lifecycle
import Storage
import Wire

@testable import Vault

/// A vault of some credentials as the bytes of its files, to be changed and looked at again.
struct VaultFile {
    let bench: Bench
    let bytes: [UInt8]
    /// What the write-ahead log held before it was taken over into the file; empty for a vault that was closed.
    let log: [UInt8]
    let content: Content
    /// Opened once: what it holds in memory is what a file is measured against.
    let vault: Vault
    let store: SwitchStore
    let folder: String

    /// Every stored row of every table, as SQLite hands it out.
    struct Content: Equatable {
        var tables: [String: [[DatabaseValue]]]

        static let names = ["vault", "credential", "version", "node", "journal"]

        init(path: String) throws {
            let queue = try DatabaseQueue(path: path)
            defer { try? queue.close() }
            tables = try queue.read { database in
                var tables: [String: [[DatabaseValue]]] = [:]
                for name in Self.names {
                    tables[name] = try Row.fetchAll(database, sql: "SELECT * FROM \(name) ORDER BY 1, 2")
                        .map { Array($0.databaseValues) }
                }
                return tables
            }
        }

        /// Those of the manifest's nodes that are not the same in both; all when that cannot be told.
        func nodes(differingFrom other: Content) -> Set<UInt8> {
            let (here, there) = (tables["node"] ?? [], other.tables["node"] ?? [])
            guard here.count == there.count else { return Set(UInt8.min...UInt8.max) }
            let numbers = zip(here, there).filter { $0 != $1 }.flatMap { [$0, $1] }.map { row in
                row.first.flatMap { Int.fromDatabaseValue($0) }.flatMap { UInt8(exactly: $0) }
            }
            return numbers.contains(nil) ? Set(UInt8.min...UInt8.max) : Set(numbers.compactMap(\.self))
        }

        func differing(from other: Content) -> [String] { Self.names.filter { tables[$0] != other.tables[$0] } }
    }

    static func make(credentials: Int, keepingLog: Bool = false) async throws -> VaultFile {
        let folder = FileManager.default.temporaryDirectory.path + "/tokenward-file-\(RecordID.random())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        let path = folder + "/vault.db"
        let store = try SQLiteStore(path: path)
        let switching = SwitchStore(store)
        let bench = try await Bench.open(store: switching)
        for number in 0..<UInt64(credentials) {
            let order = Bench.order(Bench.named("credential/\(number)")) { $0.probing = .off }
            try await bench.add(Token.setup(number), as: order)
        }
        try await bench.vault.writeCheckpoint()
        let log = keepingLog ? try Data(contentsOf: URL(filePath: path + "-wal")) : Data()
        let early = try Data(contentsOf: URL(filePath: path))
        try store.close()
        let content = try Content(path: path)
        let bytes = keepingLog ? early : try Data(contentsOf: URL(filePath: path))
        return VaultFile(
            bench: bench, bytes: [UInt8](bytes), log: [UInt8](log), content: content, vault: bench.vault,
            store: switching, folder: folder)
    }

    func remove() { try? FileManager.default.removeItem(atPath: folder) }

    enum Fate: String { case refused, found, harmless, unseen }

    /// What becomes of files with these bytes: refused at opening, found by a check, the same content as before, or nothing of it.
    func fate(of bytes: [UInt8], log: [UInt8] = [], thoroughly: Bool) async throws -> Fate {
        let path = folder + "/changed.db"
        for suffix in ["", "-wal", "-shm"] { try? FileManager.default.removeItem(atPath: path + suffix) }
        try Data(bytes).write(to: URL(filePath: path))
        if !log.isEmpty { try Data(log).write(to: URL(filePath: path + "-wal")) }
        return try await fate(of: path, thoroughly: thoroughly)
    }

    /// The same of the file with one bit changed, without writing all of it: SQLite does not write what is only read.
    func fate(ofBit bit: Int, thoroughly: Bool) async throws -> Fate {
        let path = folder + "/flipped.db"
        if !FileManager.default.fileExists(atPath: path) { try Data(bytes).write(to: URL(filePath: path)) }
        let file = try FileHandle(forUpdating: URL(filePath: path))
        defer { try? file.close() }
        func put(_ byte: UInt8) throws {
            try file.seek(toOffset: UInt64(bit / 8))
            try file.write(contentsOf: [byte])
        }
        try put(bytes[bit / 8] ^ 1 << UInt8(bit % 8))
        let fate = try await fate(of: path, thoroughly: thoroughly)
        try put(bytes[bit / 8])
        return fate
    }

    private func fate(of path: String, thoroughly: Bool) async throws -> Fate {
        guard let changed = try? SQLiteStore(path: path) else { return .refused }
        defer { try? changed.close() }
        guard let now = try? Content(path: path) else { return .refused }
        let differing = now.differing(from: content)
        if differing.isEmpty {
            guard let findings = try? changed.selfCheck() else { return .refused }
            return findings.isEmpty ? .harmless : .found
        }
        store.replace(by: changed)
        let isFound =
            await isFound(differing, in: changed, nodes: now.nodes(differingFrom: content))
            || (try? changed.selfCheck().isEmpty) != true
        if thoroughly {
            let report = try? await vault.verify()
            let again = try bench.restarted(store: changed)
            let isRefused = (try? await again.unlock(.machine, secret: nil)) == nil
            if report?.findings.isEmpty == true, !isRefused { return .unseen }
        }
        return isFound ? .found : .unseen
    }

    /// The parts of `verify` that look at these tables.
    private func isFound(_ tables: [String], in changed: SQLiteStore, nodes: Set<UInt8>) async -> Bool {
        for table in tables {
            switch table {
            case "vault":
                if let again = try? bench.restarted(store: changed),
                    (try? await again.unlock(.machine, secret: nil)) == nil
                {
                    return true
                }
            case "journal": if (try? await vault.holdsJournal()) == nil { return true }
            case "node": if (try? await vault.holdsNodes(nodes)) == nil { return true }
            default: if (try? await vault.holdsRecords(table)) != true { return true }
            }
        }
        return false
    }
}

extension Vault {
    fileprivate func holdsJournal() throws { _ = try verifyJournal(opened()) }

    fileprivate func holdsNodes(_ numbers: Set<UInt8>) throws {
        for number in numbers { _ = try opened().node(number, store) }
    }

    fileprivate func holdsRecords(_ table: String) throws -> Bool {
        let vault = try opened()
        switch table {
        case "credential":
            var isWell = true
            let gone = try forEachRow(vault) { (row, isListed) throws(Fault) in
                if !isListed { isWell = false } else if try vault.mac(of: row) != row.mac { isWell = false }
            }
            return isWell && gone == 0
        default:
            var versions = 0
            _ = try forEachRow(vault) { (row, _) throws(Fault) in versions += try verify(row, vault) }
            return try versions == store.counts().versions
        }
    }
}
