/// A file that is read as a whole: which of the known forms it has, and where credentials may stand in it.
package struct ImportDocument: Equatable, Sendable {
    package enum Form: String, Equatable, Sendable, Codable {
        case openClawProfiles = "openclaw_profiles"
        case claudeCredentials = "claude_credentials"
        case environment
    }
    package let form: Form
    /// In the order of the file.
    package let entries: [ImportEntry]

    /// What a person decided about a login's access tokens, and when.
    package struct Request: Equatable, Sendable {
        package let now: Timestamp
        package let withShortLived: Bool

        package init(now: Timestamp, withShortLived: Bool) {
            self.now = now
            self.withShortLived = withShortLived
        }
    }

    /// - Parameter bytes: all of the file, at most `ImportLimit.document`.
    /// - Throws: what is wrong with the file as a whole; a single odd entry is skipped with its reason.
    package init(_ bytes: Span<UInt8>, _ request: Request) throws(ImportProblem) {
        guard bytes.count <= ImportLimit.document else { throw ImportProblem(.tooLarge) }
        switch try ImportForm(head: bytes) {
        case .environment:
            form = .environment
            entries = try EnvironmentFile.entries(of: bytes)
        case .document:
            (form, entries) = try Self.read(bytes, request)
        case .lines: throw ImportProblem(.unknownForm)
        }
    }

    private static func read(
        _ bytes: Span<UInt8>, _ request: Request
    ) throws(ImportProblem) -> (Form, [ImportEntry]) {
        let document: JSONDocument
        do { document = try JSONDocument(bytes, from: ImportForm.textStart(of: bytes)) } catch {
            var lines = LineNumber()
            throw ImportProblem(line: lines.at(error.offset, in: bytes), .json(error.code))
        }
        if let profiles = document.member("profiles", of: 0, in: bytes), document.nodes[profiles].kind == .object {
            if let version = document.member("version", of: 0, in: bytes),
                document.integer(at: version, in: bytes) != OpenClawProfiles.version
            {
                throw ImportProblem(.otherLayout)
            }
            return (.openClawProfiles, OpenClawProfiles(document, request).entries(of: profiles, bytes))
        }
        if document.member("claudeAiOauth", of: 0, in: bytes) != nil {
            return (.claudeCredentials, ClaudeCredentials(document, request).entries(bytes))
        }
        if document.member("value", of: 0, in: bytes) != nil { throw ImportProblem(line: 1, .brokenLine) }
        throw ImportProblem(.unknownForm)
    }
}
