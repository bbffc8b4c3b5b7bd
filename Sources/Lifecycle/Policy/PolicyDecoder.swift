extension Policy {
    /// Reads a policy file, schema 1, and checks that it keeps the rules for policies (`lint`).
    ///
    /// - Throws: the first thing that is wrong, with its path.
    package init(_ tree: Tree) throws(FormatProblem) {
        let file = try TreeReader(tree).fields(
            "schema", "id", "display", "format", "hosts", "probe", "provider_evidence", "rules", "lifetime",
            "schedule", "hysteresis", "replace", "fixtures", "sources")
        _ = try file.required("schema").integer(in: 1...1)
        id = try file.required("id").string()
        display = try file.required("display").string()
        format = try TokenFormat(file.required("format"))
        probe = try ProbeSpecification(file.required("probe"), hosts: file.required("hosts").strings())
        lifetime = try Lifetime(file.required("lifetime"))
        judgement = try Judgement(
            evidence: Judgement.Evidence(file.required("provider_evidence")),
            rules: file.required("rules").list().map { (item) throws(FormatProblem) in
                try Judgement.Rule(item)
            },
            hysteresis: file.required("hysteresis").choice(ConfirmationProfile.self))
        schedule = try ProbeSchedule(file.required("schedule"))
        replacement = try Replacement(file.required("replace"))
        fixtures = try file.required("fixtures").list().map { (item) throws(FormatProblem) in
            try Fixture(item)
        }
        sources = try file.required("sources").strings()
        try lint()
    }
}

extension TokenFormat {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("prefixes", "alphabet", "lengths", "infix", "tail", "priority")
        self.init(
            prefixes: try fields.required("prefixes").strings(),
            alphabet: try fields.required("alphabet").choice(Alphabet.self),
            lengths: try fields.required("lengths").span(of: 8...4096),
            infix: try fields["infix"]?.string(),
            tail: try fields["tail"]?.string(),
            priority: try fields.required("priority").integer(in: 0...1000))
    }
}

extension ProbeSpecification {
    fileprivate init(_ reader: TreeReader, hosts: [String]) throws(FormatProblem) {
        let fields = try reader.fields("mode", "request", "consent", "evidence")
        mode = try fields.required("mode").choice(Mode.self)
        request = try ProbeRequest(fields.required("request"))
        self.hosts = hosts
        consent = try fields["consent"]?.string()
        evidence = try fields.required("evidence").evidenceLetters()
    }
}

extension ProbeRequest {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("method", "path", "headers")
        method = try fields.required("method").string()
        path = try fields.required("path").string()
        headers = try fields.required("headers").members().map { (header) throws(FormatProblem) in
            Header(name: header.key, value: try header.value.scalar())
        }
    }
}

extension Lifetime {
    /// `hidden`, `{fixed: 365d}` or `{in_reply: /data/expires_at}`.
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        if reader.tree == .string("hidden") {
            self = .hidden
            return
        }
        let fields = try reader.fields("fixed", "in_reply")
        switch (fields["fixed"], fields["in_reply"]) {
        case (let fixed?, nil): self = .fixed(try fixed.duration(in: .hours(1)...Duration.days(36_500)))
        case (nil, let pointer?): self = .inReply(pointer: try pointer.jsonPointer())
        default: throw reader.problem("expected hidden, or one of the keys fixed and in_reply")
        }
    }
}

extension ProbeSchedule {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("interval", "minimum")
        let range = Duration.minutes(1)...Duration.days(365)
        interval = try fields.required("interval").duration(in: range)
        minimum = try fields.required("minimum").duration(in: range)
    }
}

extension Replacement {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("command", "page", "advice", "leak")
        command = try fields["command"]?.string()
        page = try fields["page"]?.string()
        advice = try fields["advice"]?.string()
        leak = try fields["leak"]?.string()
    }
}
