import Foundation
import Lifecycle
import Testing

@testable import Policies

/// A person's own files: what they may change without being asked, and which are left out.
@Suite struct OwnPoliciesTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let asks: [String]
        let change: @Sendable (inout Policy) -> Void
        init(_ description: String, asks: [String] = [], _ change: @escaping @Sendable (inout Policy) -> Void) {
            (testDescription, self.asks, self.change) = (description, asks, change)
        }
    }
    static let rows = [
        Row("the same") { _ in },
        Row("asked less often") { $0.schedule.interval = .hours(48) },
        Row("passive") { $0.probe.mode = .passive },
        Row("off") { $0.probe.mode = .off },
        Row("a flaky profile") { $0.judgement.hysteresis = .flaky },
        Row("one more prefix") { $0.formats[0].prefixes.append("sk-xx-") },
        Row("other advice") { $0.replacement.advice = "Ask Mary." },
        Row("another host", asks: ["a token may be sent to evil.example"]) { $0.probe.hosts = ["evil.example"] },
        Row("one more host", asks: ["a token may be sent to b.example"]) { $0.probe.hosts.append("b.example") },
        Row("another path", asks: ["another request is sent"]) { $0.probe.request?.path = "/v1/me" },
        Row("another header", asks: ["another request is sent"]) {
            $0.probe.request?.headers.append(.init(name: "x-debug", value: "1"))
        },
        Row("more often", asks: ["it is asked about more often, every 60 min"]) { $0.schedule.interval = .hours(1) },
        Row("a smaller least", asks: ["it is asked about more often, every 6 h"]) { $0.schedule.minimum = .minutes(1) },
        Row("a bolder profile", asks: ["a death is believed sooner"]) { $0.judgement.hysteresis = .explicit },
    ]

    @Test(arguments: rows) func asksForWhatIsLooser(_ row: Row) throws {
        let known = try PolicyFiles.policy("openrouter.api-key")
        var own = known
        row.change(&own)
        #expect(own.confirmations(insteadOf: known) == row.asks)
    }

    @Test func aQuestionThatIsLeftOutIsAsked() throws {
        let known = try PolicyFiles.policy("anthropic.setup-token")
        var own = known
        own.probe.consent = nil
        #expect(own.confirmations(insteadOf: known) == ["the question before the first request is left out"])
        let passive = try PolicyFiles.policy("brave.search-api-key")
        own = passive
        (own.probe.cost, own.probe.mode) = (.free, .active)
        #expect(
            own.confirmations(insteadOf: passive) == [
                "a billed request is called free", "it is asked about by default",
            ])
    }

    @Test func aNewKindAsksForItsRequest() throws {
        let kind = try PolicyFiles.policy("tavily.api-key")
        #expect(
            kind.confirmations(insteadOf: nil) == ["a token is sent to api.tavily.com, by a request that the file says"]
        )
        let silent = try PolicyFiles.policy("openai.codex-oauth")
        #expect(silent.confirmations(insteadOf: nil).isEmpty)
        #expect(!kind.confirmations(insteadOf: silent).isEmpty)
    }

    private func with(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "tokenward-own-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    private func write(_ text: String, _ name: String, in folder: String, mode: Int = 0o600) throws {
        let path = folder + "/" + name
        try Data(text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
    }

    private static func tavily(_ change: (String) -> String = { $0 }) throws -> String {
        let file = try #require(BuiltInPolicies.files.first { $0.path == "tavily/tavily-api-key.yaml" })
        return change(String(decoding: file.bytes, as: UTF8.self))
    }

    @Test func whatIsWrongIsLeftOutAndTold() throws {
        try with { folder in
            try write(try Self.tavily { $0.replacing("interval: 1d", with: "interval: 2d") }, "good.yaml", in: folder)
            try write("schema: 2", "schema.yaml", in: folder)
            try write(": :", "yaml.yaml", in: folder)
            try write(
                try Self.tavily { $0.replacing("class: valid", with: "class: invalid") }, "wrong.yaml", in: folder)
            try write(try Self.tavily(), "open.yaml", in: folder, mode: 0o622)
            try write(try Self.tavily(), "twice.yaml", in: folder)
            try write("nothing", "notes.txt", in: folder)
            try FileManager.default.createDirectory(atPath: folder + "/a.yaml", withIntermediateDirectories: false)
            let own = OwnPolicies(folder: folder)
            let (catalogue, problems) = try BuiltInPolicies.load(with: own)
            #expect(
                Set(problems.map(\.file)) == [
                    "schema.yaml", "yaml.yaml", "wrong.yaml", "open.yaml", "twice.yaml", "a.yaml",
                ])
            #expect(catalogue.policies.count == 42)
            #expect(catalogue[id: "tavily.api-key"]?.origin.words == "good.yaml")
            #expect(catalogue[id: "tavily.api-key"]?.schedule.interval == .days(2))
            #expect(catalogue[id: "tavily.api-key"]?.toConfirm == [])
        }
    }

    @Test func everyChangeOfTheFileIsAnotherPolicy() throws {
        try with { folder in
            try write(try Self.tavily(), "t.yaml", in: folder)
            let first = try #require(try OwnPolicies.policy(at: folder + "/t.yaml").origin.digest)
            try write(try Self.tavily { $0 + "# a remark\n" }, "t.yaml", in: folder)
            let second = try #require(try OwnPolicies.policy(at: folder + "/t.yaml").origin.digest)
            #expect(first != second && first.count == 64 && second.count == 64)
        }
    }

    @Test func withoutAFolderThereIsNothing() throws {
        let own = OwnPolicies(folder: "/nonexistent/policies")
        #expect(own.policies.isEmpty && own.problems.isEmpty)
    }
}
