internal import Glibc
internal import Lifecycle
package import Sealing
internal import Wire

/// Where an import comes from.
package enum ImportSource: Sendable {
    /// A regular file. It is read from its beginning with read(2), so that whoever shares the open file sees how far (`lseek`).
    case file(Int32)
    case bytes(SecretBox)
    /// A file that `secret export` made, opened by its passphrase.
    case sealed(Int32, VaultKeys)
}

/// Reads a source into locked memory, a window at a time, and hands over what may be a credential in it.
struct ImportReader {
    let source: ImportSource
    let request: ImportDocument.Request

    /// What is in locked memory of a file that is read line by line.
    static let window = 1 << 20
    /// What a sealed file is called in a report.
    static let sealedForm = "tokenward_export"

    /// Part of a source, and whether it is the last one.
    private struct Window {
        let bytes: SecretBox
        let isLast: Bool
    }

    /// - Parameters:
    ///   - form: told once, before anything else.
    ///   - problem: told what is wrong with the file or with a line; reading goes on behind the line.
    ///   - entry: told everything else, with the bytes that its ranges are in.
    /// - Throws: exit code 74 when it cannot be read, and what is thrown by whoever is told.
    func read(
        form: (String) -> Void, problem: (ImportProblem) throws(Fault) -> Void,
        entry: (ImportEntry, Span<UInt8>) throws(Fault) -> Void
    ) throws(Fault) {
        if case .sealed(let descriptor, let keys) = source {
            form(Self.sealedForm)
            return try readSealed(descriptor, keys, problem: problem, entry: entry)
        }
        let window = try first()
        try window.bytes.bytes.withBytes { span throws(Fault) in
            let document: ImportDocument?
            do throws(ImportProblem) { document = try self.document(span, isWhole: window.isLast) } catch {
                return try problem(error)
            }
            form(document?.form.rawValue ?? "json_lines")
            guard let document else { return try readLines(window, problem: problem, entry: entry) }
            for found in document.entries { try entry(found, span) }
        }
    }

    /// Nil for JSON lines.
    private func document(_ span: Span<UInt8>, isWhole: Bool) throws(ImportProblem) -> ImportDocument? {
        guard try ImportForm(head: span) != .lines else { return nil }
        guard isWhole else { throw ImportProblem(.tooLarge) }
        return try ImportDocument(span, request)
    }

    private func readLines(
        _ first: Window, problem: (ImportProblem) throws(Fault) -> Void,
        entry: (ImportEntry, Span<UInt8>) throws(Fault) -> Void
    ) throws(Fault) {
        var window = first
        var number = 0
        while true {
            let done = try window.bytes.bytes.withBytes { span throws(Fault) in
                var at = 0
                while let (line, next) = JSONLine.next(in: span, from: at, isLast: window.isLast) {
                    number += 1
                    at = next
                    let bytes = span.extracting(line)
                    let found: ImportEntry?
                    do throws(ImportProblem) { found = try JSONLine.entry(of: bytes, number: number) } catch {
                        try problem(error)
                        continue
                    }
                    if let found { try entry(found, bytes) }
                }
                return at
            }
            if window.isLast { return }
            guard done > 0 else { return try problem(ImportProblem(line: number + 1, .lineTooLong)) }
            window = try next(behind: window, from: done)
        }
    }

    private func readSealed(
        _ descriptor: Int32, _ keys: VaultKeys, problem: (ImportProblem) throws(Fault) -> Void,
        entry: (ImportEntry, Span<UInt8>) throws(Fault) -> Void
    ) throws(Fault) {
        guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw .unreadable(errno) }
        let bytes = DescriptorBytes(descriptor)
        var reader = try streaming(.reading) { () throws(SealingError) in
            try SealedStreamReader(try SealedStreamReader.header(of: bytes), from: bytes, keys: keys)
        }
        var number = 0
        while true {
            let line: SecretBytes
            do throws(SealingError) {
                guard let frame = try reader.next() else { return }
                guard frame.type == ExportFrame.type else { throw .streamFrame }
                line = try reader.secret()
            } catch { throw Fault(stream: error, .reading) }
            number += 1
            try line.withBytes { span throws(Fault) in
                let found: ImportEntry
                do throws(ImportProblem) { found = try sealedEntry(span, number) } catch { return try problem(error) }
                try entry(found, span)
            }
        }
    }

    private func sealedEntry(_ span: Span<UInt8>, _ number: Int) throws(ImportProblem) -> ImportEntry {
        guard var found = try JSONLine.entry(of: span, number: number) else {
            throw ImportProblem(line: number, .missing(JSONLine.Field.name.rawValue))
        }
        found.isExact = true
        return found
    }

    private func first() throws(Fault) -> Window {
        switch source {
        case .sealed: throw Fault(.fault, "import_source", "a sealed file is read frame by frame")
        case .bytes(let bytes): return Window(bytes: bytes, isLast: true)
        case .file(let descriptor):
            var status = stat()
            guard unsafe fstat(descriptor, &status) == 0, lseek(descriptor, 0, SEEK_SET) == 0 else {
                throw .unreadable(errno)
            }
            // One byte more than there is tells that it is the end.
            let size = min(Int(status.st_size), ImportLimit.document) + 1
            let nothing: [UInt8] = []
            return try fill(descriptor, capacity: max(size, Self.window), keeping: nothing.span)
        }
    }

    private func next(behind window: Window, from start: Int) throws(Fault) -> Window {
        guard case .file(let descriptor) = source else { return window }
        return try window.bytes.bytes.withBytes { span throws(Fault) in
            try fill(descriptor, capacity: 2 * Self.window, keeping: span.extracting(start..<span.count))
        }
    }

    private func fill(_ descriptor: Int32, capacity: Int, keeping kept: Span<UInt8>) throws(Fault) -> Window {
        var isLast = false
        do throws(SealingError) {
            let bytes = try SecretBytes(capacity: max(capacity, kept.count + 1)) { output throws(SealingError) in
                for place in kept.indices { output.append(kept[place]) }
                while output.freeCapacity > 0, !isLast {
                    let got = unsafe output.readOnce(atMost: output.freeCapacity) { room, size in
                        unsafe Glibc.read(descriptor, room, size)
                    }
                    if got < 0, errno == EINTR { continue }
                    guard got >= 0 else { throw .inputFailed(errno: errno) }
                    isLast = got == 0
                }
            }
            return Window(bytes: SecretBox(bytes), isLast: isLast)
        } catch {
            if case .inputFailed(let code) = error { throw .unreadable(code) }
            throw Fault(error)
        }
    }
}

extension Fault {
    fileprivate static func unreadable(_ code: Int32) -> Fault {
        Fault(
            .inputOutput, "input", "the file cannot be read (errno \(code)); nothing was imported",
            hint: "secret import --help")
    }
}
