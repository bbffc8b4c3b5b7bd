import Testing

@testable import Lifecycle
@testable import Policies

@Suite struct SettingsFileTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let text: String
        let change: @Sendable (inout Settings) -> Void
        var testDescription: String { text }

        init(_ text: String, _ change: @escaping @Sendable (inout Settings) -> Void) {
            (self.text, self.change) = (text, change)
        }
    }

    static let rows: [Row] = [
        Row("") { _ in },
        Row("# nothing set\n") { _ in },
        Row("confirm:\nprobe:\n") { _ in },
        Row("confirm: {explicit: [2, 1s]}") { $0.confirm.explicit = .init(count: 2, span: .seconds(1)) },
        Row("confirm.explicit: [1, 0s]") { $0.confirm.explicit = .init(count: 1, span: .zero) },
        Row("confirm.generic: [5, 2h]\nconfirm.flaky: [6, 1d]") {
            $0.confirm.generic = .init(count: 5, span: .hours(2))
            $0.confirm.flaky = .init(count: 6, span: .days(1))
        },
        Row("confirm: {flaky: [6, 1d]}\nconfirm.generic: [5, 2h]") {
            $0.confirm.generic = .init(count: 5, span: .hours(2))
            $0.confirm.flaky = .init(count: 6, span: .days(1))
        },
        Row("confirm.recheck: [300ms]") { $0.confirm.recheck = [.milliseconds(300)] },
        Row("probe: {interval: {anthropic.setup-token: 6h}, host_rate: 0s, timeout: 200ms}") {
            $0.probe.interval = ["anthropic.setup-token": .hours(6)]
            $0.probe.hostRate = .zero
            $0.probe.timeout = .milliseconds(200)
        },
        Row("probe.interval.anthropic.setup-token: 6h\nprobe.interval.openai.api-key: 1d") {
            $0.probe.interval = ["anthropic.setup-token": .hours(6), "openai.api-key": .days(1)]
        },
        Row("probe.trust: [/etc/ca.pem, /tmp/b.pem]") { $0.probe.trust = ["/etc/ca.pem", "/tmp/b.pem"] },
        Row("probe.trust: /etc/ca.pem") { $0.probe.trust = ["/etc/ca.pem"] },
        Row("backoff: {first: 1s, most: 1m}") { $0.backoff = .init(first: .seconds(1), most: .minutes(1)) },
        Row("unproven_after: 3s\nretry_after_floor: 1s\ngrace: 2d") {
            $0.unprovenAfter = .seconds(3)
            $0.retryAfterFloor = .seconds(1)
            $0.grace = .days(2)
        },
        Row("warn_before: [1d, 3d]") { $0.warnBefore = [.days(3), .days(1)] },
        Row("warn_before: []") { $0.warnBefore = [] },
    ]

    @Test(arguments: rows) func reads(_ row: Row) throws {
        var expected = Settings.standard
        row.change(&expected)
        #expect(try Settings(tree(fromYAML: row.text)) == expected)
    }

    @Test func theDefaultsAreTheDocumentedOnes() throws {
        let text = """
            confirm:
              explicit: [2, 10m]
              generic: [3, 1h]
              flaky: [4, 6h]
              recheck: [10m, 30m, 1h]
            probe: {host_rate: 2s, timeout: 10s, trust: [], interval: {}}
            backoff: {first: 5m, most: 6h}
            unproven_after: 24h
            warn_before: [30d, 14d, 7d, 3d, 1d]
            retry_after_floor: 60s
            grace: 24h
            """
        #expect(try Settings(tree(fromYAML: text)) == .standard)
        let counts = ConfirmationProfile.allCases.map { Settings.standard.confirm[$0].count }
        #expect(counts == [2, 3, 4])
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let path: String
        var testDescription: String { text }
    }

    static let refusals: [Refusal] = [
        Refusal(text: "colour: red", path: "colour"),
        Refusal(text: "confirm.explict: [2, 1s]", path: "confirm.explict"),
        Refusal(text: "confirm: {explicit: 2}", path: "confirm.explicit"),
        Refusal(text: "confirm.explicit: [2]", path: "confirm.explicit"),
        Refusal(text: "confirm.explicit: [0, 1s]", path: "confirm.explicit[0]"),
        Refusal(text: "confirm.explicit: ['2', 1s]", path: "confirm.explicit[0]"),
        Refusal(text: "confirm.explicit: [2, 10]", path: "confirm.explicit[1]"),
        Refusal(text: "confirm.explicit: [2, 1s]\nconfirm: {explicit: [3, 1s]}", path: "confirm.explicit"),
        Refusal(text: "confirm: 5\nconfirm.explicit: [3, 1s]", path: "confirm.explicit"),
        Refusal(text: "confirm.recheck: []", path: "confirm.recheck"),
        Refusal(text: "confirm.recheck: [0s]", path: "confirm.recheck[0]"),
        Refusal(text: "probe.interval: {a.b: 0s}", path: "probe.interval.a.b"),
        Refusal(text: "probe.timeout: 11m", path: "probe.timeout"),
        Refusal(text: "probe.host_rate: -1s", path: "probe.host_rate"),
        Refusal(text: "probe.trust: [5]", path: "probe.trust[0]"),
        Refusal(text: "backoff: {first: 2h, most: 1h}", path: "backoff"),
        Refusal(text: "retry_after_floor: 25h", path: "retry_after_floor"),
        Refusal(text: "grace: yes", path: "grace"),
        Refusal(text: "warn_before: 1d", path: "warn_before"),
        Refusal(text: "[a]", path: ""),
        Refusal(text: "text", path: ""),
    ]

    @Test(arguments: refusals) func refuses(_ row: Refusal) throws {
        let tree = try tree(fromYAML: row.text)
        let problem = #expect(throws: FormatProblem.self) { try Settings(tree) }
        #expect(problem?.path == row.path, "\(problem?.line ?? "")")
    }

    @Test func aTokenPastedAsAKeyIsNotRepeated() throws {
        let token = "sk-or-v1-" + String(repeating: "a1", count: 32)
        let other = "sk-ant-oat01-" + String(repeating: "aB", count: 10)
        for text in [token, other] {
            let tree = try tree(fromYAML: "\(text): 1\nprobe: {\(text): 1}")
            let problem = #expect(throws: FormatProblem.self) { try Settings(tree) }
            #expect(problem?.line.contains(text) == false)
        }
    }
}
