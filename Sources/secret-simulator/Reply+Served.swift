package import Lifecycle

extension Reply {
    /// For a path that no policy asks for.
    package static let notFound = Reply(
        status: 404, headers: ["content-type": "application/json"], body: #"{"error":"not_found"}"#, json: nil
    )

    static func redirect(to url: String) -> Reply {
        Reply(status: 302, headers: ["location": url, "content-type": "text/html"], body: "", json: nil)
    }

    /// A page in HTML, as something in the way sends it.
    static func page(_ status: Int, _ text: String) -> Reply {
        let body = "<!doctype html><html><body><p>\(text)</p></body></html>"
        return Reply(status: status, headers: ["content-type": "text/html"], body: body, json: nil)
    }

    /// The same answer with texts of the request in its headers, its request ids and its body.
    func echoing(_ texts: [String]) -> Reply {
        var reply = self
        let text = texts.joined(separator: " ")
        for name in ["request-id", "x-request-id", "x-debug", "server"] { reply.headers[name] = text }
        let seen = body.split(separator: "message\":\"", omittingEmptySubsequences: false)
        reply.body = seen.joined(separator: "message\":\"\(text) ")
        return reply
    }

    /// The same answer with fresh request ids and a content type, as every real provider sends it.
    package func served() -> Reply {
        var served = self
        if json != nil, headers["content-type"] == nil { served.headers["content-type"] = "application/json" }
        let fresh =
            "req_" + (0..<24).compactMap { _ in "0123456789abcdefghijklmnopqrstuvwxyz".randomElement() }
        for name in ["request-id", "x-request-id"] where headers[name] != nil { served.headers[name] = fresh }
        let old = [headers["request-id"], headers["x-request-id"], json?["request_id"]?.text]
        for id in old.compactMap(\.self) where !id.isEmpty {
            served.body = served.body.split(separator: id, omittingEmptySubsequences: false).joined(
                separator: fresh)
        }
        return served
    }
}
