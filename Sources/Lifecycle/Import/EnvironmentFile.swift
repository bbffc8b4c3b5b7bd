/// A `.env` file: `NAME=value` a line, with the quotes and comments that dotenv and shells share; nothing is expanded.
enum EnvironmentFile {
    /// Whether an assignment is on one of the next lines that are no comment.
    static func mayBegin(_ bytes: Span<UInt8>, from start: Int) -> Bool {
        var reader = EnvironmentReader(from: start)
        while reader.at < bytes.count {
            reader.skipSpace(bytes)
            if reader.at < bytes.count, bytes[reader.at] != UInt8(ascii: "#"), bytes[reader.at] != 0x0A {
                return reader.variable(bytes) != nil
            }
            reader.skipLine(bytes)
        }
        return false
    }

    /// Every variable, whatever it holds, and what is no variable as `.unreadable`.
    ///
    /// - Throws: `.openQuote`, because what would be inside is not known.
    static func entries(of bytes: Span<UInt8>) throws(ImportProblem) -> [ImportEntry] {
        var reader = EnvironmentReader(from: ImportForm.textStart(of: bytes))
        var lines = LineNumber()
        var names = ImportNames()
        var entries: [ImportEntry] = []
        while reader.at < bytes.count {
            let line = lines.at(reader.at, in: bytes)
            do throws(ImportProblem.Code) {
                guard let found = try reader.next(bytes) else { continue }
                entries.append(Self.entry(found, line: line, &names))
            } catch {
                throw ImportProblem(line: line, error)
            }
        }
        return entries
    }

    private static func entry(
        _ found: EnvironmentReader.Line, line: Int, _ names: inout ImportNames
    ) -> ImportEntry {
        guard let variable = found.variable else {
            return ImportEntry(line: line, name: .init(nearest: ["env", ""]), content: .skipped(.unreadable))
        }
        let known = KnownVariable(variable)
        let base = CredentialName(nearest: known.map { [$0.provider, $0.rest] } ?? ["env", spaced(variable)])
        var entry = ImportEntry(line: line, name: names.unique(base), content: found.content)
        if let known { entry.hint = .provider(known.provider) }
        return entry
    }

    static func spaced(_ variable: String) -> String {
        String(variable.map { $0 == "_" ? "-" : $0 })
    }
}

/// Walks the lines of a `.env` file.
struct EnvironmentReader {
    private(set) var at: Int

    /// One line, or more where quotes span them.
    struct Line: Equatable {
        /// Nil for a line that is no assignment.
        var variable: String?
        var content: ImportEntry.Content
    }

    init(from start: Int) { at = start }

    /// Nil for an empty line, a comment, and `export NAME` alone.
    mutating func next(_ bytes: Span<UInt8>) throws(ImportProblem.Code) -> Line? {
        skipSpace(bytes)
        guard at < bytes.count, !isLineEnd(bytes), bytes[at] != UInt8(ascii: "#") else {
            skipLine(bytes)
            return nil
        }
        guard let variable = variable(bytes) else {
            skipLine(bytes)
            return Line(variable: nil, content: .skipped(.unreadable))
        }
        guard !variable.isDeclaration else {
            skipLine(bytes)
            return nil
        }
        skipSpace(bytes)
        return Line(variable: variable.name, content: try content(bytes))
    }

    /// `[export ]NAME=`, read; nil when something else is on the line.
    mutating func variable(_ bytes: Span<UInt8>) -> (name: String, isDeclaration: Bool)? {
        var name = word(bytes)
        var isExported = false
        if name == "export", at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 {
            isExported = true
            skipSpace(bytes)
            name = word(bytes)
        }
        guard let name else { return nil }
        skipSpace(bytes)
        if isExported, at == bytes.count || isLineEnd(bytes) { return (name, true) }
        guard at < bytes.count, bytes[at] == UInt8(ascii: "=") else { return nil }
        at += 1
        return (name, false)
    }

