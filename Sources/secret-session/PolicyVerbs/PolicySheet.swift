internal import ArgumentParser
internal import Lifecycle
internal import Policies
internal import Wire

/// `policy show`: one kind in full.
struct PolicySheet: SessionVerb {
    static let configuration = CommandConfiguration(commandName: "show")
    @Flag var json = false
    @Argument var kind: String

    private struct Rule: Encodable { let when, outcome, reason, strength, evidence: String }
    private struct Report: Encodable {
        let id, display, origin, mode, cost, evidence, lifetime, interval, minimum, hysteresis: String
        let shape, hosts, asks, sources: [String]
        let rules: [Rule]
        let replace: [String: String]
    }

    func perform() throws(Fault) -> ExitCode {
        let policy = try policy(kind, in: catalogue().catalogue)
        let rules = policy.judgement.rules.map { rule in
            let strength = rule.outcome.isDeath ? (rule.strength ?? policy.judgement.hysteresis).rawValue : ""
            return Rule(
                when: rule.condition.words, outcome: rule.outcome.rawValue, reason: rule.reason, strength: strength,
                evidence: rule.evidence)
        }
        let report = Report(
            id: policy.id, display: policy.display, origin: policy.origin.words, mode: policy.probe.mode.rawValue,
            cost: policy.probe.cost.rawValue, evidence: policy.probe.evidence, lifetime: policy.lifetime.words,
            interval: policy.schedule.interval.spoken, minimum: policy.schedule.minimum.spoken,
            hysteresis: policy.judgement.hysteresis.rawValue, shape: policy.formats.map(\.words),
            hosts: policy.probe.hosts, asks: Self.asks(policy), sources: policy.sources, rules: rules,
            replace: Self.replacement(policy))
        try show(report, Self.text(report, policy))
        return .done
    }

    private static func asks(_ policy: Policy) -> [String] {
        guard let request = policy.probe.request else { return [] }
        return ["\(request.method) https://\(policy.probe.hosts.first ?? "")\(request.path)"]
            + request.headers.map { "\($0.name): \($0.value)" } + (request.body.map { [$0] } ?? [])
    }

    private static func replacement(_ policy: Policy) -> [String: String] {
        let made = policy.replacement
        return ["command": made.command, "page": made.page, "advice": made.advice, "leak": made.leak].compactMapValues(
            \.self)
    }

    private static func text(_ report: Report, _ policy: Policy) -> String {
        var rows = [["kind", "\(report.id), \(report.display)"], ["from", report.origin]]
        rows += report.shape.map { ["shape", $0] }
        rows.append(["hosts", report.hosts.joined(separator: ", ")])
        if report.asks.isEmpty {
            rows.append(["asked", "nobody is asked about it: there is its shape, its end, and what is reported"])
        } else {
            rows += report.asks.enumerated().map { [$0.offset == 0 ? "asked" : "", $0.element] }
            rows.append([
                "",
                "\(report.mode), \(report.cost), every \(report.interval), at least \(report.minimum) apart, evidence \(report.evidence)",
            ])
        }
        if let effects = policy.probe.sideEffects { rows.append(["changes", effects]) }
        if let consent = policy.probe.consent { rows.append(["agreed to", consent]) }
        rows += policy.toConfirm.map { ["to confirm", $0] }
        rows += [["ends", report.lifetime], ["death", "believed by the profile \(report.hysteresis)"]]
        rows += report.rules.enumerated().map { place, rule in
            let strength = rule.strength.isEmpty ? "" : ", \(rule.strength)"
            return [
                place == 0 ? "rules" : "",
                "\(rule.when): \(rule.outcome) (\(rule.reason)\(strength)), \(rule.evidence)",
            ]
        }
        rows += report.replace.sorted { $0.key < $1.key }.map { [$0.key, $0.value] }
        rows += report.sources.map { ["source", $0] }
        return table(rows)
    }
}

extension TokenFormat {
    /// `begins sk-ant-oat01-, 108 characters of A-Z a-z 0-9 - _`.
    var words: String {
        let begins = prefixes.isEmpty ? "no beginning of its own" : "begins \(prefixes.joined(separator: " or "))"
        let count = lengths.count == 1 ? "\(lengths.lowerBound)" : "\(lengths.lowerBound) to \(lengths.upperBound)"
        let named = isNamedOnly ? "; only when --kind names it" : ""
        let checked = checksum == nil ? "" : "; with a checksum"
        return "\(begins), \(count) characters, \(alphabet.rawValue)\(checked)\(named)"
    }
}

extension Condition {
    /// `401, body has "Invalid bearer token"`.
    var words: String {
        let codes = status.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)-\($0.upperBound)" }
        let tests = (json + headers).map { "\($0.subject) \($0.operation.words)" }
        let body = bodyContains.map { ["body has \"\($0)\""] } ?? []
        return ([codes.joined(separator: "/")] + tests + body).joined(separator: ", ")
    }
}

extension Condition.Operation {
    var words: String {
        switch self {
        case .equals(let value): "is \(value)"
        case .isOne(let values): "is one of \(values.joined(separator: " "))"
        case .present(let isPresent): isPresent ? "is there" : "is missing"
        case .contains(let text): "has \"\(text)\""
        case .atMost(let number): "is at most \(number)"
        case .atLeast(let number): "is at least \(number)"
        case .beforeNow: "is past"
        }
    }
}
