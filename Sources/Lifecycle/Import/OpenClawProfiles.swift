/// OpenClaw's `auth-profiles.json`, layout 1: `profiles`, an object of profiles by their ids (facts/openclaw.md §1.5).
struct OpenClawProfiles {
    static let version: Int64 = 1
    let document: JSONDocument
    let login: LoginTokens

    init(_ document: JSONDocument, _ request: ImportDocument.Request) {
        self.document = document
        login = LoginTokens(document: document, request: request)
    }

    func entries(of profiles: Int, _ bytes: Span<UInt8>) -> [ImportEntry] {
        var lines = LineNumber()
        var names = ImportNames()
        var entries: [ImportEntry] = []
        for member in document.members(of: profiles) {
            let line = lines.at(document.nodes[member.name].range.lowerBound, in: bytes)
            let id = document.text(at: member.name, most: 256, in: bytes) ?? ""
            let provider = document.member("provider", of: member.value, in: bytes)
                .flatMap { document.text(at: $0, most: 64, in: bytes) }
            let (content, expires) = secret(of: member.value, bytes)
            var entry = ImportEntry(
                line: line, name: names.unique(CredentialName(profile: id, provider: provider)), content: content)
            entry.expires = expires
            if let provider { entry.hint = .provider(provider) }
            entries.append(entry)
        }
        return entries
    }

    /// OpenClaw also takes `mode` for `type` and `apiKey` for `key`, and leaves out what it cannot read.
    private func secret(of profile: Int, _ bytes: Span<UInt8>) -> (ImportEntry.Content, Timestamp?) {
        func member(_ names: String...) -> Int? {
            for name in names { if let found = document.member(name, of: profile, in: bytes) { return found } }
            return nil
        }
        guard document.nodes[profile].kind == .object, let type = member("type", "mode") else {
            return (.skipped(.unreadable), nil)
        }
        let expires = member("expires").flatMap { document.time(at: $0, in: bytes) }
        switch document.text(at: type, most: 16, in: bytes) {
        case "api_key": return (content(member("key", "apiKey"), reference: member("keyRef"), bytes), expires)
        case "token": return (content(member("token"), reference: member("tokenRef"), bytes), expires)
        case "oauth":
            return login.access(member("access"), refresh: member("refresh"), expires: member("expires"), bytes)
        default: return (.skipped(.unreadable), nil)
        }
    }

    private func content(_ value: Int?, reference: Int?, _ bytes: Span<UInt8>) -> ImportEntry.Content {
        let content = value.map { document.content(at: $0, in: bytes) } ?? .skipped(.empty)
        guard reference != nil else { return content }
        if case .value = content { return .skipped(.shadowed) }
        return .skipped(.reference)
    }
}

/// Claude Code's `.credentials.json`: a login of hours, and what renews it (facts/openclaw.md §5).
struct ClaudeCredentials {
    let document: JSONDocument
    let login: LoginTokens

    init(_ document: JSONDocument, _ request: ImportDocument.Request) {
        self.document = document
        login = LoginTokens(document: document, request: request)
    }

    func entries(_ bytes: Span<UInt8>) -> [ImportEntry] {
        var lines = LineNumber()
        var names = ImportNames()
        var entries: [ImportEntry] = []
        for member in document.members(of: 0) {
            let line = lines.at(document.nodes[member.name].range.lowerBound, in: bytes)
            if document.says("claudeAiOauth", at: member.name, in: bytes) {
                entries.append(own(member.value, line: line, &names, bytes))
            } else if document.says("mcpOAuth", at: member.name, in: bytes) {
                for server in document.members(of: member.value) {
                    let line = lines.at(document.nodes[server.name].range.lowerBound, in: bytes)
                    let name = names.unique(CredentialName(nearest: ["claude", "mcp"]))
                    entries.append(ImportEntry(line: line, name: name, content: .skipped(.login)))
                }
            }
        }
        return entries
    }

    private func own(_ value: Int, line: Int, _ names: inout ImportNames, _ bytes: Span<UInt8>) -> ImportEntry {
        func member(_ name: String) -> Int? { document.member(name, of: value, in: bytes) }
        let (content, expires) = login.access(
            member("accessToken"), refresh: member("refreshToken"), expires: member("expiresAt"), bytes)
        let name = names.unique(CredentialName(nearest: ["anthropic", "claude-login"]))
        return ImportEntry(line: line, name: name, content: content, hint: .provider("anthropic"), expires: expires)
    }
}

/// What becomes of a login's two tokens.
struct LoginTokens {
    let document: JSONDocument
    let request: ImportDocument.Request
    /// An access token without a refresh token that lives longer is one that a person has to replace.
    static let shortLife = Duration.days(30)

    func access(
        _ access: Int?, refresh: Int?, expires: Int?, _ bytes: Span<UInt8>
    ) -> (content: ImportEntry.Content, expires: Timestamp?) {
        let end = expires.flatMap { document.time(at: $0, in: bytes) }
        let isRenewed = refresh.map { !document.nodes[$0].range.isEmpty } ?? false
        let content = access.map { document.content(at: $0, in: bytes) } ?? .skipped(.empty)
        guard case .value = content else {
            return (content == .skipped(.empty) && isRenewed ? .skipped(.refreshToken) : content, end)
        }
        guard isRenewed || end.map({ $0 - request.now < Self.shortLife }) ?? false else { return (content, end) }
        guard request.withShortLived else { return (.skipped(.shortLived), end) }
        return (end.map { $0 <= request.now } ?? false ? .skipped(.ended) : content, end)
    }
}

extension JSONDocument {
    /// A POSIX time in milliseconds; nil for anything else, and for 0, which means none.
    func time(at node: Int, in bytes: Span<UInt8>) -> Timestamp? {
        integer(at: node, in: bytes).flatMap { $0 > 0 ? Timestamp(milliseconds: $0) : nil }
    }

    /// What stands where a secret would: facts/openclaw.md §2.1 has the shapes of references.
    func content(at node: Int, in bytes: Span<UInt8>) -> ImportEntry.Content {
        switch nodes[node].kind {
        case .string where nodes[node].range.isEmpty: .skipped(.empty)
        case .string: isMarker(node, bytes) ? .skipped(.reference) : .value(value(at: node))
        case .object: member("source", of: node, in: bytes) == nil ? .skipped(.unreadable) : .skipped(.reference)
        case .array, .number, .yes, .no, .null: .skipped(.unreadable)
        }
    }

    /// `secretref-env:NAME`, `__env__:NAME` and `secretref-managed`, which older versions left behind.
    private func isMarker(_ node: Int, _ bytes: Span<UInt8>) -> Bool {
        ["secretref-", "__env__:"].contains { marker in
            var content = JSONStringContent(nodes[node].range)
            return marker.utf8.allSatisfy { content.next(in: bytes) == $0 }
        }
    }
}
