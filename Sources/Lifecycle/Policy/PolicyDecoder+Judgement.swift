extension Judgement {
    /// The members of a policy file that say how replies are read.
    init(_ file: TreeFields) throws(FormatProblem) {
        evidence =
            try file["provider_evidence"].map { (reader) throws(FormatProblem) in try Evidence(reader) }
            ?? Evidence(anyHeader: [], anyPointer: [])
        rules = try file.required("rules").list().map { (item) throws(FormatProblem) in try Rule(item) }
        hysteresis = try file.required("hysteresis").choice(ConfirmationProfile.self)
        resets = try file["resets"]?.list().map { (item) throws(FormatProblem) in try Sighted(item) } ?? []
        extracts =
            try file["extract"]?.members().map { (member) throws(FormatProblem) in
                let fields = try member.value.fields("pointer", "header")
                return Extract(name: try member.value.code(member.key), place: try Sighted.Place(fields))
            } ?? []
    }
}

extension Sighted {
    /// A JSON Pointer alone, or a place and how the time is written there.
    init(_ reader: TreeReader) throws(FormatProblem) {
        if case .string = reader.tree {
            self.init(place: .pointer(try reader.jsonPointer()), form: .rfc3339)
            return
        }
        let fields = try reader.fields("pointer", "header", "as")
        self.init(place: try Place(fields), form: try fields["as"]?.choice(Form.self) ?? .rfc3339)
    }
}

extension Sighted.Place {
    fileprivate init(_ fields: TreeFields) throws(FormatProblem) {
        switch (fields["pointer"], fields["header"]) {
        case (let pointer?, nil): self = .pointer(try pointer.jsonPointer())
        case (nil, let header?): self = .header(try header.headerName(header.string()))
        default: throw fields.reader.problem("expected one of the keys pointer and header")
        }
    }
}

extension Judgement.Evidence {
    init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("any_header", "any_pointer")
        anyHeader = try fields["any_header"]?.strings() ?? []
        anyPointer = try fields["any_pointer"]?.jsonPointers() ?? []
    }
}

extension Judgement.Rule {
    init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("when", "class", "reason", "strength", "proves_live", "evidence")
        condition = try Condition(fields.required("when"))
        outcome = try fields.required("class").choice(OutcomeClass.self)
        reason = try fields.required("reason").code()
        strength = try fields["strength"]?.choice(ConfirmationProfile.self)
        provesLive = try fields["proves_live"]?.bool() ?? false
        evidence = try fields.required("evidence").evidenceLetters()
    }
}

extension Condition {
    init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("status", "json", "header", "body")
        status = try fields.required("status").statuses()
        json =
            try fields["json"]?.members().map { (member) throws(FormatProblem) in
                Test(subject: try member.value.pointer(member.key), operation: try Operation(member.value))
            } ?? []
        headers =
            try fields["header"]?.members().map { (member) throws(FormatProblem) in
                Test(subject: try member.value.headerName(member.key), operation: try Operation(member.value))
            } ?? []
        bodyContains = try fields["body"]?.fields("contains").required("contains").string()
    }
}

extension Condition.Operation {
    /// One operator and its operand, such as `{eq: true}`.
    fileprivate init(_ reader: TreeReader) throws(FormatProblem) {
        _ = try reader.fields("eq", "in", "present", "contains", "lte", "gte", "before_now")
        let written = try reader.members()
        guard written.count == 1, let (name, operand) = written.first else {
            throw reader.problem("expected one operator and its operand")
        }
        switch name {
        case "eq": self = .equals(try operand.scalar())
        case "in":
            self = .isOne(of: try operand.list().map { (item) throws(FormatProblem) in try item.scalar() })
        case "present": self = .present(try operand.bool())
        case "contains": self = .contains(try operand.string())
        case "lte": self = .atMost(try operand.number())
        case "gte": self = .atLeast(try operand.number())
        default:
            guard try operand.bool() else { throw operand.problem("expected true") }
            self = .beforeNow
        }
    }
}

extension Fixture {
    /// `json` is a body as a tree, `body` one as text; without either the body is empty.
    init(_ reader: TreeReader) throws(FormatProblem) {
        let fields = try reader.fields("name", "status", "headers", "json", "body", "expect", "reason")
        name = try fields.required("name").code()
        expect = try fields.required("expect").choice(OutcomeClass.self)
        reason = try fields["reason"]?.code()
        var headers: [String: String] = [:]
        for header in try fields["headers"]?.members() ?? [] {
            let name = try header.value.headerName(header.key)
            headers[name] = try header.value.scalar()
        }
        let json = fields["json"]?.tree
        let text = try fields["body"]?.string()
        guard json == nil || text == nil else { throw reader.problem("expected json or body, not both") }
        if json != nil, headers["content-type"] == nil { headers["content-type"] = "application/json" }
        reply = Reply(
            status: try fields.required("status").integer(in: 100...599), headers: headers,
            body: json?.jsonText ?? text ?? "", json: json)
    }
}
