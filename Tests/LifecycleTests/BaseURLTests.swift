import Lifecycle
import Testing

@Suite struct BaseURLTests {
    struct Good: Sendable, CustomTestStringConvertible {
        let text: String, spelled: String, authority: String, loopback: Bool
        var testDescription: String { text }
    }
    static let good = [
        Good(
            text: "https://api.example.com", spelled: "https://api.example.com",
            authority: "api.example.com:443", loopback: false),
        Good(
            text: "HTTPS://API.Example.com:443/", spelled: "https://api.example.com",
            authority: "api.example.com:443", loopback: false),
        Good(
            text: "https://gw.example.com:8443/anthropic/v2/",
            spelled: "https://gw.example.com:8443/anthropic/v2", authority: "gw.example.com:8443",
            loopback: false),
        Good(
            text: "https://10.0.0.7", spelled: "https://10.0.0.7", authority: "10.0.0.7:443", loopback: false),
        Good(
            text: "https://[2001:DB8::1]:8443", spelled: "https://[2001:db8::1]:8443",
            authority: "[2001:db8::1]:8443", loopback: false),
        Good(
            text: "http://127.0.0.1:45123", spelled: "http://127.0.0.1:45123", authority: "127.0.0.1:45123",
            loopback: true),
        Good(
            text: "http://127.9.8.7", spelled: "http://127.9.8.7", authority: "127.9.8.7:80", loopback: true),
        Good(
            text: "http://localhost:80", spelled: "http://localhost", authority: "localhost:80",
            loopback: true),
        Good(
            text: "http://[::1]:8080/v1", spelled: "http://[::1]:8080/v1", authority: "[::1]:8080",
            loopback: true),
    ]

    @Test(arguments: good) func reads(_ row: Good) throws {
        let url = try BaseURL(row.text)
        #expect(url.description == row.spelled)
        #expect(url.authority == row.authority)
        #expect(url.isLoopback == row.loopback)
        #expect(try BaseURL(url.description) == url)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let text: String, problem: BaseURL.Problem
        var testDescription: String { text }
    }
    static let bad = [
        Bad(text: "", problem: .scheme),
        Bad(text: "api.example.com", problem: .scheme),
        Bad(text: "ftp://api.example.com", problem: .scheme),
        Bad(text: "https:/api.example.com", problem: .scheme),
        Bad(text: "https://user@api.example.com", problem: .user),
        Bad(text: "https://api.example.com@evil.example", problem: .user),
        Bad(text: "https://api.example.com?x=1", problem: .queryOrFragment),
        Bad(text: "https://api.example.com#top", problem: .queryOrFragment),
        Bad(text: "https://", problem: .host),
        Bad(text: "https://.example.com", problem: .host),
        Bad(text: "https://example.com.", problem: .host),
        Bad(text: "https://exa mple.com", problem: .host),
        Bad(text: "https://exämple.com", problem: .host),
        Bad(text: "https://-a.example", problem: .host),
        Bad(text: "https://a_b.example", problem: .host),
        Bad(text: "https://::1", problem: .host),
        Bad(text: "https://[::1", problem: .host),
        Bad(text: "https://[1::2::3]", problem: .host),
        Bad(text: "https://[fe80::1%25eth0]", problem: .host),
        Bad(text: "https://[::1]x:1", problem: .host),
        Bad(text: "http://127.1", problem: .host),
        Bad(text: "http://2130706433", problem: .host),
        Bad(text: "http://0x7f.0.0.1", problem: .host),
        Bad(text: "http://0177.0.0.1", problem: .host),
        Bad(text: "http://127.0.0.256", problem: .host),
        Bad(text: "https://a.example:0", problem: .port),
        Bad(text: "https://a.example:65536", problem: .port),
        Bad(text: "https://a.example:", problem: .port),
        Bad(text: "https://a.example:8o", problem: .port),
        Bad(text: "https://a.example//x", problem: .path),
        Bad(text: "https://a.example/../x", problem: .path),
        Bad(text: "https://a.example/%2e%2e/x", problem: .path),
        Bad(text: "https://a.example/a\r\nHost: b", problem: .path),
        Bad(text: "http://api.example.com", problem: .plainTextOffThisMachine),
        Bad(text: "http://127.0.0.1.example.com", problem: .plainTextOffThisMachine),
        Bad(text: "http://localhost.example.com", problem: .plainTextOffThisMachine),
        Bad(text: "http://10.0.0.1", problem: .plainTextOffThisMachine),
        Bad(text: "http://[::2]", problem: .plainTextOffThisMachine),
        Bad(text: "http://[::ffff:7f00:1]", problem: .plainTextOffThisMachine),
    ]

    @Test(arguments: bad) func refuses(_ row: Bad) {
        #expect(throws: row.problem) { try BaseURL(row.text) }
    }
}
