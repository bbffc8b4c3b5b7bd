import Foundation
import Glibc
import Lifecycle
import TestSupport
import Testing
import Wire

/// `rotate`, `undo`, `read`, `remove`, `pause`: what each leaves behind and ends with.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct RotationTests {
    @Test func acceptedGoesLiveAndUndoBringsTheOldBack() throws {
        let desk = try Desk()
        let old = try desk.makeVaultWithToken()
        let new = try desk.provider.mint()
        #expect(try desk.rotate(new).code == 0)
        #expect(try desk.value() == new.value)
        #expect(try desk.credential().versions.map(\.role) == [.retiring, .live])
        #expect(try desk.credential().version == 2)

        #expect(try desk.secret("undo", Desk.name).code == 0)
        #expect(try desk.value() == old.value)
        #expect(try desk.credential().versions.map(\.role) == [.live, .retiring])
        #expect(try desk.secret("undo", Desk.name).code == 0)
        #expect(try desk.value() == new.value)
        #expect(try desk.history().filter { $0.event == "undone" }.count == 2)
    }

    @Test func refusedStaysACandidateAndTheOldOneLive() throws {
        let desk = try Desk()
        let old = try desk.makeVaultWithToken()
        let bad = try desk.provider.mint()
        try desk.provider.set(bad, to: "revoked")
        let fault = try desk.fault("rotate", Desk.name, "--stdin", "--yes", input: bad.value)
        #expect(fault.code == .refused && fault.hint == "secret rotate anthropic/main")
        #expect(fault.message == "the provider refused the new value (revoked); the old one stays live")
        #expect(try desk.value() == old.value)
        let kept = try desk.credential()
        #expect(kept.state == .healthy && kept.action == "secret rotate anthropic/main")
        #expect(kept.versions.map(\.role) == [.live, .candidate])

        #expect(try desk.secret("undo", Desk.name).code == 0)
        #expect(try desk.credential().action == nil)
        #expect(try desk.value() == old.value)
        let again = try desk.fault("undo", Desk.name)
        #expect(again.code == .refused && again.hint == "secret history anthropic/main")
    }

    @Test func refusedGoesLiveWhenAPersonInsists() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let bad = try desk.provider.mint()
        try desk.provider.set(bad, to: "revoked")
        #expect(try desk.rotate(bad, "--now").code == 0)
        #expect(try desk.value() == bad.value)
        let refused = try desk.credential()
        #expect(refused.state == .refused && refused.action == "secret rotate anthropic/main")
        #expect(try desk.secret("status", "--check").code == 1)
    }

    @Test(arguments: ["storm", "portal", "noise", "cut"])
    func unansweredGoesLiveByItselfAtTheFirstGoodAnswer(_ fault: String) throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        let old = try desk.makeVaultWithToken()
        let new = try desk.provider.mint()
        try desk.provider.fault(fault)
        let waiting = try desk.rotate(new)
        #expect(waiting.code == 75)
        #expect(waiting.talk.contains("it goes live by itself at the first good one"))
        #expect(try desk.value() == old.value)
        #expect(try desk.secret("status", "--check").code == 0)
        try desk.provider.fault("none")
        let live = try desk.watch { $0.version == 2 && $0.state == .healthy }
        #expect(live.versions.map(\.role) == [.retiring, .live])
        #expect(try desk.value() == new.value)
    }

    @Test func sameValueIsRefused() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let fault = try desk.fault("rotate", Desk.name, "--stdin", "--yes", input: token.value)
        #expect(fault.code == .refused && fault.id == "same_value" && fault.hint == "secret status anthropic/main")
        let twice = try desk.fault("add", Desk.name, "--stdin", "--yes", input: token.value)
        #expect(twice.code == .usage && twice.id == "exists" && twice.hint == "secret rotate anthropic/main")
        #expect(try desk.add(token, name: "anthropic/twin").talk.contains("the same value is stored as anthropic/main"))
    }

    @Test func readWritesTheValueAndNothingElse() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        #expect(try desk.secret("read", Desk.name).output == Array(token.value.utf8))

        let file = desk.folder + "/copy"
        #expect(
            try desk.run(["sh", "-c", "umask 000; exec \"$SECRET\" read anthropic/main --output \(file)"]).code == 0)
        #expect(try Data(contentsOf: URL(filePath: file)) == Data(token.value.utf8))
        let mode = try FileManager.default.attributesOfItem(atPath: file)[.posixPermissions] as? Int
        #expect(mode == 0o600)

        let next = try desk.provider.mint()
        #expect(try desk.rotate(next).code == 0)
        #expect(try desk.fault("read", Desk.name, "--output", file).id == "no_json")
        let again = try desk.secret("read", Desk.name, "--output", file)
        #expect(again.code == 74 && again.talk.contains("secret: hint: choose a file that does not exist yet\n"))
        let link = desk.folder + "/link"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: desk.folder + "/elsewhere")
        #expect(try desk.secret("read", Desk.name, "--output", link).code == 74)
        #expect(!FileManager.default.fileExists(atPath: desk.folder + "/elsewhere"))
        #expect(try Data(contentsOf: URL(filePath: file)) == Data(token.value.utf8))
    }

    @Test func aReaderThatIsGoneIsToldAsInputOutput() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let result = try desk.run(["sh", "-c", "exec \"$SECRET\" read anthropic/main >/dev/full"])
        #expect(result.code == 74 && result.talk.contains("stdout cannot be written"))
    }

    @Test func removeNeedsAPersonsYes() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        let fault = try desk.fault("remove", Desk.name)
        #expect(fault.code == .usage && fault.hint == "secret remove anthropic/main --yes")
        #expect(try desk.report().credentials.count == 1)
        #expect(try desk.secret("remove", Desk.name, "--yes").code == 0)
        #expect(try desk.fault("read", Desk.name, "--quiet").id == "no_json")
        #expect(try desk.fault("status", Desk.name).code == .noSuchCredential)
        #expect(try desk.report().credentials.isEmpty)
    }

    @Test func pausedIsNotAskedAboutUntilItIsResumed() throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        let token = try desk.makeVaultWithToken()
        #expect(try desk.secret("pause", Desk.name).code == 0)
        try desk.provider.set(token, to: "revoked")
        let paused = try desk.credential()
        #expect(paused.state == .paused && paused.nextProbeAt == nil && paused.probing == .paused)
        #expect(try desk.secret("daemon", "stop").code == 0)
        let asked = try desk.provider.requests
        #expect(try desk.secret("probe", "--due").code == 0)
        #expect(try desk.secret("probe", "--all").code == 0)
        #expect(try desk.provider.requests == asked)
        #expect(try desk.secret("status", "--check").code == 0)
        #expect(try desk.secret("resume", Desk.name).code == 0)
        #expect(try desk.watch { $0.state == .revoked }.probing == .on)
    }

    /// Nobody agreed to probes of this token: resuming must not start them.
    @Test(arguments: ["off", "passive"]) func resumeGoesBackToWhatWasChosen(_ choice: String) throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        try desk.makeVault()
        let token = try desk.provider.mint()
        #expect(try desk.add(token, "--probe", choice).code == 0)
        for verb in ["pause", "resume", "resume"] { #expect(try desk.secret(verb, Desk.name).code == 0) }
        #expect(try desk.credential().probing.rawValue == choice)
        #expect(try desk.provider.requests == 0)
    }
}
