import Foundation
import Lifecycle
import Sealing
import Storage
import TestSupport
import Testing
import Wire

@testable import Vault

/// Values leave in a sealed file and come into another vault as they were.
@Suite struct ExportTests {
    private static let passphrase = "of the file"
    /// Needs every escape that JSON has, and is of no kind.
    private static let odd = Token.setup(7).dropLast(30) + "\"\\/\u{1}\u{7f}\u{20ac}"

    private func scene() async throws -> Bench {
        let bench = try await Bench.open()
        try await bench.add(
            as: Bench.order { order in
                order.minted = Timestamp(seconds: 1_790_000_000)
                order.baseURL = "https://gateway.invalid/v1"
            })
        try await bench.rotate()
        try await bench.add(
            Token.api(3),
            as: Bench.order(Bench.named("anthropic/second")) { order in
                order.probing = .off
                order.expires = Timestamp(seconds: 1_900_000_000)
            })
        try await bench.add(
            String(Self.odd),
            as: Bench.order(Bench.named("odd/one")) { order in
                (order.asIs, order.kind, order.probing) = (true, "anthropic.setup-token", .passive)
            })
        return bench
    }

    private func exported(_ bench: Bench, _ names: [CredentialName] = []) async throws -> BackupFile {
        let file = try BackupFile()
        let report = try await bench.vault.export(names, to: file.descriptor, passphrase: Token.box(Self.passphrase))
        #expect(report.bytes == file.size)
        #expect(report.credentials == (names.isEmpty ? 3 : names.count))
        return file
    }

    private func taken(
        _ file: BackupFile, by bench: Bench, _ passphrase: String = passphrase,
        _ change: (inout ImportOrder) -> Void = { _ in }
    ) async throws -> ImportReport {
        let source = try await bench.vault.opened(file.descriptor, with: Token.box(passphrase))
        let answer = try await bench.vault.importing(
            ImportTests.order {
                $0.isAccepted = true
                change(&$0)
            }, from: source)
        guard case .imported(let report) = answer else { throw Unexpected(answer: answer) }
        return report
    }

    @Test func anotherVaultHasThemAsTheyWere() async throws {
        let bench = try await scene()
        let file = try await exported(bench)
        let other = try await Bench.open()
        let report = try await taken(file, by: other)
        #expect(report.form == "tokenward_export" && report.imported == 3 && report.left.isEmpty)
        for name in [Bench.name, Bench.named("anthropic/second"), Bench.named("odd/one")] {
            let value = try await Token.text(bench.vault.read(name).value)
            #expect(try await Token.text(other.vault.read(name).value) == value)
            let (old, new) = (try await bench.report(name), try await other.report(name))
            #expect(new.kind == old.kind && new.length == old.length && new.probing == old.probing)
            #expect(new.expiresAt == old.expiresAt, "\(name)")
            #expect(new.fingerprint != old.fingerprint, "fingerprints are a vault's own")
        }
        #expect(try await other.vault.verify().findings.isEmpty)
        let asked = try await other.vault.probe(Bench.name, accepted: true)
        guard case .probed = asked else { throw Unexpected(answer: asked) }
        #expect(other.prober.orders.last?.baseURL?.description == "https://gateway.invalid/v1")
    }

    @Test func onlyWhatIsNamedLeavesAndTheJournalTells() async throws {
        let bench = try await scene()
        let file = try await exported(bench, [Bench.named("odd/one"), Bench.name])
        #expect(try await bench.events().last == "exported")
        #expect(try await bench.events(Bench.named("anthropic/second")).contains("exported") == false)
        #expect(try await bench.vault.audit(limit: 1, before: nil).first?.detail == "2 credentials")
        let other = try await Bench.open()
        #expect(try await taken(file, by: other).imported == 2)
        let clear = Data(try file.bytes())
        for word in ["sk-ant", "anthropic", "odd/one", "gateway"] {
            #expect(clear.firstRange(of: Data(word.utf8)) == nil, "\(word)")
        }
    }

