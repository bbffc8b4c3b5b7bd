import Lifecycle
import Probing
import Sealing
import Testing
import secret_simulator

/// What every conformance of `ProbeTransport` owes its caller.
@Suite struct ProbeTransportContract {
    enum Kind: CaseIterable { case scripted, http }

    /// A transport whose next reply is `fixture`, where to send to, and a token that it knows.
    private func with(
        _ kind: Kind, fixture: String,
        _ body: (any ProbeTransport, BaseURL, SecretBox, ProbeRequest) async throws -> Void
    ) async throws {
        try await Rig().during { rig in
            let request = try #require(rig.samples.policies[id: Samples.setupToken]?.probe.request)
            let transport: any ProbeTransport =
                switch kind {
                case .scripted: ScriptedTransport([.success(try rig.samples.reply(fixture).served())])
                case .http: rig.transport
                }
            try await body(transport, BaseURL(rig.address), try rig.token(answered: fixture), request)
        }
    }

    @Test(arguments: Kind.allCases, ["accepted", "revoked", "rate_limited", "overloaded"])
    func everyStatusIsAReply(_ kind: Kind, _ fixture: String) async throws {
        let expected = try Samples().reply(fixture)
        try await with(kind, fixture: fixture) { transport, base, token, request in
            let reply = try await transport.send(request, to: base, token: token, parts: nil)
            #expect(reply.status == expected.status)
            #expect(sameAnswer(reply, expected))
            #expect(reply.headers.keys.allSatisfy { $0 == $0.lowercased() })
        }
    }

    @Test(arguments: Kind.allCases) func whatHTTPCannotCarryIsRefused(_ kind: Kind) async throws {
        try await with(kind, fixture: "accepted") { transport, base, _, request in
            let split = try SecretBox("abc\r\nx: y")
            await #expect(throws: TransportFailure.unsendable) {
                try await transport.send(request, to: base, token: split, parts: nil)
            }
        }
    }

    @Test(arguments: Kind.allCases) func nobodyThereIsAFailure(_ kind: Kind) async throws {
        // Nothing listens on port 1, and no other test is ever given it.
        let base = try BaseURL("http://127.0.0.1:1")
        let request = try #require(try Samples().policies[id: Samples.setupToken]?.probe.request)
        try await with(kind, fixture: "accepted") { transport, _, token, _ in
            if kind == .scripted {
                _ = try await transport.send(request, to: base, token: token, parts: nil)
            }
            await #expect(throws: TransportFailure.unreachable) {
                try await transport.send(request, to: base, token: token, parts: nil)
            }
        }
    }
}
