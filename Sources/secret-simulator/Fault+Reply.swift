internal import Lifecycle

extension Fault {
    /// What somebody in the way, or a provider in trouble, answers whoever asks; nil where the fault is of another sort.
    var reply: Reply? {
        switch self {
        case .proxyLogin: .page(407, "This proxy wants to know who you are.")
        case .edgeBlock: .page(403, "Sorry, you have been blocked.")
        case .challenge: .page(503, "Checking your browser before you go on.")
        case .networkLogin: .page(511, "Please log in to this network.")
        case .internalError: .said(500, #"{"error":{"type":"api_error","message":"Internal server error"}}"#)
        case .badGateway: .page(502, "Bad gateway")
        case .unavailable: .said(503, #"{"error":"unavailable"}"#)
        case .gatewayTimeout: .page(504, "Gateway timeout")
        case .requestTimeout: .said(408, #"{"error":"timeout"}"#)
        case .tooMany: .said(429, #"{"error":"slow down"}"#, ["retry-after": "0"])
        case .tooManyForYears: .said(429, #"{"error":"slow down"}"#, ["retry-after": "315360000"])
        case .emptyYes: .said(200, "")
        case .emptyNo: .said(401, "")
        case .otherService: .said(401, #"{"status":"unauthorized","hint":"Invalid bearer token, Bad credentials"}"#)
        case .forbiddenByGateway: .said(403, #"{"reason":"OAuth token has been revoked","by":"gateway"}"#)
        case .wall: .said(200, #"{"please":"accept our terms"}"#)
        case .missingRoute: .said(404, #"{"path":"not here"}"#)
        case .legalBlock: .page(451, "Unavailable for legal reasons")
        case .markup: .said(401, "<error><message>Unauthorized</message></error>", ["content-type": "application/xml"])
        case .plainText: .said(401, "Unauthorized", ["content-type": "text/plain"])
        case .halfJSON: .said(401, #"{"type":"error","error":{"type":"authentication_error","mess"#)
        case .none, .slow, .stall, .cut, .redirect, .portal, .storm, .huge, .noise, .mangled, .echo, .hangUp, .gzipBomb,
            .twentyGiB:
            nil
        }
    }
}

extension Reply {
    fileprivate static func said(_ status: Int, _ body: String, _ headers: [String: String] = [:]) -> Reply {
        Reply(
            status: status, headers: ["content-type": "application/json"].merging(headers) { $1 }, body: body, json: nil
        )
    }
}

/// A gzip member that is small and would unpack to many times its size (RFC 1951 section 3.2.6: fixed codes, the longest match again and
/// again).
enum Bomb {
    /// 258 bytes of output for 13 bits.
    static func gzip(matches: Int = 30_000) -> [UInt8] {
        var bytes: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]
        var pending: UInt32 = 0
        var count: UInt32 = 0
        func put(_ bits: UInt32, _ width: UInt32, _ bytes: inout [UInt8]) {
            pending |= bits << count
            count += width
            while count >= 8 {
                bytes.append(UInt8(truncatingIfNeeded: pending))
                pending >>= 8
                count -= 8
            }
        }
        put(0b011, 3, &bytes)
        // The literal 0x20 is 0x50 in 8 bits, the length 258 is 0xC5 in 8 bits; codes are sent from their most significant bit.
        put(0x0A, 8, &bytes)
        for _ in 0..<matches {
            put(0xA3, 8, &bytes)
            put(0, 5, &bytes)
        }
        put(0, 7, &bytes)
        put(0, 8, &bytes)
        return bytes
    }
}
