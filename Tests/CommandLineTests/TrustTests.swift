import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// Issue 3 as a person meets it: slots, new keys, the check of everything, the journal, and a vault that was put back.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct TrustTests {
    private struct Slots: Decodable {
        let slots: [SlotReport]
    }

    private func slots(_ desk: Desk) throws -> [SlotReport] {
        try JSONDecoder().decode(Slots.self, from: Data(desk.secret("slot", "list", "--json").output)).slots
    }

    @Test func slotsComeAndGoAndTheLastOneStays() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let added = try desk.secret(
            "slot", "add", "passphrase", "--passphrase-fd", "0", input: "a long passphrase\n")
        #expect(added.code == 0 && added.talk.contains("the vault opens by passphrase too"))
        let code = try desk.secret("slot", "add", "recovery", "--no-input")
        #expect(code.code == 0 && code.text.count == 78)
        #expect(try slots(desk).map(\.kind) == ["machine", "passphrase", "recovery", "recovery"])

        #expect(try desk.fault("slot", "remove", "machine").code == .usage)
        #expect(try desk.secret("slot", "remove", "machine", "--yes").code == 0)
        #expect(try desk.fault("slot", "remove", "recovery", "--yes").id == "no_slot", "there are two of them")
        #expect(try desk.fault("slot", "remove", "passphrase", "--yes").id == "only_recovery")
        for slot in try slots(desk) where slot.kind == "recovery" {
            if slot.id != (try slots(desk).last?.id) {
                #expect(try desk.secret("slot", "remove", slot.id.description, "--yes").code == 0)
            }
        }
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.secret("status").code == 75)
        #expect(try desk.secret("unlock", "--passphrase-fd", "0", input: "a long passphrase\n").code == 0)
        #expect(try desk.value() == token.value)
    }

    @Test func newKeysVoidTheOldCodeAndKeepEverythingElse() throws {
        let desk = try Desk()
        let made = try desk.secret("init", "--passphrase-fd", "0", input: "a long passphrase\n")
        let token = try desk.provider.mint()
        #expect(try desk.add(token).code == 0)
        let before = try desk.credential()
        let wrong = try desk.fault("rekey", "--passphrase-fd", "0", input: "another passphrase\n")
        #expect(wrong.code == .notPermitted && wrong.hint == "secret rekey")
        #expect(try desk.fault("rekey", "--no-input").hint == "cat passphrase.txt | secret rekey --passphrase-fd 0")
        let rekeyed = try desk.secret("rekey", "--no-input", "--passphrase-fd", "0", input: "a long passphrase\n")
        #expect(rekeyed.code == 0, "\(rekeyed.talk)")
        #expect(rekeyed.talk.contains("everything is sealed under the present keys"))
        #expect(rekeyed.text.count == 78 && rekeyed.text != made.text)
        #expect(try desk.credential().fingerprint == before.fingerprint)
        #expect(try desk.value() == token.value)
        #expect(try desk.secret("verify").code == 0)

        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.fault("unlock", "--recovery-fd", "0", input: made.text).id == "wrong_secret")
        #expect(try desk.secret("unlock", "--recovery-fd", "0", input: rekeyed.text).code == 0)
        #expect(try desk.value() == token.value)
        #expect(try TokenTraces([token.value]).found(below: desk.home) == [:])
    }

    @Test func aVaultThatWasPutBackIsRefusedUntilAPersonSaysSo() throws {
        let desk = try Desk()
        let first = try desk.makeVaultWithToken()
        #expect(try desk.secret("daemon", "stop").code == 0)
        let old = try Data(contentsOf: URL(filePath: desk.places.database))
        let second = try desk.provider.mint()
        #expect(try desk.rotate(second).code == 0)
        #expect(try desk.secret("daemon", "stop").code == 0)
        try old.write(to: URL(filePath: desk.places.database))

        #expect(try desk.secret("read", Desk.name).code == 75)
        let told = try desk.fault("unlock", "--machine")
        #expect(told.code == .damaged && told.id == "rolled_back")
        #expect(told.message.contains("earlier state"))
        #expect(try desk.secret("unlock", "--machine", "--accept-state").code == 0)
        #expect(try desk.value() == first.value)
        #expect(try desk.secret("audit").text.contains("vault: state-accepted: "))
        #expect(try desk.secret("verify").code == 0)
        #expect(try desk.secret("daemon", "stop").code == 0)
        #expect(try desk.value() == first.value, "it is the newest now")
    }

    @Test func aVaultThatIsGoneIsNotMadeAnewInSilence() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        #expect(try desk.secret("daemon", "stop").code == 0)
        try FileManager.default.removeItem(atPath: desk.places.database)
        let token = try desk.provider.mint()
        let added = try desk.fault(
            ["add", "other", "--stdin", "--yes", "--base-url", desk.provider.baseURL], input: token.value)
        #expect(added.code == .damaged && added.id == "vault_gone")
        #expect(try desk.fault("status").id == "vault_gone")
        #expect(try desk.secret("init", "--machine", "--no-input", "--anew").code == 0)
        #expect(try desk.add(token, name: "other").code == 0)
    }

    @Test func verifyAndAuditTellWhatIsThere() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        _ = try desk.value()
        let verified = try desk.secret("verify")
        #expect(verified.code == 0 && verified.text.hasPrefix("all is well: 1 credentials, 1 values, "))
        struct Sheet: Decodable { let entries: [AuditEntry] }
        let audit = try JSONDecoder().decode(Sheet.self, from: Data(desk.secret("audit", "--json").output))
        #expect(audit.entries.first?.event == "read" && audit.entries.last?.event == "vault-made")
        #expect(audit.entries.contains { $0.event == "added" && $0.name?.description == Desk.name })
        let chain = try desk.secret("audit", "verify")
        #expect(chain.code == 0 && chain.text.hasPrefix("the journal holds: "))
        #expect(try desk.secret("audit", "--limit", "1").text.split(separator: "\n").count == 1)
        #expect(try desk.fault("audit", "--limit", "0").code == .usage)
    }

    @Test func aChangedFileIsNamed() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        #expect(try desk.secret("daemon", "stop").code == 0)
        let change = "UPDATE credential SET body = CAST(replace(CAST(body AS TEXT), 'healthy', 'revoked') AS BLOB)"
        let script = "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()"
        #expect(try desk.run(["/usr/bin/python3", "-c", script, desk.places.database, change]).code == 0)
        let told = try desk.secret("verify")
        #expect(told.code == 79 && told.text.hasSuffix(": \(Damage.record)\n"))
        #expect(told.talk.contains("secret: hint: ") && told.talk.contains("secret remove"))
        #expect(try desk.secret("verify", "--json").code == 79)
        #expect(try desk.secret("read", Desk.name).code == 79)
        #expect(try desk.secret("status").code == 79)
        #expect(try desk.secret("remove", Desk.name, "--yes").code == 0, "what is damaged can be let go of")
        #expect(try desk.secret("verify").code == 0)
    }
}

/// The words that a person reads.
private enum Damage {
    static let record = "the vault fails its own check: a record was changed outside of Tokenward"
}
