import Lifecycle
import Sealing
import Storage
import Testing
import Wire

@testable import Vault

/// Whoever can write the file, but has no key, changes nothing unseen: exit code 79.
@Suite struct TamperTests {
    private let other = Bench.named("other")

    private func two() async throws -> (bench: Bench, first: StoredRow, second: StoredRow) {
        let bench = try await Bench.open()
        try await bench.add()
        let first = try bench.row()
        try await bench.add(Token.setup(2), as: Bench.order(other))
        let rows = try bench.store.rows(after: nil, limit: 3)
        return (bench, first, try #require(rows.first { $0.id != first.id }))
    }

    private func replace(_ bench: Bench, _ id: RecordID, _ number: Int = 1, _ change: (inout StoredVersion) -> Void)
        throws
    {
        var version = try #require(try bench.store.version(number, of: id))
        change(&version)
        try bench.store.apply([.removeVersion(number: number, of: id), .insertVersion(version, number: number, of: id)])
    }

    private func expectDamage(_ bench: Bench, _ name: CredentialName = Bench.name) async {
        for told in [
            await fault { try await bench.report(name) },
            await fault { try await bench.vault.read(name) }, await fault { try await bench.vault.pause(name) },
            await fault { try await bench.vault.probe(name, accepted: true) },
            await fault { try await bench.vault.undo(name) },
        ] { #expect(told?.id == "damaged" && told?.code == .damaged) }
        let status = try? await bench.vault.status(StatusQuery())
        #expect(status.map { $0.damaged > 0 && !$0.credentials.map(\.name).contains(name) } == true)
    }

    enum RowPart: CaseIterable { case due, noDue, body, mac, emptyBody }

    @Test(arguments: RowPart.allCases) func aChangedRow(_ part: RowPart) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        var row = try bench.row()
        switch part {
        case .due: row.due = row.due.map { $0 + .milliseconds(1) }
        case .noDue: row.due = nil
        case .body: row.body[row.body.count / 2] ^= 1
        case .mac: row.mac[0] ^= 1
        case .emptyBody: row.body = []
        }
        try bench.store.apply([.updateRow(row)])
        await expectDamage(bench)
    }

    @Test func aRowOfAnotherRecord() async throws {
        let (bench, first, second) = try await two()
        var forged = second
        (forged.id, forged.tag) = (first.id, first.tag)
        try bench.store.apply([.updateRow(forged)])
        await expectDamage(bench)
        #expect(try await bench.report(other).state == .healthy)
    }

    @Test func swappedNames() async throws {
        let (bench, first, second) = try await two()
        var (left, right) = (first, second)
        (left.tag, right.tag) = (second.tag, first.tag)
        var away = first
        away.tag = [9]
        try bench.store.apply([.updateRow(away), .updateRow(right), .updateRow(left)])
        await expectDamage(bench)
        await expectDamage(bench, other)
    }

    @Test func anEarlierRowWithoutItsVersionIsDamage() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        let before = try bench.row()
        try await bench.rotate()
        try await bench.run(until: Bench.start + .hours(25))
        try bench.store.apply([.updateRow(before)])
        await expectDamage(bench)
    }

