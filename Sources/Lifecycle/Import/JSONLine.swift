/// One line of JSON lines, which names one credential.
package enum JSONLine {
    /// The members of a line.
    package enum Field: String, CaseIterable, Sendable {
        case name, kind, value, minted, expires, probe, store, hosts, account
        case baseURL = "base_url"
    }

    /// The place of the next whole line of a window without its end, and where the one behind it begins; nil when there is none.
    ///
    /// - Parameter isLast: the window ends where the file ends.
    package static func next(
        in window: Span<UInt8>, from start: Int, isLast: Bool
    ) -> (line: Range<Int>, next: Int)? {
        var end = start
        while end < window.count, window[end] != 0x0A { end += 1 }
        if end < window.count { return (start..<end, end + 1) }
        return isLast && start < end ? (start..<end, end) : nil
    }

    /// - Parameters:
    ///   - bytes: the line without its end; ranges of the result count from its beginning.
    ///   - number: of the line, counts from 1.
    /// - Returns: nil for a line that holds nothing.
    /// - Throws: strict: a member that is unknown, missing, of another type, or does not say what it must.
    package static func entry(of bytes: Span<UInt8>, number: Int) throws(ImportProblem) -> ImportEntry? {
        guard bytes.count <= ImportLimit.line else { throw ImportProblem(line: number, .lineTooLong) }
        let start = number == 1 ? ImportForm.textStart(of: bytes) : 0
        var first = start
        while first < bytes.count, JSONScanner.isSpace(bytes[first]) { first += 1 }
        guard first < bytes.count else { return nil }
        let document: JSONDocument
        do { document = try JSONDocument(bytes, from: start) } catch {
            throw ImportProblem(line: number, .json(error.code))
        }
        do throws(ImportProblem.Code) { return try JSONLineReader(document, bytes).entry(bytes, number) } catch {
            throw ImportProblem(line: number, error)
        }
    }
}

/// The members of one line, found.
private struct JSONLineReader {
    let document: JSONDocument
    let fields: [JSONLine.Field: Int]

    init(_ document: JSONDocument, _ bytes: Span<UInt8>) throws(ImportProblem.Code) {
        guard document.nodes[0].kind == .object else { throw .notAnObject }
        var fields: [JSONLine.Field: Int] = [:]
        for member in document.members(of: 0) {
            let field = JSONLine.Field.allCases.first { document.says($0.rawValue, at: member.name, in: bytes) }
            guard let field else { throw .unknownMember }
            if document.nodes[member.value].kind != .null { fields[field] = member.value }
        }
        self.document = document
        self.fields = fields
    }

    func entry(_ bytes: Span<UInt8>, _ number: Int) throws(ImportProblem.Code) -> ImportEntry {
        guard let value = fields[.value] else { throw .missing("value") }
        guard document.nodes[value].kind == .string else { throw .type("value") }
        guard let text = try text(.name, most: ImportLimit.line, bytes) else { throw .missing("name") }
        let name: CredentialName
        do { name = try CredentialName(text) } catch { throw .name(error) }
        var entry = ImportEntry(line: number, name: name, content: .value(document.value(at: value)))
        if let kind = try self.text(.kind, most: 128, bytes) { entry.hint = .kind(kind) }
        entry.minted = try time(.minted, bytes)
        entry.expires = try time(.expires, bytes)
        entry.probing = try word(.probe, ["active": .on, "passive": .passive, "off": .off], bytes)
        if let url = try self.text(.baseURL, most: 2048, bytes) {
            do { entry.baseURL = try BaseURL(url) } catch { throw .content(JSONLine.Field.baseURL.rawValue) }
        }
        entry.hosts = try hosts(bytes)
        if let text = try self.text(.account, most: AccountName.longest, bytes) {
            guard let account = AccountName(text) else { throw .content(JSONLine.Field.account.rawValue) }
            entry.account = account
        }
        entry.home = try word(.store, ["vault": .vault, "keyring": .keyring], bytes)
        return entry
    }

    private func text(_ field: JSONLine.Field, most: Int, _ bytes: Span<UInt8>) throws(ImportProblem.Code) -> String? {
        guard let node = fields[field] else { return nil }
        guard document.nodes[node].kind == .string else { throw .type(field.rawValue) }
        guard let text = document.text(at: node, most: most, in: bytes) else { throw .content(field.rawValue) }
        return text
    }

    private func hosts(_ bytes: Span<UInt8>) throws(ImportProblem.Code) -> [BoundHost]? {
        let field = JSONLine.Field.hosts.rawValue
        guard let list = fields[.hosts] else { return nil }
        guard document.nodes[list].kind == .array else { throw .type(field) }
        var hosts: [BoundHost] = []
        for node in document.elements(of: list) {
            guard document.nodes[node].kind == .string, let text = document.text(at: node, most: 300, in: bytes),
                let host = try? BoundHost(text)
            else { throw .content(field) }
            hosts.append(host)
        }
        guard !hosts.isEmpty else { throw .content(field) }
        return hosts
    }

    private func time(_ field: JSONLine.Field, _ bytes: Span<UInt8>) throws(ImportProblem.Code) -> Timestamp? {
        guard let text = try text(field, most: 64, bytes) else { return nil }
        guard let time = Timestamp(rfc3339: text) else { throw .content(field.rawValue) }
        return time
    }

    private func word<Meaning>(
        _ field: JSONLine.Field, _ words: [String: Meaning], _ bytes: Span<UInt8>
    ) throws(ImportProblem.Code) -> Meaning? {
        guard let text = try text(field, most: 16, bytes) else { return nil }
        guard let meaning = words[text] else { throw .content(field.rawValue) }
        return meaning
    }
}

extension JSONDocument {
    /// A string as a value.
    func value(at node: Int) -> ImportedValue {
        ImportedValue(range: nodes[node].range, spelling: nodes[node].hasEscapes ? .json : .plain)
    }
}
