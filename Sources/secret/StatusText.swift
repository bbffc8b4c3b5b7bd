import Lifecycle
import Sealing
import Wire

/// Status for people: a pure function of the report and the time.
enum StatusText {
    static func table(_ report: StatusReport, now: Timestamp) -> String {
        guard !report.credentials.isEmpty else {
            let locked = report.summary?["locked"] ?? 0
            return report.daemon.locked ? "\(locked) credentials, locked" : "nothing is stored yet"
        }
        // Where all values lie in the vault, nobody needs to be told.
        let showsStore = report.credentials.contains { $0.store != ValueHome.vault.rawValue }
        var rows = [
            ["NAME", "KIND", "STATE", "PROVEN", "FINGERPRINT", "EXPIRES"] + (showsStore ? ["STORE"] : []) + ["NEXT"]
        ]
        rows += report.credentials.map { credential in
            [
                credential.name.description, credential.kind, credential.state.rawValue, freshness(credential, now),
                credential.fingerprint, expiry(credential),
            ] + (showsStore ? [credential.store] : []) + [credential.action ?? "-"]
        }
        return columns(rows) + "\n\n" + vault(report.daemon)
    }

    /// How the vault opens, and what that protects.
    private static func vault(_ daemon: DaemonReport) -> String {
        let memory =
            switch daemon.memory {
            case .hidden: "in memory that no other process can read"
            case .locked: "in locked memory"
            case .open: "NOT in locked memory (see `ulimit -l`)"
            }
        return "opens by: \(daemon.slots.joined(separator: ", ")); \(daemon.protection)\nsecrets: \(memory)"
            + (daemon.prober ? "" : "\nthe prober does not run; any command starts it")
            + (daemon.clockSkewSeconds.map {
                "\nclock: \(abs($0)) s \($0 < 0 ? "behind" : "ahead of") what providers say; no end is believed until it is right"
            } ?? "")
            + (daemon.crowded ?? []).map { crowd in
                "\ncrowded: \(crowd.credentials) credentials at \(crowd.host), each asked about every \(Duration.seconds(crowd.intervalSeconds).spoken)"
            }.joined()
    }

    /// One credential in full.
    static func sheet(_ report: StatusReport, now: Timestamp) -> String {
        guard let credential = report.credentials.first else { return "" }
        var rows = [
            ["name", credential.name.description], ["kind", credential.kind],
            ["state", "\(credential.state.rawValue), \(freshness(credential, now))"],
            ["reason", credential.reason ?? "-"], ["probing", credential.probing.rawValue],
            ["value", "\(credential.length) characters, fingerprint \(credential.fingerprint)"],
            ["store", credential.store], ["expires", expiry(credential)],
            ["next probe", credential.nextProbeAt ?? "-"],
        ]
        if let probe = credential.lastProbe {
            let id = probe.requestId.map { ", request \(Printable.line($0))" } ?? ""
            rows.append(["last probe", "\(probe.at): \(probe.outcome.rawValue) (\(probe.reason))\(id)"])
        }
        rows += dates(credential.dates)
        if let ledger = credential.requests {
            let billed = ledger.billed > 0 ? ", \(ledger.billed) of them billed" : ""
            rows.append(["requests", "\(ledger.sent) since \(ledger.since)\(billed)"])
        }
        rows += credential.facts.sorted { $0.key < $1.key }.map { [$0.key, Printable.line($0.value)] }
        rows += credential.versions.map {
            let seen = $0.stillWorks.map { "; still accepted at \($0): its revocation did not take effect" }
            let ended = $0.ended.map { "; refused since \($0)" }
            let what = "\($0.role.rawValue), \($0.fingerprint ?? "value gone"), \($0.at)"
            return ["version \($0.n)", what + (seen ?? ended ?? "")]
        }
        if let account = credential.account { rows.append(["account", Printable.line(account)]) }
        if !credential.hosts.isEmpty { rows.append(["helpers give it to", credential.hosts.joined(separator: ", ")]) }
        rows += credential.consumers.map { consumer in
            let times = consumer.count == 1 ? "once" : "\(consumer.count) times"
            return [
                "read by",
                "\(Printable.line(consumer.program)) (\(Printable.line(consumer.title))) through \(consumer.use), \(times), last \(consumer.last)",
            ]
        }
        rows.append(["next step", credential.action ?? "none"])
        return columns(rows)
    }

    private static func dates(_ dates: CredentialReport.DatesReport) -> [[String]] {
        [
            ("minted", dates.minted), ("pasted", dates.pasted), ("end declared", dates.declared),
            ("end observed", dates.observed),
        ].compactMap { word, date in date.map { [word, $0] } }
    }

    /// `proven 3 h ago`, or that it never was.
    private static func freshness(_ credential: CredentialReport, _ now: Timestamp) -> String {
        guard let proven = credential.provenAt.flatMap(Timestamp.init(rfc3339:)) else { return "never proven" }
        return "proven \((max(.zero, now - proven)).spoken) ago"
    }

    private static func expiry(_ credential: CredentialReport) -> String {
        credential.expiresAt.map { "\($0.prefix(10)) (\(credential.expirySource))" } ?? "-"
    }

    private static func columns(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { index, cell in
                index == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[index] - cell.count + 2)
            }.joined()
        }.joined(separator: "\n")
    }
}
