import Foundation
import Lifecycle
import Testing

/// The end that a JSON Web Token names, read where the token lies.
@Suite struct TokenClaimsTests {
    private static func token(_ claims: String, dots: Int = 2) -> [UInt8] {
        func text(_ words: String) -> String {
            Data(words.utf8).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_")
                .replacing("=", with: "")
        }
        let parts = [text(#"{"alg":"none","exp":1}"#), text(claims), text(#"{"exp":2}"#)]
        return Array(parts.prefix(dots + 1).joined(separator: ".").utf8)
    }

    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String, claims: String, seconds: Int64?
        init(_ description: String, _ claims: String, _ seconds: Int64?) {
            (testDescription, self.claims, self.seconds) = (description, claims, seconds)
        }
    }
    static let rows = [
        Row("plain", #"{"exp":1795000000}"#, 1_795_000_000),
        Row("last of several", #"{"iss":"x","iat":1790000000,"exp":1795000001}"#, 1_795_000_001),
        Row("with spaces", "{ \"exp\" : 1795000002 ,\n\"a\":[1,2]}", 1_795_000_002),
        Row("a fraction", #"{"exp":1795000003.75}"#, 1_795_000_003),
        Row("nested elsewhere", #"{"a":{"exp":7},"b":[{"exp":8}],"exp":1795000004}"#, 1_795_000_004),
        Row("nested only", #"{"a":{"exp":7},"b":[{"exp":8}]}"#, nil),
        Row("in a text", #"{"a":"\"exp\":7","exp":1795000005}"#, 1_795_000_005),
        Row("in a text only", #"{"a":"\"exp\":7"}"#, nil),
        Row("a longer key", #"{"expo":7,"ex":8,"xexp":9}"#, nil),
        Row("text for a number", #"{"exp":"1795000000"}"#, nil),
        Row("an exponent", #"{"exp":1e9}"#, nil),
        Row("before 1970", #"{"exp":-5}"#, nil),
        Row("behind all dates", #"{"exp":99999999999999999999999999}"#, nil),
        Row("null", #"{"exp":null}"#, nil),
        Row("not closed", #"{"exp":1795000000"#, nil),
        Row("nothing", "", nil),
    ]

    @Test(arguments: rows) func names(_ row: Row) {
        let found = TokenClaims.expiry(of: Self.token(row.claims).span)
        #expect(found == row.seconds.map { Timestamp(seconds: $0) })
    }

    @Test func anotherFormNamesNothing() {
        for text in ["", ".", "..", "abc", "sk-ant-oat01-xyz", "a.b", "a.b.c.d", "!.!.!"] {
            #expect(TokenClaims.expiry(of: Array(text.utf8).span) == nil, "\(text)")
        }
        #expect(TokenClaims.expiry(of: Self.token(#"{"exp":1795000000}"#, dots: 1).span) == nil)
    }

    @Test func noCutOrFlipDisturbs() {
        let token = Self.token(#"{"iss":"x","exp":1795000000,"a":{"b":[1,"c"]}}"#)
        for end in token.indices { _ = TokenClaims.expiry(of: Array(token[..<end]).span) }
        for index in token.indices {
            for bit in 0..<8 {
                var changed = token
                changed[index] ^= 1 << UInt8(bit)
                _ = TokenClaims.expiry(of: changed.span)
            }
        }
    }
}
