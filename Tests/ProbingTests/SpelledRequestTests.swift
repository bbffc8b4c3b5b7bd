import Lifecycle
import Probing
import Sealing
import Testing

@Suite struct SpelledRequestTests {
    static let base = "https://gw.example.com/prefix"
    private func request(path: String = "/v1/models?limit=1", header: String = "Authorization") throws
        -> ProbeRequest
    {
        var request = try #require(try Samples().policies[id: Samples.setupToken]?.probe.request)
        request.path = path
        request.headers = [
            .init(name: header, value: "Bearer {{token}}"), .init(name: "version", value: "1"),
        ]
        return request
    }

    @Test func carriesTheTokenInItsHeaderOnly() throws {
        let spelled = try SpelledRequest(
            request(), to: BaseURL(Self.base), token: SecretBox("abc.DEF-123"))
        #expect(spelled.url == "https://gw.example.com/prefix/v1/models?limit=1")
        #expect(
            spelled.headers == [
                .init(name: "Authorization", value: "Bearer abc.DEF-123"), .init(name: "version", value: "1"),
                .init(name: "User-Agent", value: SpelledRequest.userAgent),
                .init(name: "Accept-Encoding", value: "identity"),
            ])
    }

    @Test func aBlankControlLeavesTheHeaderOut() throws {
        let spelled = try SpelledRequest(request(), to: BaseURL(Self.base), token: nil)
        #expect(spelled.headers.map(\.name) == ["version", "User-Agent", "Accept-Encoding"])
    }

    @Test(arguments: ["", "a b", "a\r\nx: y", "a\nb", "a\u{0}b", "tab\t", "ünï", "del\u{7F}"])
    func refusesTokensThatHTTPCannotCarry(_ token: String) throws {
        let base = try BaseURL(Self.base), box = try SecretBox(token), request = try request()
        #expect(throws: TransportFailure.unsendable) { _ = try SpelledRequest(request, to: base, token: box) }
    }

    @Test(arguments: ["v1", "", "/a b", "/a\r\nHost: x", "/a#b", "/ä"])
    func refusesPaths(_ path: String) throws {
        let base = try BaseURL(Self.base), request = try request(path: path)
        #expect(throws: TransportFailure.unsendable) { _ = try SpelledRequest(request, to: base, token: nil) }
    }

    @Test(arguments: ["", "X Key", "X-Key:", "X\r\nY"]) func refusesHeaderNames(_ name: String) throws {
        let base = try BaseURL(Self.base), box = try SecretBox("abc"), request = try request(header: name)
        #expect(throws: TransportFailure.unsendable) { _ = try SpelledRequest(request, to: base, token: box) }
    }
}
