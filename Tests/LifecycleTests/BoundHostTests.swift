import Foundation
import Testing

@testable import Lifecycle

@Suite struct BoundHostTests {
    @Test(arguments: [
        ("github.com", "github.com"), ("GitHub.com:443", "github.com"),
        ("git.example.com:8443", "git.example.com:8443"),
        ("127.0.0.1:8080", "127.0.0.1:8080"), ("[::1]", "[::1]"), ("[2001:DB8::1]:9", "[2001:db8::1]:9"),
    ])
    func aHostIsShownAsItIsWritten(text: String, shown: String) throws {
        let host = try BoundHost(text)
        #expect(host.description == shown)
        #expect(try BoundHost(shown) == host)
        let stored = try JSONEncoder().encode(host)
        #expect(try JSONDecoder().decode(BoundHost.self, from: stored) == host)
    }

    @Test(arguments: [
        "", " ", "github.com/", "github.com/alice", "https://github.com", "alice@github.com", "github.com:0",
        "github.com:65536", "github.com\n", "github.com\0", "git hub.com", "github.com?x", "github.com#x", "-a.com",
        ":443", "::1", "gïthub.com", "127.0.0.1.", "github.com:",
    ])
    func whatIsNoHostIsRefused(text: String) {
        #expect(throws: BaseURL.Problem.self) { try BoundHost(text) }
    }

    @Test func inClearOnlyToThisMachine() throws {
        #expect(try BoundHost("127.0.0.1:8080", scheme: .http) == BoundHost("127.0.0.1:8080"))
        #expect(try BoundHost("localhost", scheme: .http) == BoundHost("localhost:80"))
        #expect(throws: BaseURL.Problem.plainTextOffThisMachine) { try BoundHost("github.com", scheme: .http) }
        #expect(try BoundHost("github.com:80") != BoundHost("github.com"))
    }

    @Test(arguments: ["", "a\nb", "a\0", "\u{7F}", "\u{85}", String(repeating: "a", count: 257)])
    func whatIsNoAccountIsRefused(text: String) { #expect(AccountName(text) == nil) }

    @Test(arguments: ["alice", "Alice Example", "a=b", "ålice", String(repeating: "a", count: 256)])
    func anAccountIsWhatItIs(text: String) throws {
        let account = try #require(AccountName(text))
        #expect(try JSONDecoder().decode(AccountName.self, from: JSONEncoder().encode(account)).text == text)
    }
}
