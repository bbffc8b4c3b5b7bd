import Lifecycle
import Storage
import Testing
import Wire

@testable import Vault

/// Issue 3, "Must show" 3: whoever owns the disk changes nothing unseen, and never has a wrong value handed out.
@Suite(.timeLimit(.minutes(20))) struct HostileStoreTests {
    private static let names = (1...4).map { Bench.named("credential/\($0)") }

    /// A vault with a past: rotations, verdicts, a removal, slots that came and went.
    private static func scene() async throws -> (bench: Bench, store: HostileStore, values: [CredentialName: String]) {
        let bench = try Bench()
        _ = try await bench.vault.initialize(.passphrase, secret: Token.box("correct horse"))
        var earlier: [StoreDump] = []
        for (number, name) in zip(UInt64(0)..., names) {
            try await bench.add(Token.setup(number), as: Bench.order(name))
        }
        earlier.append(try StoreDump(bench.store))
        _ = try await bench.vault.addSlot(.machine, secret: nil)
        _ = try await bench.vault.addSlot(.passphrase, secret: Token.box("second passphrase"))
        let going = Bench.named("going")
        try await bench.add(Token.setup(50), as: Bench.order(going))
        try await bench.rotate(Token.setup(60), as: Bench.order(names[0]))
        earlier.append(try StoreDump(bench.store))
        bench.clock.advance(.hours(30))
        try await bench.vault.tick(limit: 8)
        try await bench.vault.remove(going)
        try await bench.rotate(Token.setup(61), as: Bench.order(names[1]))
        let slots = try await bench.vault.slotReports().filter { $0.kind == "passphrase" }
        try await bench.vault.removeSlot(#require(slots.last).id)
        try await bench.vault.pause(names[2])

        let other = try await Bench.open()
        try await other.add(Token.setup(70), as: Bench.order(names[3]))
        let store = HostileStore(
            now: try StoreDump(bench.store), earlier: earlier, foreign: try StoreDump(other.store))
        return (
            bench, store,
            [
                names[0]: Token.setup(60), names[1]: Token.setup(61), names[2]: Token.setup(2),
                names[3]: Token.setup(3),
            ]
        )
    }

    @Test(arguments: Disk.allCases) func everyAttackIsFound(on disk: Disk) async throws {
        let (bench, hostile, values) = try await Self.scene()
        let attacks = hostile.attacks
        var refused = 0
        let anchor = try bench.anchor.read()
        for attack in attacks {
            bench.anchor.set(anchor)
            try await disk.with(attack.dump) { store in
                let vault = try bench.restarted(store: store)
                let told = await fault { try await vault.unlock(.machine, secret: nil) }
                if told != nil {
                    refused += 1
                    #expect([.damaged, .notPermitted, .usage, .configuration].contains(told?.code), "\(attack.name)")
                    return
                }
                for (name, value) in values {
                    if let read = try? await vault.read(name).value {
                        #expect(Token.text(read) == value, "\(attack.name): another value of \(name)")
                    }
                }
                let report = try await vault.verify()
                #expect(!report.findings.isEmpty, "\(attack.name) was not found")
            }
        }
        print("hostile store (\(disk)): \(attacks.count) attacks, \(refused) refused at unlock, 0 unseen")
        #expect(attacks.count >= 200)
    }

    /// The same on the store under an open vault: what is read is right or refused, and `verify` finds it.
    @Test func anOpenVaultIsNotFooled() async throws {
        let (bench, hostile, values) = try await Self.scene()
        let anchor = try bench.anchor.read()
        for attack in hostile.attacks {
            bench.anchor.set(anchor)
            let store = MemoryStore()
            try hostile.now.fill(store)
            let vault = try bench.restarted(store: store)
            try await vault.unlock(.machine, secret: nil)
            try StoreDump.clear(store)
            try attack.dump.fill(store)
            for (name, value) in values {
                if let read = try? await vault.read(name).value {
                    #expect(Token.text(read) == value, "\(attack.name): another value of \(name)")
                }
            }
            let report = try? await vault.verify()
            #expect(report?.findings.isEmpty != true, "\(attack.name) was not found")
        }
    }

    /// What was not changed raises no alarm, however often the daemon starts.
    @Test func nothingIsFoundWhereNothingIsWrong() async throws {
        let (bench, hostile, _) = try await Self.scene()
        for disk in Disk.allCases {
            try await disk.with(hostile.now) { store in
                for _ in 0..<20 {
                    let vault = try bench.restarted(store: store)
                    try await vault.unlock(.machine, secret: nil)
                    #expect(try await vault.verify().findings.isEmpty)
                }
            }
        }
    }
}

extension StoreDump {
    static func clear(_ store: MemoryStore) throws {
        let dump = try StoreDump(store)
        try store.apply(
            dump.values.keys.map { .setValue($0, nil) } + dump.nodes.keys.map { .setNode($0, nil) }
                + dump.rows.keys.map(StorageChange.removeRow))
        store.forgetJournal()
    }
}
