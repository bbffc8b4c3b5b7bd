import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// `secret report-outcome`: what a gateway was answered, through the real programs.
@Suite(.ownThreads) struct ReportOutcomeTests {
    private static let revoked =
        #"{"type":"error","error":{"type":"permission_error","message":"OAuth token has been revoked. made-up-detail"}}"#

    @Test func twoReportsOfADeathAreBelieved() throws {
        let desk = try Desk(settings: "confirm: {explicit: [2, 1ms]}\nprobe: {host_rate: 1ms}\n")
        _ = try desk.makeVaultWithToken()
        let before = try desk.provider.requests
        let file = desk.folder + "/body.json"
        try Data(Self.revoked.utf8).write(to: URL(filePath: file))

        let first = try desk.secret("report-outcome", Desk.name, "--status", "403", "--body-file", file)
        #expect(first.code == 0, "\(first.talk)")
        #expect(first.text == "anthropic/main: invalid (revoked), state suspect\n")
        let second = try desk.secret(
            "report-outcome", Desk.name, "--status", "403", "--body-file", "-", "--json", input: Self.revoked)
        let sheet = try #require(JSONSerialization.jsonObject(with: Data(second.output)) as? [String: Any])
        #expect(sheet["schema"] as? Int == 1 && sheet["state"] as? String == "revoked")
        #expect(sheet["action"] as? String == "secret rotate anthropic/main")
        #expect(try desk.provider.requests == before, "nobody was asked")
        #expect(try desk.history().contains { $0.detail == "reported: invalid (revoked)" })
        #expect(!String(decoding: desk.heard, as: UTF8.self).contains("made-up-detail"))
    }

    @Test func aPageOfANetworkChangesNothing() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        for status in ["200", "401", "403", "503"] {
            let result = try desk.secret(
                "report-outcome", Desk.name, "--status", status, "--body-file", "-", "--header",
                "Content-Type: text/html", input: "<html>sign in</html>")
            #expect(result.text.hasSuffix("state healthy\n"), "\(result.text)")
        }
        #expect(try desk.credential().state == .healthy)
    }

    @Test func mistakesAreNamed() throws {
        let desk = try Desk()
        _ = try desk.makeVaultWithToken()
        #expect(try desk.fault("report-outcome", Desk.name, "--status", "99").id == "status")
        #expect(try desk.fault("report-outcome", Desk.name, "--status", "401", "--header", "nonsense").id == "header")
        #expect(
            try desk.fault("report-outcome", Desk.name, "--status", "401", "--body-file", "/nonexistent").id
                == "body_file")
        let large = String(repeating: "x", count: 65_537)
        let fault = try desk.fault("report-outcome", Desk.name, "--status", "401", "--body-file", "-", input: large)
        #expect(fault.id == "body_too_large" && fault.code == .refused)
        #expect(try desk.fault("report-outcome", "nobody/x", "--status", "401").code == .noSuchCredential)
    }
}