    @Test func whatCannotBeWrittenLeavesAnEmptyFile() async throws {
        let bench = try await scene()
        for (names, passphrase, id) in [
            ([Bench.named("no/such")], Self.passphrase, "no_such_credential"), ([], "", "passphrase_empty"),
        ] {
            let file = try BackupFile()
            let told = await fault {
                try await bench.vault.export(names, to: file.descriptor, passphrase: Token.box(passphrase))
            }
            #expect(told?.id == id && file.size == 0)
        }
        let empty = try await Bench.open()
        let file = try BackupFile()
        let told = await fault {
            try await empty.vault.export([], to: file.descriptor, passphrase: Token.box(Self.passphrase))
        }
        #expect(told?.id == "nothing_to_export" && told?.code == .usage)
    }

    @Test func wrongPassphrasesBackupsAndDamageAreTold() async throws {
        let bench = try await scene()
        let file = try await exported(bench)
        let other = try await Bench.open()
        let before = try StoreDump(other.store)
        #expect(await fault { try await taken(file, by: other, "of the fils") }?.id == "wrong_secret")
        #expect(await fault { try await other.vault.opened(file.descriptor, with: nil) }?.id == "no_passphrase")
        let backup = try BackupFile()
        _ = try await bench.vault.backUp(to: backup.descriptor, passphrase: nil)
        let told = await fault { try await taken(backup, by: other) }
        #expect(told?.id == "not_an_export" && told?.hint == "secret restore --help")
        let restored = await fault {
            try await other.vault.restore(
                RestoreOrder(slot: .passphrase, replaces: true), from: file.descriptor,
                secret: Token.box(Self.passphrase))
        }
        #expect(restored?.id == "not_a_backup")
        let bytes = try file.bytes()
        guard
            case .sealed(_, let keys) = try await other.vault.opened(file.descriptor, with: Token.box(Self.passphrase))
        else { throw Unexpected() }
        var refused = 0
        for place in Swift.stride(from: 62 + 168, to: bytes.count, by: 9) {
            var changed = bytes
            changed[place] ^= 1 << UInt8(place % 8)
            for content in [changed, Array(bytes.prefix(place))] {
                let copy = try BackupFile()
                try copy.write(content)
                let told = await fault {
                    try await other.vault.importing(ImportTests.accepted, from: .sealed(copy.descriptor, keys))
                }
                #expect(told?.id == "file_damaged", "byte \(place)")
                refused += 1
            }
        }
        print("export: \(refused) damaged or cut files refused, the vault as it was")
        #expect(try StoreDump(other.store) == before)
    }

    /// Each passphrase is seconds of work for the vault, which answers nobody meanwhile.
    @Test func aFileWithOtherSlotsIsNotTried() async throws {
        let bench = try await Bench.open()
        let (keys, id) = (try VaultKeys.fresh(), randomBytes(RecordID.size))
        let machine = try SecretBytes.random(count: VaultKeys.size)
        let own = try KeySlot.make(.machine, id: randomBytes(16), vault: id, keys: keys, secret: machine)
        let typed = try KeySlot.make(
            .passphrase, id: randomBytes(16), vault: id, keys: keys, secret: Token.box(Self.passphrase).bytes)
        for slots in [[own], [typed, own], [typed, typed]] {
            let file = try BackupFile()
            let facts = SealedStreamFacts(kind: .export, vault: id, madeAt: 0)
            let writer = try SealedStreamWriter(facts, slots: slots, keys: keys, to: DescriptorBytes(file.descriptor))
            try writer.finish()
            let told = await fault {
                try await bench.vault.opened(file.descriptor, with: Token.box(Self.passphrase))
            }
            #expect(told?.id == "file_damaged" && told?.code == .damaged)
        }
    }

    @Test func aValueInTheKeyringLeavesTooOrTheKeyringIsNamed() async throws {
        let bench = try await Bench.openWithHeldToken()
        let file = try BackupFile()
        _ = try await bench.vault.export([], to: file.descriptor, passphrase: Token.box(Self.passphrase))
        let other = try await Bench.open()
        #expect(try await taken(file, by: other).imported == 1)
        #expect(try await Token.text(other.vault.read(Bench.name).value) == Token.setup(1))
        bench.keeper.stands(.locked)
        let second = try BackupFile()
        let told = await fault {
            try await bench.vault.export([], to: second.descriptor, passphrase: Token.box(Self.passphrase))
        }
        #expect(told?.id == "keyring_locked" && second.size == 0)
    }
}
