import TestSupport
import Testing

/// What a person can do about the keyring, as `secret-session` tells it.
enum Ailment: String, CaseIterable, Sendable {
    case locked, killed, frozen, frozenBus, noBus, busIsNoBus

    func befall(_ keyring: borrowing PrivateKeyring) throws {
        switch self {
        case .locked: try keyring.lock()
        case .killed: try keyring.kill()
        case .frozen: keyring.freeze()
        case .frozenBus: keyring.freezeBus()
        case .noBus, .busIsNoBus: break
        }
    }

    var bus: String? {
        switch self {
        case .noBus: "unix:path=/nonexistent/bus"
        case .busIsNoBus: "nonsense"
        default: nil
        }
    }

    var state: String {
        switch self {
        case .locked: "locked"
        case .killed, .noBus, .busIsNoBus: "absent"
        case .frozen, .frozenBus: "hung"
        }
    }

    var code: Int32 { self == .locked ? 75 : 69 }

    var message: String {
        switch state {
        case "locked": "secret: error: the keyring is locked\n"
        case "hung": "secret: error: the keyring service hangs: it did not answer in time\n"
        default: "secret: error: no keyring can be reached: there is no Secret Service on the session bus\n"
        }
    }
}

/// No fault of the keyring holds a command for longer than its deadline, and each is called by its name.
@Suite struct KeyringFaultTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let ailment: Ailment, verb: String
        var testDescription: String { "\(verb) when \(ailment)" }
        static let all = Ailment.allCases.flatMap { ailment in
            // Where the bus hangs no verb gets as far as to differ, and each of them takes the whole
            // deadline.
            (ailment == .frozenBus ? ["state"] : ["state", "create", "fetch", "delete"]).map {
                Row(ailment: ailment, verb: $0)
            }
        }
    }

    @Test(arguments: Row.all) func isNamedInTime(_ row: Row) throws {
        let keyring = try PrivateKeyring()
        let id = try keyring.createdID()
        try row.ailment.befall(keyring)

        let words =
            switch row.verb {
            case "create": ["create", "--fd", "3"]
            case "fetch": ["fetch", "--id", id, "--fd", "3"]
            case "delete": ["delete", "--id", id]
            default: ["state"]
            }
        let result = try keyring.session(words, bus: row.ailment.bus)
        #expect(result.code == row.ailment.code)
        #expect(result.talk.hasPrefix(row.ailment.message + "secret: hint: "))
        #expect(result.text == (row.verb == "state" ? row.ailment.state + "\n" : ""))
        #expect(result.handedOver.isEmpty)
        #expect(result.duration < .seconds(5))
        print("secret-session keyring \(row.testDescription): exit code \(result.code) after \(result.duration)")
    }

    @Test func presentWhenNothingIsWrong() throws {
        let result = try PrivateKeyring().session("state")
        #expect(result.text == "present\n")
        #expect(result.code == 0)
    }

    @Test func promptThatCannotBeShownCountsAsDismissed() throws {
        let keyring = try PrivateKeyring()
        let id = try keyring.createdID()
        try keyring.lock()
        let result = try keyring.session("fetch", "--id", id, "--fd", "3", "--prompt")
        #expect(result.code == 75)
        #expect(result.talk.hasPrefix("secret: error: the keyring stays locked: "))
    }

    /// Where nobody has logged in yet there is no collection: making one takes a person.
    @Test(arguments: [
        (["state"], "secret: error: the keyring is locked\n"),
        (["create", "--fd", "3"], "secret: error: the keyring is locked\n"),
        (["create", "--fd", "3", "--prompt"], "secret: error: the keyring stays locked: "),
    ])
    func noCollectionCountsAsLocked(_ words: [String], _ message: String) throws {
        let result = try PrivateKeyring(hasCollection: false).session(words)
        #expect(result.code == 75)
        #expect(result.talk.hasPrefix(message))
        #expect(result.handedOver.isEmpty)
    }

    /// A missing item is not called missing by a keyring that may hide what it holds.
    @Test func lockedComesBeforeMissing() throws {
        let keyring = try PrivateKeyring()
        try keyring.lock()
        #expect(
            try keyring.session("fetch", "--id", "00112233445566778899aabbccddeeff", "--fd", "3").code == 75)
    }
}
