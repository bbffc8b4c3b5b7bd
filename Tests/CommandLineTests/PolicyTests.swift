import Foundation
import Lifecycle
import TestSupport
import Testing
import Wire

/// `secret policy`, and what becomes of a person's own files.
@Suite(.ownThreads) struct PolicyTests {
    private func object(_ result: ProgramResult) throws -> [String: Any] {
        try #require(JSONSerialization.jsonObject(with: Data(result.output)) as? [String: Any], "\(result.talk)")
    }

    /// The file of the setup-token with other hosts, so that it must be confirmed.
    private func ownPolicy(_ desk: Desk, _ change: (String) -> String = { $0 }) throws -> String {
        let folder = desk.places.policies
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let source = URL(filePath: #filePath).deletingLastPathComponent().appending(
            path: "../../Policies/anthropic/setup-token.yaml")
        let text = change(
            try String(contentsOf: source, encoding: .utf8).replacing(
                "hosts: [api.anthropic.com]", with: "hosts: [api.anthropic.com, gateway.example]"))
        let path = folder + "/own.yaml"
        try Data(text.utf8).write(to: URL(filePath: path))
        return path
    }

    @Test func listKnowsAllKinds() throws {
        let desk = try Desk()
        let sheet = try object(desk.secret("policy", "list", "--json"))
        let policies = try #require(sheet["policies"] as? [[String: Any]])
        #expect(policies.count == 42 && sheet["schema"] as? Int == 1)
        #expect(policies.allSatisfy { $0["origin"] as? String == "built-in" })
        let text = try desk.secret("policy", "list").text
        #expect(text.hasPrefix("KIND") && text.contains("anthropic.setup-token  active"))
        #expect(!FileManager.default.fileExists(atPath: desk.places.data), "no daemon was started")
    }

    @Test func showTellsAll() throws {
        let desk = try Desk()
        let text = try desk.secret("policy", "show", "anthropic.setup-token").text
        for part in [
            "begins sk-ant-oat01-, 108 characters", "GET https://api.anthropic.com/v1/models?limit=1",
            "OAuth token has been revoked", "claude setup-token", "after 365 d", "source",
        ] { #expect(text.contains(part), "\(part)") }
        #expect(try desk.secret("policy", "show", "aws.access-key").text.contains("nobody is asked about it"))
        let fault = try desk.fault("policy", "show", "anthropic.setup")
        #expect(
            fault.code == .usage && fault.id == "unknown_kind" && fault.hint?.contains("anthropic.setup-token") == true)
    }

    /// Issue 5, "Must show" 1.
    @Test func everyExampleOfEveryKindIsRight() throws {
        let desk = try Desk()
        let sheet = try object(desk.secret("policy", "test", "--json"))
        let all = try #require(sheet["fixtures"] as? Int)
        #expect(all >= 300 && sheet["right"] as? Int == all)
        #expect((sheet["policies"] as? [Any])?.count == 42)
        print("policy test: \(all) examples of 42 kinds")
    }

    @Test func aRuleThatWasChangedFails() throws {
        let desk = try Desk()
        let path = try ownPolicy(desk) { $0.replacing("class: expired", with: "class: invalid") }
        let fault = try desk.fault("policy", "test", path)
        #expect(fault.code == .configuration && fault.message.contains("own.yaml"))
        #expect(try desk.secret("policy", "test").code == 0, "what is wrong is left out")
        let wrong = try desk.fault("policy", "check")
        #expect(wrong.code == .configuration && wrong.message.contains("fixtures["))
    }

    @Test func checkSaysWhatWillBeAsked() throws {
        let desk = try Desk()
        #expect(try desk.secret("policy", "check").text.contains("no policy file of your own"))
        let path = try ownPolicy(desk)
        let text = try desk.secret("policy", "check", path).text
        #expect(text.contains("`secret probe` will ask: a token may be sent to gateway.example"))
        #expect(try desk.fault("policy", "check", "/nonexistent.yaml").code == .configuration)
    }

    /// A file that sends tokens elsewhere sends none before a person agreed to it, and to each change of it.
    @Test func anOwnPolicyIsConfirmedInEachForm() throws {
        let desk = try Desk(settings: Desk.Settings.busy)
        _ = try ownPolicy(desk)
        try desk.makeVault()
        let token = try desk.provider.mint()
        let asked = try desk.fault(
            "add", Desk.name, "--stdin", "--no-input", "--base-url", desk.provider.baseURL, input: token.value)
        #expect(asked.message.contains("gateway.example") && asked.message.contains("own.yaml"), "\(asked.message)")
        #expect(try desk.provider.requests == 0)
        #expect(try desk.add(token).code == 0)
        #expect(try desk.credential().state == .healthy)

        desk.stop()
        _ = try ownPolicy(desk) { $0 + "\n# changed\n" }
        let waiting = try desk.watch { $0.reason == "policy_unconfirmed" }
        let before = try desk.provider.requests
        #expect(waiting.action == "secret probe anthropic/main" && waiting.state == .healthy)
        #expect(try desk.fault("probe", Desk.name, "--no-input").message.contains("own.yaml"))
        #expect(try desk.provider.requests == before)
        #expect(try desk.secret("probe", Desk.name, "--yes").code == 0)
        #expect(try desk.provider.requests == before + 1)
        _ = try desk.watch { $0.reason != "policy_unconfirmed" }
    }
}
