/// Why a file is not imported at all; a place and a code, never a part of the file.
package struct ImportProblem: Error, Equatable, Sendable {
    /// Counts from 1; 0 for the file as a whole.
    package let line: Int
    package let code: Code

    package init(line: Int = 0, _ code: Code) {
        self.line = line
        self.code = code
    }

    package enum Code: Error, Equatable, Sendable {
        case empty, tooLarge, notText, utf16, database, list, unknownForm
        /// A file that `secret export` or `secret backup` made, without what opens it.
        case sealed
        /// `version` of the profiles; only 1 is known.
        case otherLayout
        case json(JSONFault.Code)
        case notAnObject
        case lineTooLong
        /// One object over several lines.
        case brokenLine
        case missing(String)
        /// A member, named as JSON lines name it, is not of the type that it must have.
        case type(String)
        case name(CredentialName.Problem)
        case repeatedName(line: Int)
        /// Not a date, or not one of the words that are allowed.
        case content(String)
        case unknownMember
        case openQuote
        case value(PasteRefusal)
        /// All of Claude's file in one value.
        case credentialsFile
        /// The session's own program puts values there, one at a time.
        case keyring
    }
}

extension ImportProblem {
    /// One lower-case line without a full stop.
    package var message: String { line == 0 ? code.message : "line \(line): \(code.message)" }
}

extension ImportProblem.Code {
    var message: String {
        switch self {
        case .empty: "the file is empty"
        case .tooLarge: "the file is larger than \(ImportLimit.document >> 20) MiB, which is the most for this form"
        case .notText: "this is no text"
        case .sealed: "this is a sealed file of Tokenward; it is not read from a pipe"
        case .utf16: "this is UTF-16; it must be UTF-8"
        case .database: "this is a database, as OpenClaw keeps its profiles in from 2026.6 on; it is not read"
        case .list: "this is a JSON list; it must be one object a line"
        case .unknownForm:
            "this is none of the forms that are known: OpenClaw's auth-profiles.json, Claude's .credentials.json, JSON lines, .env"
        case .otherLayout: "the profiles have another layout than 1, which is the one that is known"
        case .json(let code): code.message
        case .notAnObject: "this is not a JSON object"
        case .lineTooLong: "the line is longer than \(ImportLimit.line >> 10) KiB"
        case .brokenLine: "a credential must be one JSON object on one line; this one goes on in the next"
        case .missing(let member): "\(member) is missing"
        case .type(let member): "\(member) is not a \(member == JSONLine.Field.hosts.rawValue ? "list" : "text")"
        case .name(let problem): problem.message
        case .repeatedName(let line): "line \(line) has this name already"
        case .content(let member): Self.expected(member)
        case .unknownMember:
            "a member is none of \(JSONLine.Field.allCases.map(\.rawValue).joined(separator: ", "))"
        case .openQuote: "a quote is opened and not closed"
        case .value(let refusal): refusal.message
        case .keyring: "nothing is imported into the keyring; import it into the vault and move it then"
        case .credentialsFile: "the value is a whole credentials file of Claude Code; import that file by itself"
        }
    }

    private static func expected(_ member: String) -> String {
        switch JSONLine.Field(rawValue: member) {
        case .minted, .expires: "\(member) is no date such as 2026-11-22, nor RFC 3339"
        case .probe: "probe is none of active, passive, off"
        case .store: "store is none of vault, keyring"
        case .kind: "no kind is called like that"
        case .baseURL: "base_url is no https URL of a host, nor http to this machine"
        case .hosts: "hosts is no list of hosts such as github.com or git.example.com:8443"
        case .account: "account has control characters, or is empty or too long"
        case .name, .value, nil: "\(member) is not what it must be"
        }
    }
}

/// How much is read.
package enum ImportLimit {
    /// Of a file that is read as a whole into locked memory; 10,000 profiles are about 3 MB.
    package static let document = 4 << 20
    /// Of JSON lines, as of a paste.
    package static let line = Paste.longest
}

/// Finds the line of places that come in the order of the file, looking at each byte once.
struct LineNumber {
    private var line = 1
    private var place = 0

    mutating func at(_ offset: Int, in bytes: Span<UInt8>) -> Int {
        while place < min(offset, bytes.count) {
            if bytes[place] == 0x0A { line += 1 }
            place += 1
        }
        return line
    }
}
