/// The words of policy files that are more than scalars.
extension TreeReader {
    /// A stable code: `[a-z][a-z0-9_]*`, at most 64 bytes.
    func code() throws(FormatProblem) -> String { try code(string()) }

    func codes() throws(FormatProblem) -> [String] {
        try list().map { (item) throws(FormatProblem) in try item.code() }
    }

    func code(_ text: String) throws(FormatProblem) -> String {
        let plain = text.split(separator: "_", omittingEmptySubsequences: false).allSatisfy(\.isPlainWord)
        guard plain, text.utf8.count <= 64, !text.contains("-"), text.first?.isLetter ?? false else {
            throw problem("expected a code of a-z, 0-9 and _ that starts with a letter")
        }
        return text
    }

    /// One or more of D, O, S, I, K, with commas.
    func evidenceLetters() throws(FormatProblem) -> String {
        let text = try string()
        let letters = text.split(separator: ",", omittingEmptySubsequences: false)
        guard letters.allSatisfy({ ["D", "O", "S", "I", "K"].contains($0) }) else {
            throw problem("expected letters from D, O, S, I, K with commas")
        }
        return text
    }

    /// Signs that a token may hold between its letters: `.:/+=~`.
    func signs() throws(FormatProblem) -> [UInt8] {
        let signs = Array(try string().utf8)
        guard signs.allSatisfy({ ".:/+=~".utf8.contains($0) }) else { throw problem("expected some of .:/+=~") }
        return signs
    }

    /// One of them.
    func sign() throws(FormatProblem) -> UInt8 {
        let signs = try signs()
        guard signs.count == 1, let only = signs.first else { throw problem("expected one of .:/+=~") }
        return only
    }

    /// Texts by name.
    func texts() throws(FormatProblem) -> [String: String] {
        var texts: [String: String] = [:]
        for member in try members() { texts[member.key] = try member.value.string() }
        return texts
    }

    /// `108` or `[51, 200]`.
    func span(of range: ClosedRange<Int>) throws(FormatProblem) -> ClosedRange<Int> {
        guard case .list = tree else {
            let only = try integer(in: range)
            return only...only
        }
        let ends = try list().map { (item) throws(FormatProblem) in try item.integer(in: range) }
        guard ends.count == 2, ends[0] <= ends[1] else {
            throw problem("expected one number, or the least and the most")
        }
        return ends[0]...ends[1]
    }

    /// `401`, `4xx`, or a list of them.
    func statuses() throws(FormatProblem) -> [ClosedRange<Int>] {
        if case .list(let items) = tree, !items.isEmpty {
            return try list().map { (item) throws(FormatProblem) in try item.status() }
        }
        return [try status()]
    }

    private func status() throws(FormatProblem) -> ClosedRange<Int> {
        if case .string(let text) = tree, text.utf8.count == 3, text.hasSuffix("xx"),
            let hundreds = Int(text.prefix(1)), (1...5).contains(hundreds)
        {
            return hundreds * 100...hundreds * 100 + 99
        }
        guard case .number = tree else {
            throw problem("expected a status such as 401 or 4xx, or a list of them")
        }
        let code = try integer(in: 100...599)
        return code...code
    }

    func jsonPointer() throws(FormatProblem) -> String { try pointer(string()) }

    func jsonPointers() throws(FormatProblem) -> [String] {
        try list().map { (item) throws(FormatProblem) in try item.jsonPointer() }
    }

    func pointer(_ text: String) throws(FormatProblem) -> String {
        guard text.hasPrefix("/") else { throw problem("expected a JSON Pointer that starts with /") }
        return text
    }

    /// RFC 9110 section 5.1, in lower case.
    func headerName(_ text: String) throws(FormatProblem) -> String {
        guard text.isPlainWord else { throw problem("expected a header name in lower case") }
        return text
    }
}
