import Foundation
import Lifecycle
import Sealing
import Storage
import Synchronization
import Testing
import Wire

@testable import Vault

/// A vault goes into a file and comes back from it.
@Suite struct BackupTests {
    @Test(arguments: Disk.allCases)
    func recoveryCodeAloneBringsItBackElsewhere(disk: Disk) async throws {
        let file = try BackupFile()
        let bench = try Bench()
        let code = try await bench.vault.initialize(.machine, secret: nil)
        try await bench.add()
        try await bench.rotate()
        try await bench.add(Token.setup(3), as: Bench.order(Bench.named("anthropic/second")))
        let told = try await bench.vault.backUp(to: file.descriptor, passphrase: nil)
        #expect(told.credentials == 2 && told.versions == 3 && told.slots == ["machine", "recovery"])
        #expect(told.bytes == file.size)

        let old = try StoreDump(bench.store)
        try await disk.with(StoreDump(MemoryStore())) { store in
            let other = try Bench(store: store)
            let order = RestoreOrder(slot: .recovery)
            let report = try await other.vault.restore(order, from: file.descriptor, secret: code)
            #expect(report.credentials == 2 && report.versions == 3 && report.damaged == 0)
            #expect(report.madeAt == told.madeAt && !report.opensByMachine)
            #expect(report.slots == ["machine", "recovery"])
            let new = try StoreDump(store)
            #expect(new.rows == old.rows && new.versions == old.versions && new.nodes == old.nodes)
            #expect(new.journal.starts(with: old.journal.prefix(3)))
            #expect(try await Token.text(other.vault.read(Bench.name).value) == Token.setup(2))
            let check = try await other.vault.verify()
            #expect(check.findings.isEmpty && check.freshness == "anchored")
            let events = try await other.vault.audit(limit: 3, before: nil)
            #expect(events.contains { $0.event == "restored" && $0.detail.contains(told.madeAt) })
            // And after a restart, by the code again.
            let again = try other.restarted()
            try await again.unlock(.recovery, secret: code)
            #expect(try await Token.text(again.read(Bench.name).value) == Token.setup(2))
            #expect(await fault { try await other.restarted().unlock(.machine, secret: nil) }?.id == "no_machine_key")
        }
    }

    @Test func theFilesOwnPassphraseOpensTheFileAlone() async throws {
        let file = try BackupFile()
        let bench = try await Bench.open()
        try await bench.add()
        let told = try await bench.vault.backUp(to: file.descriptor, passphrase: Token.box("of the file"))
        #expect(told.slots == ["machine", "passphrase", "recovery"])
        let other = try Bench()
        let order = RestoreOrder(slot: .passphrase)
        let wrong = await fault {
            try await other.vault.restore(order, from: file.descriptor, secret: Token.box("of the fils"))
        }
        #expect(wrong?.code == .notPermitted && wrong?.id == "wrong_secret")
        #expect(try StoreDump(other.store) == StoreDump(MemoryStore()))
        let report = try await other.vault.restore(order, from: file.descriptor, secret: Token.box("of the file"))
        #expect(report.slots == ["machine", "recovery"])
        #expect(try await Token.text(other.vault.read(Bench.name).value) == Token.setup(1))
        let none = await fault { try await other.restarted().unlock(.passphrase, secret: Token.box("of the file")) }
        #expect(none?.id == "no_slot")
    }

    @Test func aBackupOfThisVaultIsTakenBackWithoutAnAlarm() async throws {
        let file = try BackupFile()
        let bench = try await Bench.open()
        try await bench.add()
        _ = try await bench.vault.backUp(to: file.descriptor, passphrase: nil)
        for number in UInt64(2)..<6 { try await bench.rotate(Token.setup(number)) }
        let before = try await bench.vault.verify().sequence
        let refused = await fault {
            try await bench.vault.restore(RestoreOrder(slot: .machine), from: file.descriptor, secret: nil)
        }
        #expect(refused?.id == "vault_exists" && refused?.code == .usage)
        let order = RestoreOrder(slot: .machine, replaces: true)
        let report = try await bench.vault.restore(order, from: file.descriptor, secret: nil)
        #expect(report.opensByMachine)
        #expect(try await bench.vault.verify().sequence > before)
        let again = try bench.restarted()
        try await again.unlock(.machine, secret: nil)
        #expect(try await Token.text(again.read(Bench.name).value) == Token.setup(1))
        #expect(try await again.verify().findings.isEmpty)
    }