    @Test(arguments: [0, 2, 30, 60, 200]) func aChangedDescription(index: Int) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try replace(bench, bench.row().id) { $0.description[index] ^= 0x10 }
        await expectDamage(bench)
    }

    @Test func aDescriptionOfAnotherRecord() async throws {
        let (bench, first, second) = try await two()
        let foreign = try #require(try bench.store.version(1, of: second.id))
        try replace(bench, first.id) { $0.description = foreign.description }
        await expectDamage(bench)
    }

    @Test func aValueInPlaceOfADescription() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try replace(bench, bench.row().id) { ($0.description, $0.value) = ($0.value ?? [], $0.description) }
        await expectDamage(bench)
    }

    private func expectNoValue(_ bench: Bench) async throws {
        #expect(await fault { try await bench.vault.read(Bench.name) }?.code == .damaged)
        #expect(await fault { try await bench.vault.probe(Bench.name, accepted: true) }?.code == .damaged)
        #expect(try await bench.report().state == .healthy)
    }

    @Test(arguments: [0, 2, 30, 60, 200]) func aChangedValue(index: Int) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try replace(bench, bench.row().id) { $0.value?[index] ^= 1 }
        try await expectNoValue(bench)
        #expect(bench.prober.count == 1)
    }

    @Test func aValueOfAnotherRecord() async throws {
        let (bench, first, second) = try await two()
        let foreign = try #require(try bench.store.version(1, of: second.id))
        try replace(bench, first.id) { $0.value = foreign.value }
        try await expectNoValue(bench)
        #expect(Token.text(try await bench.vault.read(other).value) == Token.setup(2))
    }

    @Test func aValueOfAnotherVersion() async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try await bench.rotate()
        let id = try bench.row().id
        let earlier = try #require(try bench.store.version(1, of: id))
        try replace(bench, id, 2) { $0.value = earlier.value }
        try await expectNoValue(bench)
    }

    @Test(arguments: [[], [0], [UInt8](repeating: 0, count: 154), [UInt8](repeating: 0, count: 300)] as [[UInt8]])
    func aValueThatIsNone(bytes: [UInt8]) async throws {
        let bench = try await Bench.open()
        try await bench.add()
        try replace(bench, bench.row().id) { $0.value = bytes }
        try await expectNoValue(bench)
    }

    @Test func aChangedSlotOpensNothing() async throws {
        let bench = try await Bench.open()
        for (key, value) in try bench.store.values(prefix: "slot/") {
            var forged = value
            forged[100] ^= 1
            try bench.store.apply([.setValue(key, forged)])
        }
        let second = try bench.restarted()
        #expect(await fault { try await second.unlock(.machine, secret: nil) }?.id == "wrong_secret")
        for (key, value) in try bench.store.values(prefix: "slot/") {
            try bench.store.apply([.setValue(key, Array(value.dropLast()))])
        }
        #expect(await fault { try await second.unlock(.machine, secret: nil) }?.code == .damaged)
    }

    @Test func aChangedFingerprintKeyOpensNothing() async throws {
        let bench = try await Bench.open()
        var forged = try #require(try bench.store.value("fingerprint-key"))
        forged[90] ^= 1
        try bench.store.apply([.setValue("fingerprint-key", forged)])
        let second = try bench.restarted()
        #expect(await second.unlockByMachine() == false)
        #expect(try await second.condition() == .locked)
    }

    @Test func theTimerServesTheOthers() async throws {
        let (bench, first, _) = try await two()
        try replace(bench, first.id) { $0.value?[90] ^= 1 }
        var broken = first
        broken.body[0] ^= 1
        for row in [first, broken] {
            try bench.store.apply([.updateRow(row)])
            bench.clock.advance(.days(1))
            let before = bench.prober.tokens.count { $0 == Token.setup(2) }
            try await bench.run(until: bench.clock.now + .minutes(2))
            #expect(bench.prober.tokens.count { $0 == Token.setup(2) } == before + 1)
        }
        #expect(!bench.prober.tokens.dropFirst().contains(Token.setup(1)))
    }

    /// Two names whose tags share a bucket.
    private func neighbours(_ bench: Bench) async throws -> (CredentialName, CredentialName) {
        let lookup = try await bench.vault.opened().lookup
        var names: [[UInt8]: CredentialName] = [:]
        for number in 0..<100_000 {
            let name = Bench.named("neighbour/\(number)")
            if let other = names.updateValue(name, forKey: Array(lookup.tag(ofName: name.description).prefix(2))) {
                return (other, name)
            }
        }
        throw Unexpected()
    }

    @Test func aRemovalVouchesForNoNeighbour() async throws {
        let bench = try await Bench.open()
        let (stays, goes) = try await neighbours(bench)
        for (number, name) in [(UInt64(1), stays), (2, goes)] {
            try await bench.add(Token.setup(number), as: Bench.order(name) { $0.probing = .off })
        }
        let tag = try await bench.vault.opened().lookup.tag(ofName: stays.description)
        let past = try #require(try bench.store.row(tag: tag))
        let version = try #require(try bench.store.version(1, of: past.id))
        try await bench.rotate(Token.setup(3), as: Bench.order(stays) { $0.now = true })
        try bench.store.apply([
            .removeRow(past.id), .insertRow(past), .insertVersion(version, number: 1, of: past.id),
        ])
        #expect(await fault { try await bench.vault.read(stays) }?.code == .damaged)
        try await bench.vault.remove(goes)
        #expect(await fault { try await bench.vault.read(stays) }?.code == .damaged, "an earlier row, still")
        #expect(try await bench.vault.verify().findings.isEmpty == false)
        try await bench.vault.remove(stays)
        #expect(try await bench.vault.verify().findings.isEmpty)
    }

    /// Both lie in the same column of the same version: the key to an item of the keyring, and the token that came back from it.
    @Test func aKeyOfTheKeyringIsNeverHandedOutAsAToken() async throws {
        let bench = try await Bench.openWithHeldToken()
        let id = try bench.row().id
        let held = try #require(try bench.store.version(1, of: id))
        _ = try await bench.vault.move(Bench.name, to: .vault)
        try bench.store.apply([.replaceVersion(held, number: 1, of: id)])
        let asked = bench.prober.count
        #expect(await fault { try await bench.vault.read(Bench.name) }?.code == .damaged)
        #expect(await fault { try await bench.vault.probe(Bench.name, accepted: true) }?.code == .damaged)
        #expect(await fault { try await bench.vault.move(Bench.name, to: .keyring) }?.code == .damaged)
        #expect(bench.prober.count == asked)
    }
}
