import FoundationEssentials
import Lifecycle

/// Entries of an imported file stand in the file, on the lines that they name, and their values are no longer than what spells them;
/// what is read as JSON is JSON for another reader too.
///
/// Input: `aim u8 | file`; bit 0 of the aim reads lines, bit 1 takes short-lived tokens. Tokens are made when the target runs
/// (`MintedTokens`).
enum ImportFire {
    static func run(_ input: [UInt8]) throws {
        let kinds = try PasteFire.kinds.get()
        let aim = input.first ?? 0
        let file = MintedTokens.spelledOut(input.dropFirst(), kinds)
        try json(file)
        if aim & 1 == 1 { try lines(file, kinds) } else { try document(file, aim & 2 != 0, kinds) }
    }

    private static func document(_ file: [UInt8], _ withShortLived: Bool, _ kinds: [PasteKind]) throws {
        let request = ImportDocument.Request(now: Timestamp(seconds: 1_800_000_000), withShortLived: withShortLived)
        let document: ImportDocument
        do throws(ImportProblem) { document = try ImportDocument(file.span, request) } catch {
            return try isPlain(error, file)
        }
        for entry in document.entries { try check(entry, file, kinds, isChosen: false) }
    }

    private static func lines(_ file: [UInt8], _ kinds: [PasteKind]) throws {
        var (place, number) = (0, 0)
        while let (line, next) = JSONLine.next(in: file.span, from: place, isLast: true) {
            try promise(
                next > place && line.lowerBound == place && line.upperBound <= file.count, "a line out of its place")
            number += 1
            place = next
            let bytes = Array(file[line])
            let entry: ImportEntry?
            do throws(ImportProblem) { entry = try JSONLine.entry(of: bytes.span, number: number) } catch {
                try isPlain(error, file)
                continue
            }
            if let entry { try check(entry, bytes, kinds, isChosen: true) }
        }
        try promise(place == file.count, "a file is not read to its end")
    }

    private static func check(_ entry: ImportEntry, _ file: [UInt8], _ kinds: [PasteKind], isChosen: Bool) throws {
        try promise(isChosen || (1...file.count(where: { $0 == 0x0A }) + 1).contains(entry.line), "line \(entry.line)")
        guard case .value(let value) = entry.content else { return }
        try promise(value.range.lowerBound >= 0 && value.range.upperBound <= file.count, "a value outside of its file")
        let written = written(value, file)
        try promise(written.count <= value.range.count, "a value longer than what spells it")
        if value.spelling == .plain {
            try promise(written == Array(file[value.range]), "a plain value is written otherwise")
        }
        let reading = Paste.read(written.span, kinds: kinds, wanted: nil, asIs: false)
        _ = ImportDecision(reading, for: entry, isChosen: isChosen)
    }

    private static func written(_ value: ImportedValue, _ file: [UInt8]) -> [UInt8] {
        unsafe [UInt8](unsafeUninitializedCapacity: value.range.count) { room, count in
            var output = unsafe OutputSpan(buffer: room, initializedCount: 0)
            value.write(file.span, to: &output)
            count = unsafe output.finalize(for: room)
        }
    }

    private static func isPlain(_ problem: ImportProblem, _ file: [UInt8]) throws {
        let message = problem.message
        try promise(
            !message.isEmpty && !message.contains("\n") && problem.line >= 0, "a problem that is no line: \(message)")
    }

    /// RFC 8259, as Foundation reads it.
    private static func json(_ file: [UInt8]) throws {
        guard let document = try? JSONDocument(file.span) else { return }
        for node in document.nodes {
            try promise(node.range.lowerBound >= 0 && node.range.upperBound <= file.count, "a node outside of its text")
        }
        guard let root = document.nodes.first, root.kind == .string else { return }
        let theirs = try? JSONDecoder().decode(String.self, from: Data(file))
        var content = JSONStringContent(root.range)
        var ours: [UInt8] = []
        while let byte = content.next(in: file.span) { ours.append(byte) }
        try promise(theirs.map { Array($0.utf8) == ours } ?? false, "a string is read otherwise")
    }
}