    @Test func anotherVaultTakesThePlaceOfTheOneThatIsHere() async throws {
        let file = try BackupFile()
        let away = try Bench()
        let code = try await away.vault.initialize(.machine, secret: nil)
        try await away.add(Token.setup(7))
        _ = try await away.vault.backUp(to: file.descriptor, passphrase: nil)
        let bench = try await Bench.open()
        try await bench.add()
        let order = RestoreOrder(slot: .recovery, replaces: true)
        _ = try await bench.vault.restore(order, from: file.descriptor, secret: code)
        let again = try bench.restarted()
        try await again.unlock(.recovery, secret: code)
        #expect(try await Token.text(again.read(Bench.name).value) == Token.setup(7))
        #expect(try await again.verify().findings.isEmpty)
    }

    @Test func whatIsNotAsItsManifestSaysIsNotBackedUp() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        var row = try bench.row()
        row.mac[0] ^= 1
        try bench.store.apply([.updateRow(row)])
        let file = try BackupFile()
        let told = await fault { try await bench.vault.backUp(to: file.descriptor, passphrase: nil) }
        #expect(told?.code == .damaged)
    }

    @Test func onlyANewFileIsWrittenAndOnlyAFileIsRead() async throws {
        let bench = try await Bench.open()
        let full = try BackupFile()
        try full.write([1])
        let used = await fault { try await bench.vault.backUp(to: full.descriptor, passphrase: nil) }
        #expect(used?.id == "wrong_file")
        let null = unsafe open("/dev/null", O_RDWR | O_CLOEXEC)
        defer { close(null) }
        #expect(await fault { try await bench.vault.backUp(to: null, passphrase: nil) }?.id == "wrong_file")
        let order = RestoreOrder(slot: .machine, replaces: true)
        let device = await fault { try await bench.vault.restore(order, from: null, secret: nil) }
        #expect(device?.id == "wrong_file")
    }
}

/// A restore that fails leaves everything as it was.
@Suite struct FailedRestoreTests {
    @Test func aDamagedOrCutFileChangesNothing() async throws {
        let file = try BackupFile()
        let away = try Bench()
        let code = try await away.vault.initialize(.machine, secret: nil)
        for number in UInt64(0)..<9 {
            try await away.add(Token.setup(number), as: Bench.order(Bench.named("away/n\(number)")))
        }
        _ = try await away.vault.backUp(to: file.descriptor, passphrase: nil)
        let bytes = try file.bytes()

        let bench = try await Bench.open()
        try await bench.add()
        #expect(try await bench.vault.verify().findings.isEmpty)
        let (before, anchors) = (try StoreDump(bench.store), try bench.anchor.read())
        let order = RestoreOrder(slot: .recovery, replaces: true)
        var points = 0
        func refuse(_ changed: [UInt8], _ what: String) async throws {
            let broken = try BackupFile()
            try broken.write(changed)
            let told = await fault { try await bench.vault.restore(order, from: broken.descriptor, secret: code) }
            let allowed: [ExitCode] = [.damaged, .notPermitted, .usage]
            #expect(told.map { allowed.contains($0.code) } == true, "\(what): \(String(describing: told))")
            points += 1
        }
        for place in stride(from: 0, to: bytes.count, by: 997) {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            try await refuse(changed, "byte \(place)")
            try await refuse(Array(bytes[..<place]), "cut at \(place)")
        }
        try await refuse(bytes + [0], "a byte more")
        #expect(try StoreDump(bench.store) == before)
        #expect(try bench.anchor.read() == anchors)
        #expect(try await Token.text(bench.vault.read(Bench.name).value) == Token.setup(1))
        print("restore: \(points) damaged or cut files refused, the vault as it was")
    }