    /// A variable's name, at most 128 bytes: letters, digits and `_`, and the `.` and `-` that dotenv takes.
    private mutating func word(_ bytes: Span<UInt8>) -> String? {
        var name: [UInt8] = []
        while at < bytes.count, name.count <= 128 {
            switch bytes[at] {
            case 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "_"): break
            case 0x30...0x39, UInt8(ascii: "."), UInt8(ascii: "-"): if name.isEmpty { return nil }
            default: return name.isEmpty ? nil : String(decoding: name, as: UTF8.self)
            }
            name.append(bytes[at])
            at += 1
        }
        return name.isEmpty || name.count > 128 ? nil : String(decoding: name, as: UTF8.self)
    }

    private mutating func content(_ bytes: Span<UInt8>) throws(ImportProblem.Code) -> ImportEntry.Content {
        guard at < bytes.count else { return .skipped(.empty) }
        switch bytes[at] {
        case UInt8(ascii: "'"), UInt8(ascii: "\""), UInt8(ascii: "`"): return try quoted(bytes)
        default: return plain(bytes)
        }
    }

    private mutating func quoted(_ bytes: Span<UInt8>) throws(ImportProblem.Code) -> ImportEntry.Content {
        let quote = bytes[at]
        let isDouble = quote == UInt8(ascii: "\"")
        let start = at + 1
        var hasEscapes = false
        at = start
        while at < bytes.count, bytes[at] != quote {
            if isDouble, bytes[at] == UInt8(ascii: "\\") {
                hasEscapes = true
                at += 1
            }
            at += 1
        }
        guard at < bytes.count else { throw .openQuote }
        let range = start..<at
        at += 1
        skipSpace(bytes)
        let isAlone = at == bytes.count || isLineEnd(bytes) || bytes[at] == UInt8(ascii: "#")
        skipLine(bytes)
        if !isAlone { return .skipped(.unreadable) }
        if range.isEmpty { return .skipped(.empty) }
        return .value(.init(range: range, spelling: hasEscapes ? .doubleQuoted : .plain))
    }

    /// To the end of the line, or to a `#` that is its first character or behind a space.
    private mutating func plain(_ bytes: Span<UInt8>) -> ImportEntry.Content {
        let start = at
        var end = at
        while at < bytes.count, !isLineEnd(bytes) {
            let isSpace = bytes[at] == 0x20 || bytes[at] == 0x09
            if bytes[at] == UInt8(ascii: "#"), at == start || end < at { break }
            at += 1
            if !isSpace { end = at }
        }
        skipLine(bytes)
        return start == end ? .skipped(.empty) : .value(.init(range: start..<end, spelling: .plain))
    }

    mutating func skipSpace(_ bytes: Span<UInt8>) {
        while at < bytes.count, bytes[at] == 0x20 || bytes[at] == 0x09 { at += 1 }
    }

    /// Behind the end of the line.
    mutating func skipLine(_ bytes: Span<UInt8>) {
        while at < bytes.count, bytes[at] != 0x0A { at += 1 }
        at = min(at + 1, bytes.count)
    }

    /// At a line feed, or at a carriage return before one or before the end.
    private func isLineEnd(_ bytes: Span<UInt8>) -> Bool {
        guard bytes[at] == 0x0D else { return bytes[at] == 0x0A }
        return at + 1 == bytes.count || bytes[at + 1] == 0x0A
    }
}

/// What stands between double quotes in a `.env` file: `\n`, `\r`, `\t`, and a backslash before `"`, `\`, `$` and a backtick.
struct QuotedContent {
    private var rest: Range<Int>

    init(_ range: Range<Int>) { rest = range }

    /// The next byte of the value; a backslash before anything else stays.
    mutating func next(in bytes: Span<UInt8>) -> UInt8? {
        guard let place = rest.first else { return nil }
        rest = place + 1..<rest.upperBound
        guard bytes[place] == UInt8(ascii: "\\"), let letter = rest.first else { return bytes[place] }
        let meaning: UInt8
        switch bytes[letter] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "$"), UInt8(ascii: "`"): meaning = bytes[letter]
        case UInt8(ascii: "n"): meaning = 0x0A
        case UInt8(ascii: "r"): meaning = 0x0D
        case UInt8(ascii: "t"): meaning = 0x09
        default: return bytes[place]
        }
        rest = letter + 1..<rest.upperBound
        return meaning
    }
}
