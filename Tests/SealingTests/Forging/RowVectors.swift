import TestSupport

enum RowVectors {
    static var all: [Vector] { valid + changed + undecodable }

    private static let root = Forge.bytes(32, "root")
    private static let least = #""concludedAt":1700000000000,"failures":0"#
    private static let one = #"{"all":[{"number":1,"role":"live","storedAt":1700000000000}],"last":1}"#

    private static func body(
        versions: String = one, standing: String = #"{\#(least),"verdict":{"name":"healthy"}}"#,
        due: String = #"{"candidateFailures":0,"live":1700000600000}"#, probing: String = #""on""#, more: String = ""
    ) -> [UInt8] {
        let members = #""due":\#(due)\#(more),"probing":\#(probing),"standing":\#(standing),"versions":\#(versions)"#
        return Array("{\(members)}".utf8)
    }

    private struct Row {
        var root = RowVectors.root
        var vault = Forge.bytes(16, "vault")
        var record = Forge.bytes(16, "record")
        var tag = Forge.bytes(32, "tag")
        var due: Int64? = 1_700_000_600_000
        var epoch: UInt32 = 1
        var body = RowVectors.body()

        func mac(domain: String = "tokenward row 1", key: [UInt8]? = nil) -> [UInt8] {
            let due = Forge.number(UInt64(bitPattern: due ?? .min), 8)
            let parts = [vault, record, tag, due, Forge.number(UInt64(epoch), 4), body]
            return Forge.hash(Forge.fields(domain, parts), key: key ?? Forge.subkey(root, "twRowMac"))
        }

        func vector(_ name: String, _ verdict: String, mac: [UInt8]) -> Vector {
            Vector(
                kind: "row", name: name, class: verdict,
                headers: [
                    .init("root", root), .init("vault", vault), .init("record", record), .init("tag", tag),
                    .init("due", due.map { String($0) } ?? "null"), .init("epoch", epoch), .init("mac", mac),
                ], bytes: body)
        }
    }

    /// A row as its writer made it, whatever is in it.
    private static func made(_ name: String, _ verdict: String = "ok", _ change: (inout Row) -> Void) -> Vector {
        var row = Row()
        change(&row)
        return row.vector(name, verdict, mac: row.mac())
    }

    private static let full = body(
        versions: """
            {"all":[{"keptUntil":1700000000001,"number":3,"role":"retiring","storedAt":1700000000000},\
            {"number":4,"role":"live","storedAt":1700000000000},{"graceMilliseconds":7200000,"number":6,\
            "refusal":"revoked","role":"candidate","storedAt":1700000000000}],"last":6}
            """,
        standing:
            #"{\#(least),"deadSince":5,"provenAt":4,"reason":"ok","verdict":{"name":"suspect","suspicion":{"count":1,"since":3}}}"#,
        more: """
            ,"lastProbe":{"at":1,"outcome":{"kind":"rate_limited","observedExpiry":2,"profile":"flaky","provesLive":true,\
            "reason":"slow_down","requestID":"req 1","retryAfterMilliseconds":60000}},"observedExpiry":9,\
            "probingBeforePause":"on","probingReason":"why","unknownMember":[1,{}]
            """)

    private static var valid: [Vector] {
        [
            made("ok-least") { _ in }, made("ok-not-due") { $0.due = nil }, made("ok-due-before-1970") { $0.due = -1 },
            made("ok-every-member-and-an-unknown-one") { $0.body = full },
            made("ok-last-epoch") { $0.epoch = .max },
            made("ok-spaces-and-escapes") {
                $0.body = body(probing: #" "\u006fn" "#, more: ",\n  \"probingReason\" : \"a\\/b\"")
            },
        ]
    }

    private static var changed: [Vector] {
        let right = Row().mac()
        func changed(_ name: String, _ change: (inout Row) -> Void) -> Vector {
            var row = Row()
            change(&row)
            return row.vector(name, "damaged", mac: right)
        }
        let row = Row()
        return [
            changed("bit-of-vault") { $0.vault[0] ^= 1 }, changed("bit-of-record") { $0.record[15] ^= 1 },
            changed("bit-of-tag") { $0.tag[31] ^= 1 }, changed("due-later") { $0.due = 1_700_000_600_001 },
            changed("due-gone") { $0.due = nil }, changed("another-epoch") { $0.epoch = 2 },
            changed("another-root") { $0.root = Forge.bytes(32, "another root") },
            changed("body-says-revoked") {
                $0.body = body(standing: #"{\#(least),"verdict":{"name":"revoked"}}"#)
            },
            changed("body-with-a-space") { $0.body.append(0x20) }, changed("body-cut") { $0.body.removeLast() },
            changed("body-gone") { $0.body = [] },
            row.vector("bit-of-mac", "damaged", mac: right.flipped(at: 31)),
            row.vector("mac-cut", "damaged", mac: Array(right.dropLast())),
            row.vector("mac-gone", "damaged", mac: []),
            row.vector("forged-mac-under-the-root", "damaged", mac: row.mac(key: root)),
            row.vector("forged-another-domain", "damaged", mac: row.mac(domain: "tokenward row 2")),
        ]
    }

    /// Authentic, and nevertheless no row.
    private static var undecodable: [Vector] {
        func undecodable(_ name: String, _ body: [UInt8]) -> Vector { made(name, "damaged") { $0.body = body } }
        return [
            undecodable("body-empty", []), undecodable("body-not-JSON", Array("healthy".utf8)),
            undecodable("body-not-UTF-8", body().replacing(at: 3, with: [0xFF])),
            undecodable("body-an-array", Array("[]".utf8)),
            undecodable("body-no-members", Array("{}".utf8)),
            undecodable("body-half", Array(body().prefix(40))), undecodable("versions-null", body(versions: "null")),
            undecodable("versions-no-last", body(versions: #"{"all":[]}"#)),
            undecodable("role-unknown", body(versions: one.replacing("live", with: "alive"))),
            undecodable("verdict-unknown", body(standing: #"{\#(least),"verdict":{"name":"fine"}}"#)),
            undecodable("suspect-without-suspicion", body(standing: #"{\#(least),"verdict":{"name":"suspect"}}"#)),
            undecodable("probing-unknown", body(probing: #""sometimes""#)),
            undecodable("due-a-text", body(due: #"{"candidateFailures":0,"live":"soon"}"#)),
            undecodable("time-a-fraction", body(due: #"{"candidateFailures":0,"live":1.5}"#)),
            undecodable("time-beyond-64-bits", body(due: #"{"candidateFailures":0,"live":9223372036854775808}"#)),
        ]
    }
}
