import Lifecycle
import Probing
import Sealing
import Testing

@Suite struct TransportFailureTests {
    @Test(arguments: TransportFailure.allCases) func saysNothingAboutTheToken(_ failure: TransportFailure) {
        let outcome = failure.outcome
        #expect([.unknown, .providerDown].contains(outcome.kind))
        #expect(!outcome.showsLife)
        #expect(!outcome.reason.isEmpty)
    }

    @Test func eachHasItsOwnReason() {
        #expect(Set(TransportFailure.allCases.map(\.outcome.reason)).count == TransportFailure.allCases.count)
    }

    static let echoes: [(secret: String, text: String, echoed: Bool)] = [
        ("abcdefghijkl", "req_cdefghij_1", true), ("abcdefghijkl", "abcdefghijkl", true),
        ("abcdefghijkl", "req_cdefghi_1", false), ("abcdefghijkl", "", false), ("short", "a-short-one", true),
        ("short", "a-shor-tone", false),
    ]

    @Test(arguments: echoes) func anEchoIsSeen(_ row: (secret: String, text: String, echoed: Bool)) throws {
        #expect(try SecretBox(row.secret).bytes.isEchoed(in: row.text) == row.echoed)
    }
}
