import Lifecycle
import Testing
import secret_simulator

@Suite struct SimulatorOrderTests {
    static let rows: [(line: String, order: SimulatorOrder?)] = [
        ("mint anthropic.setup-token", .mint(kind: "anthropic.setup-token")),
        ("set 1 revoked", .set(token: 1, fixture: "revoked")),
        ("fault slow", .fault(.slow)), ("fault none", .fault(.none)), ("count", .count), ("strays", .strays),
        ("quit", .quit),
        ("", nil), ("mint", nil), ("set one revoked", nil), ("set 1", nil), ("fault of", nil),
        ("count 1", nil), ("MINT a", nil),
    ]

    @Test(arguments: rows) func reads(_ row: (line: String, order: SimulatorOrder?)) {
        #expect(SimulatorOrder(row.line) == row.order)
    }

    @Test func mintsWhatTheFormatsDeclare() throws {
        var generator = SystemRandomNumberGenerator()
        for policy in try Samples().policies.policies {
            let format = try #require(policy.formats.first)
            for _ in 0..<20 {
                let token = format.mint(using: &generator)
                #expect(format.lengths.contains(token.utf8.count), "\(policy.id)")
                #expect(format.prefixes.isEmpty || format.prefixes.contains { token.hasPrefix($0) }, "\(policy.id)")
                #expect(token.hasSuffix(format.tail ?? ""), "\(policy.id)")
                #expect(format.infix.map(token.contains) ?? true, "\(policy.id)")
            }
        }
    }

    @Test func answersOneLineForEachOrder() throws {
        let provider = SimulatedProvider(policies: try Samples().policies)
        #expect(provider.answer(to: "mint anthropic.setup-token")?.hasPrefix("token 1 sk-ant-oat01-") == true)
        #expect(provider.answer(to: "set 1 revoked") == "ok")
        #expect(provider.answer(to: "set 1 nonsense") == "error no such token or fixture")
        #expect(provider.answer(to: "set 0 revoked") == "error no such token or fixture")
        #expect(provider.answer(to: "mint nobody") == "error no such kind")
        #expect(provider.answer(to: "fault portal") == "ok")
        #expect(provider.answer(to: "count") == "requests 0")
        #expect(provider.answer(to: "dance") == "error no such order; see --help")
        #expect(provider.answer(to: "quit") == nil)
    }
}
