import Foundation
import Lifecycle
import Sealing
import TestSupport
import Testing
import Wire

/// Issue 4, "Must show" 1: what root finds in the memory of the daemons after work, and while it goes on.
@Suite(.ownThreads, .timeLimit(.minutes(60))) struct MemoryTests {
    private static let rounds = 1000

    @Test func nothingIsLeftAfterReadsProbesAndRotations() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let name = try CredentialName(Desk.name)
        var tokens = [token.value]
        let client = try Client(socket: desk.places.agentSocket, program: "secret")
        let order = Request.read(ReadOrder([name], use: .read))
        for _ in 0..<Self.rounds {
            guard case (.values, .some) = try client.call(order, as: Answer.self) else {
                throw TestFault.unexpected("read")
            }
        }
        for _ in 0..<Self.rounds {
            guard case .probed = try client.call(Request.probe(name, accepted: true), as: Answer.self).0 else {
                throw TestFault.unexpected("probe")
            }
        }
        for _ in 0..<Self.rounds {
            let next = try desk.provider.mint()
            tokens = [token.value, tokens.last ?? "", next.value]
            var order = StoreOrder(name: name)
            order.accepted = [.probe]
            let paste = SecretBox(try SecretBytes(copying: Array(next.value.utf8).span))
            guard case .stored = try client.call(Request.rotate(order), secret: paste.bytes, as: Answer.self).0 else {
                throw TestFault.unexpected("rotate")
            }
        }
        // An idle second, in which buffers go back.
        _ = poll(nil, 0, 1000)
        let traces = TokenTraces(tokens)
        for socket in [desk.places.agentSocket, desk.places.proberSocket] {
            let image = try Self.look(at: Client.process(at: socket), traces)
            #expect(image.loose == 0, "\(image.encodings)")
            #expect(image.bytes > 1 << 20)
        }
        // Who holds them is found out.
        #expect(try Self.look(at: desk.provider.process, traces).loose > 0)
    }

    /// While the provider lets the prober wait.
    @Test func aRequestUnderWayHoldsTwoCopiesAtMost() throws {
        let desk = try Desk()
        let token = try desk.makeVaultWithToken()
        let traces = TokenTraces([token.value])
        try desk.provider.fault("slow")
        let before = try desk.provider.requests
        let socket = desk.places.agentSocket
        let asking = Thread {
            guard let name = try? CredentialName(Desk.name), let client = try? Client(socket: socket, program: "secret")
            else { return }
            _ = try? client.call(Request.probe(name, accepted: true), as: Answer.self)
        }
        asking.start()
        let deadline = ContinuousClock.now + .seconds(20)
        while try desk.provider.requests == before, .now < deadline { _ = poll(nil, 0, 5) }
        let holder = try Self.look(at: Client.process(at: desk.places.agentSocket), traces)
        let prober = try Self.look(at: Client.process(at: desk.places.proberSocket), traces)
        #expect(holder.loose == 0)
        #expect((1...2 * traces.piecesOfToken).contains(prober.loose), "\(prober.encodings)")
        try desk.provider.fault("none")
    }

    private static func look(at process: Int32, _ traces: TokenTraces) throws -> MemoryImage {
        let image = try MemoryImage(of: process, traces)
        let name = try String(contentsOfFile: "/proc/\(process)/comm", encoding: .utf8).dropLast()
        print(
            "memory: \(name): \(image.loose) pieces loose \(image.encodings.sorted()), \(image.locked) locked,",
            "\(image.bytes >> 20) MiB looked at, \(image.hidden >> 10) KiB hidden")
        return image
    }
}
