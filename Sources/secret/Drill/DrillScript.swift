import Lifecycle
import Wire

/// The scenes of the drill, in order.
struct DrillScript {
    private let stage: DrillStage
    private let provider: SimulatedProvider
    private static let kind = "anthropic.setup-token"
    private static let terminalWidth = 80

    init(_ stage: DrillStage) {
        self.stage = stage
        provider = stage.provider
    }

    func play() throws(Fault) -> DrillMeasurements {
        var measured = DrillMeasurements()
        let first = try add()
        measured.secondsToDetectRevoked = try turn(
            first.number, "revoked", "The provider revokes the token. Nobody tells us; the timer finds out.")
        let second = try provider.mint(Self.kind)
        try refuseFirstLine(of: second.token)
        measured.secondsToRecover = try replace(by: second.token)
        measured.secondsToDetectExpired = try turn(second.number, "expired", "The new token expires.")
        let third = try provider.mint(Self.kind)
        _ = try replace(by: third.token)
        stage.tell("What happened, and a status that may be shared: no character of any token is in it.")
        try expect(0, ["history", DrillStage.name, "--limit", "6"])
        try expect(0, ["status"])
        measured.requestsSent = try provider.requests()
        measured.filesWithToken = stage.files(holding: [first.token, second.token, third.token])
        return measured
    }

    private func add() throws(Fault) -> (number: String, token: [UInt8]) {
        stage.tell("A vault of this machine, in a temporary home.")
        try expect(0, ["init", "--machine", "--no-input"])
        let token = try provider.mint(Self.kind)
        stage.tell("A setup-token that works.")
        try expect(
            0, ["add", DrillStage.name, "--stdin", "--yes", "--base-url", provider.baseURL], input: token.token,
            shown: "printf '%s' \"$TOKEN\" | ")
        guard try stage.quietly(["status", "--check", "--quiet"]) == 0 else { throw unexpected("status --check") }
        return token
    }

    /// The provider changes its mind; returns the seconds until status says so.
    private func turn(_ number: String, _ fixture: String, _ text: String) throws(Fault) -> Double {
        stage.tell(text)
        try provider.set(number, to: fixture)
        let seconds = try stage.secondsUntil(checkSays: 1)
        try expect(1, ["status", "--check"])
        return seconds
    }

    private func refuseFirstLine(of token: [UInt8]) throws(Fault) {
        stage.tell(
            "A new token, copied from an 80-column terminal: the first line alone is refused before anyone is asked.")
        let before = try provider.requests()
        try expect(
            65, ["rotate", DrillStage.name, "--stdin", "--yes"], input: Array(token.prefix(Self.terminalWidth)),
            shown: "head -n 1 copied.txt | ")
        guard try provider.requests() - before <= 1 else { throw unexpected("a request for a refused paste") }
    }

    /// Pastes the whole wrapped token; returns the seconds until all is well.
    private func replace(by token: [UInt8]) throws(Fault) -> Double {
        stage.tell("The whole of it, wrapped over two lines, in quotes, with a Bearer in front.")
        let wrapped =
            Array("\"Bearer ".utf8) + token.prefix(Self.terminalWidth) + [0x0D, 0x0A]
            + token.dropFirst(Self.terminalWidth) + Array("\"\r\n".utf8)
        let clock = ContinuousClock()
        let start = clock.now
        try expect(0, ["rotate", DrillStage.name, "--stdin", "--yes"], input: wrapped, shown: "cat copied.txt | ")
        _ = try stage.secondsUntil(checkSays: 0)
        return Double((clock.now - start).milliseconds) / 1000
    }

    private func expect(_ code: Int32, _ arguments: [String], input: [UInt8]? = nil, shown: String = "") throws(Fault) {
        guard try stage.run(arguments, input: input, shownInput: shown) == code else {
            throw unexpected(arguments.prefix(2).joined(separator: " "))
        }
    }

    private func unexpected(_ what: String) -> Fault {
        Fault(.fault, "drill_failed", "the drill did not go as it must, at: \(what)", hint: "secret daemon status")
    }
}
