import Lifecycle
import Sealing
import Storage
import TestSupport
import Testing
import Wire

@testable import Vault

/// The vectors of rows and journals, which only a vault decodes.
@Suite struct VectorTests {
    @Test(arguments: ["row", "journal"])
    func everyOneEndsAsItSays(kind: String) throws {
        let vectors = try Vector.stored(kinds: [kind])
        for vector in vectors {
            let expected = try vector.text("class")
            #expect(try verdict(vector) == expected, "\(vector.kind)/\(vector.name)")
        }
        print("vectors decoded: \(kind) \(vectors.count)")
        #expect(vectors.count >= 30)
    }

    private func verdict(_ vector: Vector) throws -> String {
        do throws(any Error) {
            if vector.kind == "row" { try row(vector) } else { try journal(vector) }
        } catch let fault as Fault {
            return fault.code == .damaged ? "damaged" : fault.id
        }
        return "ok"
    }

    private func secret(_ bytes: [UInt8]) throws -> SecretBytes { try SecretBytes(copying: bytes.span) }

    private func vault(_ vector: Vector, root: [UInt8], epoch: UInt32, journal: [UInt8], seed: [UInt8]) throws
        -> OpenVault
    {
        let id = try vector.bytes("vault")
        let keys = EpochKeys(
            epoch: epoch, current: try VaultKeys(root: secret(root)), journal: [1: try VaultKeys(root: secret(journal))]
        )
        return OpenVault(
            id: id, fingerprints: try FingerprintKey(secret(root)), lookup: try LookupKey(secret(root)),
            signing: try SigningKey(seed: secret(seed)), keys: keys, head: try ManifestHead(vault: id))
    }

    private func row(_ vector: Vector) throws {
        let root = try vector.bytes("root")
        let epoch: UInt32 = try vector.number("epoch")
        let vault = try vault(vector, root: root, epoch: epoch, journal: root, seed: root)
        let id = try #require(RecordID(bytes: vector.bytes("record")))
        let due = try vector.text("due")
        let stored = StoredRow(
            id: id, tag: try vector.bytes("tag"), due: Int64(due).map(Timestamp.init(milliseconds:)), epoch: epoch,
            body: vector.bytes, mac: try vector.bytes("mac"))
        _ = try vault.row(stored)
    }

    private func journal(_ vector: Vector) throws {
        let key = try vector.bytes("journal")
        let vault = try vault(vector, root: key, epoch: 1, journal: key, seed: vector.bytes("signing"))
        var chain = JournalChain(vault)
        for entry in try entries(vector.bytes) { _ = try chain.follow(entry) }
        if vector.has("last") { #expect(chain.sequence == (try vector.number("last"))) }
    }

    private func entries(_ bytes: [UInt8]) throws -> [StoredEntry] {
        var reader = ByteReader(bytes)
        var entries: [StoredEntry] = []
        while reader.remaining > 0 {
            let sequence = try reader.number(UInt64.self)
            let at = Timestamp(milliseconds: try reader.number(Int64.self))
            let record = try reader.number(UInt8.self) == 1 ? RecordID(bytes: try reader.take(16)) : nil
            let epoch = try reader.number(UInt32.self)
            let body = try reader.take(Int(try reader.number(UInt32.self)))
            let chain = try reader.take(32)
            let signature = try reader.number(UInt8.self) == 1 ? try reader.take(64) : nil
            entries.append(
                StoredEntry(
                    sequence: sequence, at: at, record: record, epoch: epoch, body: body, chain: chain,
                    signature: signature))
        }
        return entries
    }
}
