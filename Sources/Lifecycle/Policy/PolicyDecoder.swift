extension Policy {
    /// Reads a policy file, schema 1, and checks that it keeps the rules for policies (`lint`).
    ///
    /// - Parameter isChecked: false for what is built in, whose checks are a test's: they judge every example.
    /// - Throws: the first thing that is wrong, with its path.
    package init(_ tree: Tree, isChecked: Bool = true) throws(FormatProblem) {
        let file = try TreeReader(tree).fields(
            "schema", "id", "display", "format", "hosts", "regions", "parts", "probe", "provider_evidence", "rules",
            "resets", "extract", "lifetime", "schedule", "hysteresis", "replace", "fixtures", "sources")
        _ = try file.required("schema").integer(in: 1...1)
        id = try file.required("id").string()
        display = try file.required("display").string()
        let format = try PolicyFormat(file.required("format"))
        (formats, priority, refreshPrefixes) = (format.forms, format.priority, format.refreshPrefixes)
        parts = try file["parts"].map { (reader) throws(FormatProblem) in try TokenParts(reader) }
        probe = try ProbeSpecification(
            file.required("probe"), hosts: file.required("hosts").strings(), regions: file["regions"]?.texts() ?? [:])
        lifetime = try Lifetime(file.required("lifetime"))
        judgement = try Judgement(file)
        schedule = try ProbeSchedule(file.required("schedule"))
        replacement = try Replacement(file.required("replace"))
        fixtures = try file.required("fixtures").list().map { (item) throws(FormatProblem) in
            try Fixture(item)
        }
        sources = try file.required("sources").strings()
        if isChecked { try lint() }
    }
}

/// The member `format` of a file: one form, or several.
private struct PolicyFormat {
    var forms: [TokenFormat]
    var priority: Int
    var refreshPrefixes: [String]

    init(_ reader: TreeReader) throws(FormatProblem) {
        let own: Set = ["priority", "refresh_prefixes", "forms"]
        let fields = try reader.fields(Array(own) + TokenFormat.keys)
        let priority = try fields.required("priority").integer(in: 0...1000)
        self.priority = priority
        refreshPrefixes = try fields["refresh_prefixes"]?.strings() ?? []
        guard let list = try fields["forms"]?.list() else {
            forms = [try TokenFormat(reader.without(own), priority: priority)]
            return
        }
        if let stray = TokenFormat.keys.first(where: { fields[$0] != nil }) {
            throw FormatProblem(path: reader.child(stray), message: "expected inside the forms")
        }
        forms = try list.map { (form) throws(FormatProblem) in try TokenFormat(form, priority: priority) }
    }
}

extension TokenFormat {
    static let keys = [
        "prefixes", "named_only", "alphabet", "also", "lengths", "infix", "tail", "segments", "checksum",
    ]

    init(_ reader: TreeReader, priority: Int) throws(FormatProblem) {
        let fields = try reader.fields(Self.keys)
        self.init(
            prefixes: try fields["prefixes"]?.strings() ?? [],
            alphabet: try fields.required("alphabet").choice(Alphabet.self),
            lengths: try fields.required("lengths").span(of: 8...4096), infix: try fields["infix"]?.string(),
            tail: try fields["tail"]?.string(), priority: priority)
        also = try fields["also"]?.signs() ?? []
        segments = try fields["segments"].map { (reader) throws(FormatProblem) in try Segments(reader) }
        checksum = try fields["checksum"]?.choice(Checksum.self)
        isNamedOnly = try fields["named_only"]?.bool() ?? prefixes.isEmpty
    }
}

extension TokenFormat.Segments {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("by", "lengths")
        self.init(
            separator: try fields.required("by").sign(),
            lengths: try fields.required("lengths").list().map { (item) throws(FormatProblem) in
                try item.span(of: 1...4096)
            })
    }
}

extension TokenParts {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("by", "names", "public")
        self.init(
            separator: try fields.required("by").sign(), names: try fields.required("names").codes(),
            publicNames: try fields["public"]?.codes() ?? [])
    }
}

extension ProbeSpecification {
    fileprivate init(_ reader: TreeReader, hosts: [String], regions: [String: String]) throws(FormatProblem) {
        let fields = try reader.fields("mode", "cost", "request", "consent", "side_effects", "evidence")
        mode = try fields.required("mode").choice(Mode.self)
        cost = try fields["cost"]?.choice(Cost.self) ?? .free
        request = try fields["request"].map { (reader) throws(FormatProblem) in try ProbeRequest(reader) }
        self.hosts = hosts
        self.regions = regions
        consent = try fields["consent"]?.string()
        sideEffects = try fields["side_effects"]?.string()
        evidence = try fields.required("evidence").evidenceLetters()
    }
}

extension ProbeRequest {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("method", "path", "headers", "body")
        self.init(
            method: try fields.required("method").string(), path: try fields.required("path").string(),
            headers: try fields["headers"]?.members().map { (header) throws(FormatProblem) in
                Header(name: header.key, value: try header.value.scalar())
            } ?? [],
            body: try fields["body"]?.text())
    }
}

extension Lifetime {
    /// `hidden`, `none`, `{fixed: 365d}`, `{in_reply: /data/expires_at}`, `{in_reply: {header: x, as: epoch_s}}` or `{in_token: jwt}`.
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        switch reader.tree {
        case .string("hidden"): self = .hidden
        case .string("none"): self = .none
        default:
            let fields = try reader.fields("fixed", "in_reply", "in_token")
            switch (fields["fixed"], fields["in_reply"], fields["in_token"]) {
            case (let fixed?, nil, nil): self = .fixed(try fixed.duration(in: .hours(1)...Duration.days(36_500)))
            case (nil, let place?, nil): self = .inReply(try Sighted(place))
            case (nil, nil, let form?):
                guard form.tree == .string("jwt") else { throw form.problem("expected jwt") }
                self = .inToken
            default: throw reader.problem("expected hidden, none, or one of the keys fixed, in_reply and in_token")
            }
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
