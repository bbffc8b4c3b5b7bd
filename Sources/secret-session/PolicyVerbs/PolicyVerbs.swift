internal import ArgumentParser
internal import Glibc
internal import Lifecycle
internal import Policies
internal import Wire

/// `policy`: what is known of each kind; `secret policy` becomes it. No secret is read, and no daemon is asked.
struct PolicyVerbs: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy", abstract: "What is known of each kind of token.",
        subcommands: [PolicyListing.self, PolicySheet.self, PolicyInspection.self, PolicyTrial.self])
}

extension SessionVerb {
    /// All that this person's daemons know.
    func catalogue() throws(Fault) -> (catalogue: PolicyCatalogue, problems: [OwnPolicies.Problem]) {
        do { return try BuiltInPolicies.load(with: OwnPolicies(folder: ValueShelf.places.policies)) } catch {
            throw Fault(.configuration, "policy", error.message, hint: "secret --version")
        }
    }

    func policy(_ id: String, in catalogue: PolicyCatalogue) throws(Fault) -> Policy {
        if let policy = catalogue[id: id] { return policy }
        let near = catalogue.policies.map(\.id).filter { known in
            id.split(separator: ".").contains { $0.count > 2 && known.contains($0) }
        }
        let known = near.isEmpty ? catalogue.policies.map(\.id) : near
        throw Fault(
            .usage, "unknown_kind", "there is no such kind",
            hint: "the kinds are \(known.sorted().joined(separator: ", "))")
    }

    static func table(_ rows: [[String]]) -> String {
        let count = rows.map(\.count).max() ?? 0
        let widths = (0..<count).map { column in rows.map { column < $0.count ? $0[column].count : 0 }.max() ?? 0 }
        return rows.map { row in
            row.enumerated().map { place, cell in
                place == row.count - 1 ? cell : cell + String(repeating: " ", count: widths[place] - cell.count + 2)
            }.joined()
        }.joined(separator: "\n")
    }
}

struct PolicyListing: SessionVerb {
    static let configuration = CommandConfiguration(commandName: "list")
    @Flag var json = false

    private struct Row: Encodable {
        let id, display, origin, mode, cost, evidence, lifetime, hysteresis: String
        let hosts: [String]
        let interval: String
        let fixtures, rules: Int
        let confirm: [String]

        init(_ policy: Policy) {
            (id, display, origin) = (policy.id, policy.display, policy.origin.words)
            (mode, cost) = (policy.probe.mode.rawValue, policy.probe.cost.rawValue)
            evidence = policy.probe.evidence
            lifetime = policy.lifetime.words
            hysteresis = policy.judgement.hysteresis.rawValue
            hosts = policy.probe.hosts
            interval = policy.schedule.interval.spoken
            (fixtures, rules) = (policy.fixtures.count, policy.judgement.rules.count)
            confirm = policy.toConfirm
        }
    }
    private struct Report: Encodable {
        let policies: [Row]
        let problems: [String]
    }

    func perform() throws(Fault) -> ExitCode {
        let (catalogue, problems) = try catalogue()
        let rows = catalogue.policies.sorted { $0.id < $1.id }.map(Row.init)
        let cells = rows.map { [$0.id, $0.mode, $0.evidence, $0.interval, $0.lifetime, $0.origin] }
        let told = problems.map { "left out: \($0.message)" }
        try show(
            Report(policies: rows, problems: problems.map(\.message)),
            ([Self.table([["KIND", "ASKED", "EVIDENCE", "EVERY", "ENDS", "FROM"]] + cells)] + told).joined(
                separator: "\n"))
        return .done
    }
}

extension Lifetime {
    /// When such a token ends, in a few words.
    var words: String {
        switch self {
        case .fixed(let span): "after \(span.spoken)"
        case .inReply: "the provider says"
        case .inToken: "the token says"
        case .hidden: "the provider knows"
        case .none: "nothing published"
        }
    }
}
