import Lifecycle
import Sealing
import Wire

/// Where Claude Code will send the key that its helper prints.
enum ClaudeHost {
    /// The variable that sends Claude Code elsewhere: docs.claude.com, settings of Claude Code.
    static let variable = "ANTHROPIC_BASE_URL"

    /// - Throws: exit code 77 for a base URL that is none.
    static func asked(environment: [String: String]) throws(Fault) -> BoundHost {
        let text = environment[variable] ?? ""
        do throws(BaseURL.Problem) {
            return text.isEmpty ? try BoundHost("api.anthropic.com") : BoundHost(try BaseURL(text))
        } catch {
            throw Fault(
                .notPermitted, "wrong_host", "\(variable) holds no address that a token may be sent to",
                hint: "unset \(variable)")
        }
    }
}

extension SecretBytes {
    /// Whether a protocol of lines can carry it: not empty, no CR, no LF, no NUL.
    var isOneLine: Bool {
        withBytes { bytes in
            !bytes.isEmpty && bytes.indices.allSatisfy { bytes[$0] != 0x0A && bytes[$0] != 0x0D && bytes[$0] != 0 }
        }
    }
}

extension Fault {
    static func notOneLine(_ name: CredentialName) -> Fault {
        Fault(
            .refused, "not_one_line", "\(name) holds a line end or a NUL, which this protocol cannot carry",
            hint: "secret rotate \(name)")
    }
}
