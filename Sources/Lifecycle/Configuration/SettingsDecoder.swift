extension Settings {
    /// Reads `config.yaml`: keys nested or dotted (`confirm.explicit`), durations as text; what is missing
    /// keeps its default.
    ///
    /// - Throws: for an unknown key, a key given twice, and a value out of its range.
    package init(_ tree: Tree) throws(FormatProblem) {
        guard tree != .null else { return }
        let file = try TreeReader(TreeReader(tree).undotted()).fields(
            "confirm", "probe", "backoff", "unproven_after", "warn_before", "retry_after_floor", "grace", "notify")
        if let reader = file["confirm"] { confirm = try Confirmations(reader) }
        if let reader = file["probe"] { probe = try ProbeSettings(reader) }
        if let reader = file["notify"] { notify = try Notices(reader) }
        if let reader = file["backoff"] { backoff = try Backoff(reader) }
        let range = Duration.zero...Duration.days(3650)
        unprovenAfter = try file["unproven_after"]?.duration(in: range) ?? unprovenAfter
        warnBefore = try file["warn_before"]?.durations(0...32, in: range).sorted(by: >) ?? warnBefore
        let day = Duration.zero...Duration.hours(24)
        retryAfterFloor = try file["retry_after_floor"]?.duration(in: day) ?? retryAfterFloor
        grace = try file["grace"]?.duration(in: range) ?? grace
    }
}

extension Settings.Confirmations {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("explicit", "generic", "flaky", "recheck")
        explicit = try fields["explicit"]?.confirmation() ?? explicit
        generic = try fields["generic"]?.confirmation() ?? generic
        flaky = try fields["flaky"]?.confirmation() ?? flaky
        let range = Duration.milliseconds(1)...Duration.days(30)
        recheck = try fields["recheck"]?.durations(1...16, in: range) ?? recheck
    }
}

extension Settings.ProbeSettings {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("interval", "host_rate", "timeout", "trust")
        for kind in try fields["interval"]?.members() ?? [] {
            interval[kind.key] = try kind.value.duration(in: .milliseconds(1)...Duration.days(365))
        }
        hostRate = try fields["host_rate"]?.duration(in: .zero...Duration.hours(1)) ?? hostRate
        timeout = try fields["timeout"]?.duration(in: .milliseconds(1)...Duration.minutes(10)) ?? timeout
        trust = try fields["trust"]?.strings() ?? trust
    }
}

extension Settings.Notices {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("desktop", "command", "webhook", "pinentry")
        desktop = try fields["desktop"]?.bool() ?? desktop
        command = try fields["command"]?.strings() ?? command
        webhook = try fields["webhook"].map { (field) throws(FormatProblem) in try Settings.Webhook(field) }
        pinentry = try fields["pinentry"]?.string()
    }
}

extension Settings.Webhook {
    /// Hosts whose addresses let anybody post, so that they must not stand in a file.
    private static let secretHosts = ["discord.com", "discordapp.com", "hooks.slack.com"]

    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("url", "template")
        template = try fields["template"]?.choice(Template.self) ?? .json
        guard let url = fields["url"] else { throw reader.problem("expected a url") }
        let text = try url.string()
        if text.hasPrefix("secret://") {
            guard let name = try? CredentialName(String(text.dropFirst("secret://".utf8.count))) else {
                throw url.problem("expected a reference such as secret://notify/discord")
            }
            address = .secret(name)
            return
        }
        guard let base = try? BaseURL(text) else {
            throw url.problem("expected an https address, http to this machine, or secret://notify/discord")
        }
        guard !Self.secretHosts.contains(where: { base.host == $0 || base.host.hasSuffix("." + $0) }) else {
            throw url.problem(
                "this address is a secret; store it with `secret add notify/hook --kind generic.secret`"
                    + " and write secret://notify/hook")
        }
        address = .plain(base)
    }
}

extension Settings.Backoff {
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("first", "most")
        let range = Duration.milliseconds(1)...Duration.days(30)
        first = try fields["first"]?.duration(in: range) ?? first
        most = try fields["most"]?.duration(in: range) ?? most
        guard first <= most else { throw reader.problem("expected first to be at most most") }
    }
}

extension TreeReader {
    /// `[2, 10m]`.
    fileprivate func confirmation() throws(FormatProblem) -> Settings.Confirmation {
        let parts = try list()
        guard parts.count == 2 else { throw problem("expected a count and a duration, such as [2, 10m]") }
        return Settings.Confirmation(
            count: try parts[0].integer(in: 1...100),
            span: try parts[1].duration(in: .zero...Duration.days(30)))
    }

    fileprivate func durations(
        _ counts: ClosedRange<Int>, in range: ClosedRange<Duration>
    ) throws(FormatProblem) -> [Duration] {
        let items = try list()
        guard counts.contains(items.count) else {
            throw problem("expected \(counts.lowerBound) to \(counts.upperBound) durations")
        }
        return try items.map { (item) throws(FormatProblem) in try item.duration(in: range) }
    }

    /// The map with `a.b: value` moved to `a: {b: value}`; two dots divide, because kinds hold dots too.
    fileprivate func undotted() throws(FormatProblem) -> Tree {
        var merged: Tree?
        for member in try members() {
            let steps = member.key.split(separator: ".", maxSplits: 2).map(String.init)
            let nested = steps.reversed().reduce(member.value.tree) { .map([$1: $0]) }
            guard let joined = Self.joined(merged, nested) else {
                throw FormatProblem(path: member.value.path, message: "the same key is given twice")
            }
            merged = joined
        }
        return merged ?? .map([:])
    }

    /// Both as one; nil when they differ about a value.
    private static func joined(_ first: Tree?, _ second: Tree) -> Tree? {
        guard let first, first != .null else { return second }
        guard case .map(var members) = first, case .map(let others) = second else { return nil }
        for (key, value) in others {
            guard let joined = joined(members[key], value) else { return nil }
            members[key] = joined
        }
        return .map(members)
    }
}
