import Foundation
import Lifecycle
import Sealing
import Storage
import TestSupport
import Wire

@testable import Vault

/// A vault that a seed makes, as the files of a real one in a folder, beside a list of what a reader must find in it.
///
/// The folder then holds `vault.db`, `anchor`, `machine.key`, `expected.json`, and of some seeds `vault.backup`.
struct RandomVault {
    private let folder: String
    private let store: SQLiteStore
    private let clock = ManualClock()
    private let vault: Vault
    private var random: SplitMix
    private var names: [CredentialName] = []
    private var values: [CredentialName: [Int: String]] = [:]
    private var expected = Expected()
    private static let filePassphrase = "of the file"

    /// What `Tests/Decoder` compares with.
    struct Expected: Encodable {
        struct Credential: Encodable { var name: String, kind: String, versions: [Version] }
        struct Version: Encodable { var number: Int, value: String }
        struct Passphrase: Encodable { var passphrase: String }
        var credentials: [Credential] = []
        var journal: [String] = []
        var passphrase: String?
        var recovery: String?
        var backup: Passphrase?
        var export: Passphrase?
    }

    /// - Parameter isCostly: with slots that Argon2id makes, each of which takes half a second to make and to open.
    static func make(seed: UInt64, in folder: String, isCostly: Bool) async throws {
        var vault = try await RandomVault(seed: seed, folder: folder, isCostly: isCostly)
        for _ in 0..<vault.random.below(14) { try await vault.change() }
        try await vault.finish(isCostly: isCostly)
    }

    private init(seed: UInt64, folder: String, isCostly: Bool) async throws {
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        self.folder = folder
        random = SplitMix(state: seed)
        store = try SQLiteStore(path: folder + "/vault.db")
        vault = try Self.vault(in: folder, store, clock)
        let code = try await vault.initialize(.machine, secret: nil)
        expected.recovery = Token.text(code)
        if isCostly {
            expected.passphrase = "correct horse \(seed)"
            _ = try await vault.addSlot(.passphrase, secret: Token.box("correct horse \(seed)"))
        }
    }

    private static func vault(in folder: String, _ store: SQLiteStore, _ clock: ManualClock) throws -> Vault {
        let surroundings = Surroundings(
            now: { clock.now }, prober: ScriptedProber(), keeper: ScriptedKeeper(),
            machineKey: MachineKeyFile(path: folder + "/machine.key"), anchor: AnchorFile(path: folder + "/anchor"),
            rescheduled: {}, failed: { _ in }, database: "sqlite")
        return Vault(
            store: store, catalogue: try Bench.catalogue.get(), settings: .standard, surroundings: surroundings)
    }

    private mutating func change() async throws {
        clock.advance(.seconds(1 + random.below(600)))
        switch random.below(10) {
        case 0..<4: try await add()
        case 4..<7: try await rotate()
        case 7: if let name = names.randomElement(using: &random) { _ = try await vault.read(name) }
        case 8: try await remove()
        default: try await rekey()
        }
    }

    private mutating func token() -> String {
        let seed = random.next()
        return [Token.setup, Token.api, Token.admin][random.below(3)](seed)
    }

    private mutating func add() async throws {
        let name = Bench.named("kind\(random.below(4))/n\(names.count)-\(random.next() % 1000)")
        let isGeneric = random.below(5) == 0
        let token = isGeneric ? "any \(random.next()) words \n of \"a\" \\ secret" : token()
        var order = Bench.order(name) { $0.probing = .off }
        if isGeneric { order.kind = Policy.generic }
        if random.below(2) == 0 {
            order.hosts = [Bench.host("git\(random.below(9)).example.com:\(1 + random.below(9))")]
        }
        if random.below(3) == 0 { order.account = AccountName("alice \(random.below(9))") }
        _ = try Bench.stored(await vault.add(order, paste: Token.box(token)))
        names.append(name)
        values[name] = [1: token]
    }

    /// Of the same kind, as the vault wants it.
    private mutating func rotate() async throws {
        guard let name = names.randomElement(using: &random), let old = values[name]?[1] else { return }
        let seed = random.next()
        let makers = [Token.setup, Token.api, Token.admin, { "any \($0)" }]
        let maker = makers.first { $0(1).prefix(4) == old.prefix(4) && $0(1).prefix(12) == old.prefix(12) } ?? makers[3]
        let order = Bench.order(name) { $0.now = true }
        let report = try Bench.stored(await vault.rotate(order, paste: Token.box(maker(seed))))
        values[name]?[report.version] = maker(seed)
    }

    private mutating func remove() async throws {
        guard let name = names.randomElement(using: &random) else { return }
        _ = try await vault.remove(name)
        names.removeAll { $0 == name }
        values[name] = nil
    }

    /// Begun, and in half of the cases moved to its end.
    private mutating func rekey() async throws {
        guard expected.passphrase == nil else { return }
        guard case .rekeying(0, _) = try await vault.rekey(.progress, secret: nil).0 else { return }
        _ = try await vault.rekey(.begin, secret: nil)
        expected.recovery = try await vault.rekey(.finish, secret: nil).1.map(Token.text)
        guard random.below(2) == 0 else { return }
        while try await vault.moveToNewKeys() {}
    }

    private mutating func finish(isCostly: Bool) async throws {
        if isCostly, !names.isEmpty { try await export() }
        if isCostly || random.below(4) == 0 { try await backUp(isCostly: isCostly) }
        let rows = try await vault.status(StatusQuery()).credentials
        for row in rows {
            let id = try await vault.record(of: row.name)
            let kept = try store.versionNumbers(of: id).map { number in
                Expected.Version(number: number, value: values[row.name]?[number] ?? "")
            }
            expected.credentials.append(
                Expected.Credential(name: row.name.description, kind: row.kind, versions: kept))
        }
        // What closing writes.
        try await vault.writeReadings(isLast: true)
        try await vault.writeCheckpoint()
        expected.journal = try await vault.audit(limit: 10_000, before: nil).reversed().map(\.event)
        try await vault.close()
        try JSONEncoder().encode(expected).write(to: URL(filePath: folder + "/expected.json"))
    }

    private func fresh(_ name: String) throws -> FileHandle {
        let path = folder + "/" + name
        guard FileManager.default.createFile(atPath: path, contents: nil) else { throw StorageError.missing }
        return try FileHandle(forUpdating: URL(filePath: path))
    }

    private mutating func export() async throws {
        let file = try fresh("vault.export")
        defer { try? file.close() }
        expected.export = Expected.Passphrase(passphrase: Self.filePassphrase)
        _ = try await vault.export([], to: file.fileDescriptor, passphrase: Token.box(Self.filePassphrase))
    }

    private mutating func backUp(isCostly: Bool) async throws {
        let file = try fresh("vault.backup")
        defer { try? file.close() }
        let passphrase = isCostly ? try Token.box(Self.filePassphrase) : nil
        _ = try await vault.backUp(to: file.fileDescriptor, passphrase: passphrase)
        expected.backup = isCostly ? Expected.Passphrase(passphrase: Self.filePassphrase) : nil
    }
}

extension Vault {
    fileprivate func record(of name: CredentialName) throws -> RecordID { try credential(name, opened()).id }
}

extension SplitMix {
    fileprivate mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