    /// The disk is full at each write of a restore, the last one included.
    @Test(arguments: Disk.allCases) func aStoreThatFailsKeepsTheVault(disk: Disk) async throws {
        let file = try BackupFile()
        let away = try Bench()
        let code = try await away.vault.initialize(.machine, secret: nil)
        try await away.add(Token.setup(7))
        _ = try await away.vault.backUp(to: file.descriptor, passphrase: nil)
        let order = RestoreOrder(slot: .recovery, replaces: true)
        try await disk.with(StoreDump(MemoryStore())) { inner in
            let store = SwitchStore(inner)
            let bench = try await Bench.open(store: store)
            try await bench.add()
            #expect(try await bench.vault.verify().findings.isEmpty)
            let before = try StoreDump(store)
            var points = 0
            while true {
                store.breaks(after: points)
                let told = await fault { try await bench.vault.restore(order, from: file.descriptor, secret: code) }
                store.breaks(after: nil)
                guard let told else { break }
                #expect(told.id == "disk_full")
                #expect(try StoreDump(store).versions == before.versions)
                let again = try bench.restarted()
                try await again.unlock(.machine, secret: nil)
                #expect(try await again.verify().findings.isEmpty)
                #expect(try await Token.text(bench.vault.read(Bench.name).value) == Token.setup(1))
                try #require(try StoreDump(store).rows == before.rows)
                try await bench.vault.commit([])
                points += 1
                try #require(points < 100)
            }
            #expect(points > 2)
            #expect(try await Token.text(bench.vault.read(Bench.name).value) == Token.setup(7))
            print("restore: \(points) failing writes, the vault as it was")
        }
    }
}

/// A file below the temporary folder that nobody else sees; gone with the value.
final class BackupFile {
    let descriptor: Int32

    init() throws {
        let path = NSTemporaryDirectory() + "tokenward-backup-\(RecordID.random())"
        descriptor = unsafe open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        try #require(descriptor >= 0)
        _ = unsafe unlink(path)
    }

    deinit { close(descriptor) }

    var size: Int64 { Int64(lseek(descriptor, 0, SEEK_END)) }

    func write(_ bytes: [UInt8]) throws { try DescriptorBytes(descriptor).write(bytes) }

    func bytes() throws -> [UInt8] {
        let count = Int(size)
        lseek(descriptor, 0, SEEK_SET)
        var bytes: [UInt8] = []
        while bytes.count < count { bytes += try DescriptorBytes(descriptor).read(atMost: count - bytes.count) }
        return bytes
    }

    /// Made by whoever knows its keys: numbers that no vault counts to are refused, not counted on from.
    @Test(arguments: [UInt64.max - 3, UInt64(1) << 63]) func numbersBeyondCountingAreRefused(sequence: UInt64)
        async throws
    {
        let file = try BackupFile()
        let bench = try await Bench.open()
        try await bench.vault.opened().state.withLock { $0.head.sequence = sequence - 1 }
        _ = try await bench.vault.addSlot(.passphrase, secret: Token.box("of the enemy"))
        _ = try await bench.vault.backUp(to: file.descriptor, passphrase: nil)
        let other = try Bench()
        let order = RestoreOrder(slot: .passphrase)
        let told = await fault {
            try await other.vault.restore(order, from: file.descriptor, secret: Token.box("of the enemy"))
        }
        #expect(told?.code == .damaged)
        #expect(try StoreDump(other.store) == StoreDump(MemoryStore()))
    }

    @Test func aBackupIsJournalledWhenItIsAcknowledged() async throws {
        let bench = try await Bench.open()
        let file = try BackupFile()
        _ = try await bench.vault.backUp(to: file.descriptor, passphrase: Token.box("of the file"))
        let next = try bench.restarted()
        try await next.unlock(.machine, secret: nil)
        #expect(try await next.audit(limit: 1, before: nil).first?.event == "backed-up")
    }
}
