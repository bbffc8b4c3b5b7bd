extension Policy {
    /// What `before_now` means while fixtures are checked: 2026-01-01.
    private static let fixtureMoment = Timestamp(seconds: 1_767_225_600)

    /// Checks what no single field shows: a request that is safe to send, and a fixture for every rule.
    package func lint() throws(FormatProblem) {
        try lintNames()
        try lintFormats()
        try probe.lint(parts: parts)
        try judgement.lint(isAsked: probe.request != nil)
        try lintFixtures()
    }

    private func lintNames() throws(FormatProblem) {
        let segments = id.split(separator: ".", omittingEmptySubsequences: false)
        guard segments.count == 2, id.utf8.count <= 64, segments.allSatisfy(\.isPlainWord) else {
            throw FormatProblem(path: "id", message: "expected maker.kind of a-z, 0-9 and -")
        }
        guard schedule.minimum <= schedule.interval else {
            throw FormatProblem(path: "schedule.minimum", message: "expected at most the interval")
        }
    }

    private func lintFormats() throws(FormatProblem) {
        guard !formats.isEmpty else { throw FormatProblem(path: "format.forms", message: "expected at least one") }
        for (index, form) in formats.enumerated() {
            let path = formats.count == 1 ? "format" : "format.forms[\(index)]"
            guard form.prefixes.allSatisfy({ $0.utf8.count >= 2 && $0.isVisibleASCII }) else {
                throw FormatProblem(path: path + ".prefixes", message: "expected at least 2 visible characters each")
            }
            let tells = !form.prefixes.isEmpty && form.prefixes.allSatisfy { $0.utf8.count >= 3 }
            guard form.isNamedOnly || tells else {
                throw FormatProblem(
                    path: path + ".prefixes", message: "expected at least 3 characters each, or named_only: true")
            }
        }
        if let parts, Set(parts.names).count != parts.names.count || !parts.publicNames.allSatisfy(parts.names.contains)
        {
            throw FormatProblem(path: "parts", message: "expected each name once, and public ones among them")
        }
    }

    private func lintFixtures() throws(FormatProblem) {
        var shown: Set<Int> = []
        var names: Set<String> = []
        for (index, fixture) in fixtures.enumerated() {
            let path = "fixtures[\(index)]"
            guard names.insert(fixture.name).inserted else {
                throw FormatProblem(path: path, message: "another fixture is called \(fixture.name)")
            }
            let outcome = judge(fixture.reply, by: self, now: Self.fixtureMoment, retryFloor: .zero)
            guard outcome.kind == fixture.expect, fixture.reason ?? outcome.reason == outcome.reason else {
                let judged = "\(outcome.kind.rawValue), \(outcome.reason)"
                throw FormatProblem(path: path, message: "\(fixture.name) is judged \(judged)")
            }
            if judgement.gate(fixture.reply) == nil,
                let rule = judgement.firstRule(for: fixture.reply, now: Self.fixtureMoment)
            {
                shown.insert(rule)
            }
        }
        if let hidden = judgement.rules.indices.first(where: { !shown.contains($0) }) {
            throw FormatProblem(path: "rules[\(hidden)]", message: "no fixture reaches this rule first")
        }
    }
}

extension Judgement {
    fileprivate func lint(isAsked: Bool) throws(FormatProblem) {
        guard !rules.isEmpty || !isAsked else { throw FormatProblem(path: "rules", message: "expected at least one") }
        guard rules.isEmpty || !evidence.anyHeader.isEmpty || !evidence.anyPointer.isEmpty else {
            throw FormatProblem(path: "provider_evidence", message: "expected at least one mark")
        }
        guard extracts.count <= 6 else { throw FormatProblem(path: "extract", message: "expected at most 6 facts") }
        for (index, rule) in rules.enumerated() {
            if let message = rule.problem(hysteresis) {
                throw FormatProblem(path: "rules[\(index)]", message: message)
            }
        }
    }
}

extension Judgement.Rule {
    /// Statuses of proxies, portals and overload; a token is never blamed for one.
    private static let blameless = [407...408, 500...599]

    fileprivate func problem(_ hysteresis: ConfirmationProfile) -> String? {
        guard outcome.isDeath else {
            return strength == nil ? nil : "strength is for the classes expired and invalid"
        }
        let bare = condition.json.isEmpty && condition.headers.isEmpty && condition.bodyContains == nil
        let readsBody = !condition.json.isEmpty || condition.bodyContains != nil
        if provesLive { return "a token that is dead does not prove that it lives" }
        if condition.status.isEmpty || condition.covers(Self.blameless) {
            return "407, 408 and 5xx say nothing about a token"
        }
        if condition.covers([429...429]), !readsBody { return "429 alone says nothing about a token" }
        if strength == .generic, hysteresis == .explicit {
            return "a generic death needs a generic hysteresis"
        }
        if bare, strength ?? hysteresis == .explicit { return "a status alone is not explicit about a token" }
        return nil
    }
}

extension Condition {
    fileprivate func covers(_ ranges: [ClosedRange<Int>]) -> Bool {
        status.contains { own in ranges.contains { $0.overlaps(own) } }
    }
}
