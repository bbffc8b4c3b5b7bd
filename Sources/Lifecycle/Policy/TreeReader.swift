/// What is wrong in a policy or in the configuration, and where: `rules[3].when.status`.
package struct FormatProblem: Error, Equatable, Sendable {
    /// Empty for the file as a whole.
    package let path: String
    /// What was expected; it never repeats the value that was found.
    package let message: String

    package init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// Both parts in one lower-case line.
    package var line: String { path.isEmpty ? message : "\(path): \(message)" }
}

/// A place in a `Tree` that is read strictly: a wrong type or an unknown key is a problem with its path.
package struct TreeReader: Sendable {
    package let tree: Tree
    package let path: String

    package init(_ tree: Tree, path: String = "") {
        self.tree = tree
        self.path = path
    }

    package func problem(_ message: String) -> FormatProblem { FormatProblem(path: path, message: message) }

    /// A string; a number or a boolean that was written without quotes is none.
    package func string() throws(FormatProblem) -> String {
        guard case .string(let text) = tree else { throw problem("expected text") }
        guard !text.isEmpty else { throw problem("expected text that is not empty") }
        return text
    }

    /// A string, which may be empty.
    package func text() throws(FormatProblem) -> String {
        guard case .string(let text) = tree else { throw problem("expected text") }
        return text
    }

    /// Any scalar as the text that was written.
    package func scalar() throws(FormatProblem) -> String {
        guard let text = tree.text else { throw problem("expected text, a number, true or false") }
        return text
    }

    package func bool() throws(FormatProblem) -> Bool {
        guard case .bool(let value) = tree else { throw problem("expected true or false") }
        return value
    }

    package func integer(in range: ClosedRange<Int>) throws(FormatProblem) -> Int {
        guard case .number(let text) = tree, let value = Int(text), range.contains(value) else {
            throw problem("expected a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    package func number() throws(FormatProblem) -> Double {
        guard case .number(let text) = tree, let value = Double(text), value.isFinite else {
            throw problem("expected a number")
        }
        return value
    }

    package func duration(in range: ClosedRange<Duration>) throws(FormatProblem) -> Duration {
        guard case .string(let text) = tree, let value = Duration(shortText: text), range.contains(value)
        else {
            throw problem(
                "expected a duration such as 300ms, 2s, 10m, 12h or 30d,"
                    + " from \(range.lowerBound.shortText) to \(range.upperBound.shortText)")
        }
        return value
    }

    /// One of the raw values of `Choice`.
    package func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _: Choice.Type
    ) throws(FormatProblem) -> Choice {
        guard case .string(let text) = tree, let value = Choice(rawValue: text) else {
            throw problem("expected one of \(Choice.allCases.map(\.rawValue).joined(separator: ", "))")
        }
        return value
    }
}

extension TreeReader {
    package func list() throws(FormatProblem) -> [TreeReader] {
        guard case .list(let items) = tree else { throw problem("expected a list") }
        return items.enumerated().map { TreeReader($0.element, path: "\(path)[\($0.offset)]") }
    }

    /// A list of text, or one text alone.
    package func strings() throws(FormatProblem) -> [String] {
        if case .string = tree { return [try string()] }
        return try list().map { (item) throws(FormatProblem) in try item.string() }
    }

    /// The members of a map whose keys are free, by key.
    package func members() throws(FormatProblem) -> [(key: String, value: TreeReader)] {
        guard case .map(let members) = tree else { throw problem("expected keys and values") }
        return members.keys.sorted().map { ($0, TreeReader(members[$0] ?? .null, path: child($0))) }
    }

    /// The members of a map whose keys are known; null is the same as absent.
    ///
    /// - Throws: for a key that is not one of `keys`.
    package func fields(_ keys: String...) throws(FormatProblem) -> TreeFields { try fields(keys) }

    package func fields(_ keys: [String]) throws(FormatProblem) -> TreeFields {
        guard case .map(let members) = tree else { throw problem("expected keys and values") }
        for key in members.keys.sorted() where !keys.contains(key) {
            let known = keys.joined(separator: ", ")
            throw FormatProblem(path: child(key), message: "unknown key; known are \(known)")
        }
        return TreeFields(reader: self, members: members)
    }

    /// The same map without some of its members.
    func without(_ keys: Set<String>) -> TreeReader {
        guard case .map(let members) = tree else { return self }
        return TreeReader(.map(members.filter { !keys.contains($0.key) }), path: path)
    }

    /// A key is shown when it looks like one; a pasted token in its place is not.
    func child(_ key: String) -> String {
        let plain = key.utf8.count <= 48 && key.utf8.allSatisfy { (0x21...0x7E).contains($0) && !isUpper($0) }
        let shown = plain ? key : "(a key that is not shown)"
        return path.isEmpty ? shown : "\(path).\(shown)"
    }

    private func isUpper(_ byte: UInt8) -> Bool { (0x41...0x5A).contains(byte) }
}

/// A map with known keys.
package struct TreeFields: Sendable {
    let reader: TreeReader
    let members: [String: Tree]

    package subscript(key: String) -> TreeReader? {
        guard let value = members[key], value != .null else { return nil }
        return TreeReader(value, path: reader.child(key))
    }

    package func required(_ key: String) throws(FormatProblem) -> TreeReader {
        guard let value = self[key] else { throw reader.problem("the key \(key) is missing") }
        return value
    }
}
