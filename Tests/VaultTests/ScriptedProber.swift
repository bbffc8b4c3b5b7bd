import Lifecycle
import Sealing
import Synchronization

@testable import Vault

/// A provider that answers as the test says, by token.
final class ScriptedProber: ProbeClient {
    typealias Script = @Sendable (String) -> Outcome

    private struct Desk {
        var script: Script = { _ in .accepted }
        var asked: [(order: ProbeOrder, token: String)] = []
        var reachable = true
        var skew: Duration?
        var door: Door?
    }
    private let desk = Mutex(Desk())

    /// Holds probes until it is opened.
    final class Door: Sendable {
        let knocks = AsyncStream<Void>.makeStream()
        let opened = AsyncStream<Void>.makeStream()

        func knock() async {
            knocks.continuation.yield()
            for await _ in opened.stream { break }
        }
        func waitForKnock() async { for await _ in knocks.stream { break } }
        func open() { opened.continuation.yield() }
    }

    /// The same answer to every token from now on.
    func answers(_ outcome: Outcome) { answersBy { _ in outcome } }
    func answersBy(_ script: @escaping Script) { desk.withLock { $0.script = script } }
    func goAway() { desk.withLock { $0.reachable = false } }
    func comeBack() { desk.withLock { $0.reachable = true } }
    /// What the provider's clock says of ours from now on.
    func tells(skew: Duration?) { desk.withLock { $0.skew = skew } }
    func close(behind door: Door?) { desk.withLock { $0.door = door } }

    var tokens: [String] { desk.withLock { $0.asked.map(\.token) } }
    var orders: [ProbeOrder] { desk.withLock { $0.asked.map(\.order) } }
    var count: Int { tokens.count }

    func isReachable() -> Bool { desk.withLock(\.reachable) }

    func probe(_ order: ProbeOrder, token: SecretBox) async -> ProbeReport {
        guard isReachable() else {
            return ProbeReport(outcome: Outcome(.unknown, reason: ProbeReport.unreachable), requests: 0)
        }
        let text = Token.text(token)
        let (script, door, skew) = desk.withLock { desk in
            desk.asked.append((order, text))
            return (desk.script, desk.door, desk.skew)
        }
        await door?.knock()
        var report = ProbeReport(outcome: script(text), requests: 1)
        report.skewMilliseconds = skew?.milliseconds
        return report
    }
}

extension Outcome {
    static let accepted = Outcome(.valid, reason: "accepted", provesLive: true, requestID: "req_1")
    static let expired = Outcome(.expired, reason: "token_expired", profile: .explicit)
    static let revoked = Outcome(.invalid, reason: "revoked", profile: .explicit)
    static let refusedSoftly = Outcome(.invalid, reason: "unauthorized", profile: .generic)
    static let noAnswer = Outcome(.unknown, reason: "not_from_provider")
    static let down = Outcome(.providerDown, reason: "overloaded")
    static let limited = Outcome(.rateLimited, reason: "limited")
    static let closed = Outcome(.unknown, reason: "endpoint_closed_to_oauth")
}

/// Tokens that are built when the tests run.
enum Token {
    static func setup(_ seed: UInt64) -> String { "sk-ant-oat01-" + text(93, seed: seed) + "AA" }
    static func api(_ seed: UInt64) -> String { "sk-ant-api03-" + text(93, seed: seed) + "AA" }
    static func admin(_ seed: UInt64) -> String { "sk-ant-admin01-" + text(93, seed: seed) + "AA" }
    static func refresh(_ seed: UInt64) -> String { "sk-ant-ort01-" + text(95, seed: seed) }

    private static func text(_ count: Int, seed: UInt64) -> String {
        let characters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")
        var state = seed &* 0x9E37_79B9_7F4A_7C15
        return String(
            (0..<count).map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return characters[Int(state >> 33) % characters.count]
            })
    }

    static func box(_ text: String) throws -> SecretBox { try box(Array(text.utf8)) }
    static func box(_ bytes: [UInt8]) throws -> SecretBox { SecretBox(try SecretBytes(copying: bytes.span)) }
    static func text(_ box: SecretBox) -> String {
        box.bytes.withBytes { span in String(decoding: span.indices.map { span[$0] }, as: UTF8.self) }
    }
}
