import Testing

@testable import Lifecycle
@testable import Policies

/// One change to a good policy each, and where it must be refused.
@Suite struct PolicyLintTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let testDescription: String
        /// Steps with commas; see `Tree.replacing`.
        let place: String
        /// YAML; nil removes the member.
        let value: String?
        let path: String

        init(_ name: String, _ place: String, _ value: String?, at path: String) {
            (testDescription, self.place, self.value, self.path) = (name, place, value, path)
        }
    }

    static let fields: [Row] = [
        Row("unknown key", "colour", "red", at: "colour"),
        Row("unknown key inside", "rules,2,when,statsu", "401", at: "rules[2].when.statsu"),
        Row("newer schema", "schema", "2", at: "schema"),
        Row("no schema", "schema", nil, at: ""),
        Row("id without a maker", "id", "token", at: "id"),
        Row("id in upper case", "id", "Anthropic.token", at: "id"),
        Row("number for text", "display", "5", at: "display"),
        Row("empty text", "display", "''", at: "display"),
        Row("unknown alphabet", "format,alphabet", "base58", at: "format.alphabet"),
        Row("lengths the wrong way round", "format,lengths", "[120, 80]", at: "format.lengths"),
        Row("short prefix", "format,prefixes", "[sk]", at: "format.prefixes"),
        Row(
            "no prefix, to be guessed", "format", "{priority: 1, named_only: false, alphabet: digits, lengths: 20}",
            at: "format.prefixes"),
        Row("a form beside the forms", "format,forms", "[{alphabet: digits, lengths: 20}]", at: "format.prefixes"),
        Row("a sign that divides words", "format,also", "'. '", at: "format.also"),
        Row("no such checksum", "format,checksum", "crc16", at: "format.checksum"),
        Row("two separators", "format,segments", "{by: '.:', lengths: [1]}", at: "format.segments.by"),
        Row("a region elsewhere", "regions", "{eu: api.example.com}", at: "regions"),
        Row("a part twice", "parts", "{by: ':', names: [a, a]}", at: "parts"),
        Row("a public part of nothing", "parts", "{by: ':', names: [a], public: [b]}", at: "parts"),
        Row("no request", "probe,request", "null", at: "probe"),
        Row("billed on a timer", "probe,cost", "metered", at: "probe.mode"),
        Row("a body with GET", "probe,request,body", "'{}'", at: "probe.request.body"),
        Row("a part in the path", "probe,request,path", "'/v1/{{part.id}}'", at: "probe.request.path"),
        Row("a part of nothing", "probe,request,headers,authorization", "'{{part.id}}'", at: "probe.request.headers"),
        Row(
            "another program's name", "probe,request,headers,user-agent", "claude-cli/1.0",
            at: "probe.request.headers"),
        Row("no such time", "resets", "[{header: x, as: fortnights}]", at: "resets[0].as"),
        Row("a time nowhere", "resets", "[{as: epoch_s}]", at: "resets[0]"),
        Row("a fact of two places", "extract", "{label: {pointer: /a, header: b}}", at: "extract.label"),
        Row("a token that tells nothing", "lifetime", "{in_token: macaroon}", at: "lifetime.in_token"),
        Row("unknown mode", "probe,mode", "aggressive", at: "probe.mode"),
        Row("interval as a number", "schedule,interval", "12", at: "schedule.interval"),
        Row("minimum above the interval", "schedule,minimum", "13h", at: "schedule.minimum"),
        Row("unknown lifetime", "lifetime", "forever", at: "lifetime"),
        Row("two lifetimes", "lifetime", "{fixed: 1d, in_reply: /a}", at: "lifetime"),
        Row("pointer without a slash", "lifetime", "{in_reply: data}", at: "lifetime.in_reply"),
        Row("no evidence", "provider_evidence", "{}", at: "provider_evidence"),
        Row(
            "evidence in upper case is no pointer", "provider_evidence,any_pointer", "[type]",
            at: "provider_evidence.any_pointer[0]"),
    ]

    static let requests: [Row] = [
        Row("no host", "hosts", "[]", at: "hosts"),
        Row("host with a port", "hosts", "['api.anthropic.com:443']", at: "hosts"),
        Row("host in upper case", "hosts", "[API.anthropic.com]", at: "hosts"),
        Row("address", "hosts", "[192.0.2.1]", at: "hosts"),
        Row("single label", "hosts", "[localhost]", at: "hosts"),
        Row("host with a path", "hosts", "[api.anthropic.com/x]", at: "hosts"),
        Row("method", "probe,request,method", "DELETE", at: "probe.request.method"),
        Row("path without a slash", "probe,request,path", "v1/models", at: "probe.request.path"),
        Row("path to another host", "probe,request,path", "//example.com/", at: "probe.request.path"),
        Row("token in the path", "probe,request,path", "'/bot{{token}}'", at: "probe.request.headers"),
        Row("line end in the path", "probe,request,path", "\"/v1\\r\\nx: y\"", at: "probe.request.path"),
        Row(
            "two headers with the token", "probe,request,headers,x-api-key", "'{{token}}'",
            at: "probe.request.headers"),
        Row(
            "no header with the token", "probe,request,headers,authorization", "Bearer",
            at: "probe.request.headers"),
        Row(
            "token twice in a header", "probe,request,headers,authorization", "'{{token}}{{token}}'",
            at: "probe.request.headers"),
        Row(
            "another placeholder", "probe,request,headers,x-other", "'{{a}}'", at: "probe.request.headers"),
        Row(
            "line end in a header", "probe,request,headers,x-other", "\"a\\r\\nb\"",
            at: "probe.request.headers"),
        Row("host header", "probe,request,headers,host", "example.com", at: "probe.request.headers"),
        Row("header in upper case", "probe,request,headers,X-Other", "a", at: "probe.request.headers"),
    ]

    /// `rules[3]` of the file is `401 + "OAuth token has expired" -> expired, explicit`.
    static let rules: [Row] = [
        Row("misspelt class", "rules,3,class", "exipred", at: "rules[3].class"),
        Row("reason with a space", "rules,3,reason", "token expired", at: "rules[3].reason"),
        Row("letter of no evidence", "rules,3,evidence", "O,X", at: "rules[3].evidence"),
        Row("no status", "rules,3,when,status", nil, at: "rules[3].when"),
        Row("odd status", "rules,3,when,status", "40x", at: "rules[3].when.status"),
        Row("status beyond HTTP", "rules,3,when,status", "[401, 700]", at: "rules[3].when.status[1]"),
        Row("unknown operator", "rules,3,when,json", "{/a: {like: b}}", at: "rules[3].when.json./a.like"),
        Row("two operators", "rules,3,when,json", "{/a: {eq: b, contains: b}}", at: "rules[3].when.json./a"),
        Row("pointer without a slash", "rules,3,when,json", "{a: {eq: b}}", at: "rules[3].when.json.a"),
        Row(
            "header name in upper case", "rules,3,when,header", "{X-A: {present: true}}",
            at: "rules[3].when.header.(a key that is not shown)"),
        Row(
            "before_now: false", "rules,3,when,json", "{/a: {before_now: false}}",
            at: "rules[3].when.json./a.before_now"),
        Row("death at 500", "rules,3,when,status", "500", at: "rules[3]"),
        Row("death at 5xx", "rules,3,when,status", "[401, 5xx]", at: "rules[3]"),
        Row("death at 511", "rules,3,when,status", "511", at: "rules[3]"),
        Row("death at 407", "rules,3,when,status", "407", at: "rules[3]"),
        Row("death at 408", "rules,3,when,status", "408", at: "rules[3]"),
        Row("death at 4xx", "rules,3,when,status", "4xx", at: "rules[3]"),
        Row(
            "death at 429 alone", "rules,-", "{when: {status: 429}, class: invalid, reason: a, evidence: K}",
            at: "rules[22]"),
        Row(
            "death at 429 by a header", "rules,3,when", "{status: 429, header: {a: {present: true}}}",
            at: "rules[3]"),
        Row("explicit death by status alone", "rules,3,when", "{status: 401}", at: "rules[3]"),
        Row("generic death, explicit hysteresis", "hysteresis", "explicit", at: "rules[8]"),
        Row("death that proves life", "rules,3,proves_live", "true", at: "rules[3]"),
        Row("strength of a life", "rules,21,strength", "explicit", at: "rules[21]"),
        Row(
            "rule without a fixture", "rules,-",
            "{when: {status: 418}, class: unknown, reason: teapot, evidence: K}", at: "rules[22]"),
        Row(
            "rule behind another", "rules,+",
            "{when: {status: 402}, class: quota_or_billing, reason: billing, evidence: D}", at: "rules[18]"),
    ]

    static let fixtures: [Row] = [
        Row("another class expected", "fixtures,1,expect", "invalid", at: "fixtures[1]"),
        Row("another reason expected", "fixtures,1,reason", "revoked", at: "fixtures[1]"),
        Row("one name twice", "fixtures,1,name", "accepted", at: "fixtures[1]"),
        Row("json and body", "fixtures,1,body", "text", at: "fixtures[1]"),
        Row("status beyond HTTP", "fixtures,1,status", "42", at: "fixtures[1].status"),
        Row("not from the provider", "fixtures,1,headers", "{content-type: text/html}", at: "fixtures[1]"),
    ]

    @Test(arguments: fields + requests + rules + fixtures)
    func refusesAtThePlace(_ row: Row) throws {
        let good = try PolicyFiles.setupToken()
        let changed = good.replacing(row.place, by: try row.value.map { try tree(fromYAML: $0) })
        #expect(changed != good)
        let problem = #expect(throws: FormatProblem.self) { try Policy(changed) }
        #expect(problem?.path == row.path, "\(problem?.line ?? "")")
    }

    @Test func acceptsDeathAt429ByTheBody() throws {
        var policy = try PolicyFiles.policy("anthropic.setup-token")
        policy.judgement.rules[3].condition.status = [401...401, 429...429]
        try policy.lint()
    }

    @Test func refusesTwoPoliciesWithOneId() throws {
        let policy = try PolicyFiles.policy("openai.api-key")
        #expect(throws: FormatProblem(path: "id", message: "two policies are called openai.api-key")) {
            try PolicyCatalogue([policy, policy])
        }
    }

    @Test(arguments: ["echoed %", "%", "key=%.", "\"%\""])
    func refusesFixturesThatHoldWhatLooksLikeAToken(_ text: String) throws {
        let policies = try PolicyFiles.policies()
        for format in policies.flatMap(\.formats) {
            for prefix in format.prefixes where prefix.utf8.count > 2 {
                let token = prefix + String(repeating: "0", count: 16)
                var policy = policies[0]
                policy.fixtures[0].reply.body += text.replacing("%", with: token)
                let path = "anthropic.setup-token.fixtures.accepted"
                #expect(throws: FormatProblem(path: path, message: "holds what looks like a token")) {
                    try PolicyCatalogue([policy] + policies.dropFirst())
                }
            }
        }
    }

    @Test func aProblemNamesTheFile() {
        let problem = #expect(throws: PolicyFileProblem.self) {
            try policy(fromYAML: "schema: 1\nid: [", file: "mine.yaml")
        }
        #expect(problem?.message.hasPrefix("the policy mine.yaml is not YAML: line ") == true)
        let other = #expect(throws: PolicyFileProblem.self) {
            try policy(fromYAML: "schema: 3", file: "mine.yaml")
        }
        #expect(
            other?.message == "the policy mine.yaml is wrong: schema: expected a whole number from 1 to 1")
    }
}
