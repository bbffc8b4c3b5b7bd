/// Why a paste is not stored; all of them end with exit code 65.
package enum PasteRefusal: Error, Equatable, Sendable {
    case empty
    case tooLarge(bytes: Int)
    /// Nothing in it begins like a kind that is known. `example` is the id of one, for the hint.
    case noKind(characters: Int, example: String?)
    case otherKind(found: PasteKind, wanted: PasteKind)
    case shape(ShapeFinding, PasteKind)
    case several([Count])
    case refreshToken
    /// `code#state` from the page after signing in.
    case loginCode
    case masked
    case redactionMarker
    case sentinel
    /// Capitals or typographic dashes in the part that every token of the kind begins with.
    case alteredPrefix
    /// `$NAME`, which a shell did not replace.
    case variable
    /// `secret://...`, the name of a credential.
    case reference

    /// How many different tokens of one kind.
    package struct Count: Equatable, Sendable {
        package var display: String
        package var count: Int
    }
}

extension PasteRefusal {
    /// One lower-case line, no full stop; it never repeats the paste.
    package var message: String {
        switch self {
        case .empty: "the paste is empty"
        case .tooLarge(let bytes): "the paste has \(bytes) bytes; a token has a few hundred at most"
        case .noKind(let characters, _): "no kind of token fits these \(characters) characters"
        case .otherKind(let found, let wanted): "this is \(found.spoken), not \(wanted.spoken)"
        case .shape(let finding, _): finding.message ?? "the shape is not the usual one"
        case .several(let counts): Self.text(counts)
        case .refreshToken:
            "this is a refresh token, which its own program must keep and renew; it is not stored"
        case .loginCode:
            "this is a login code from the browser (it holds a #), not the token that it is exchanged for"
        case .masked: "a part of this value is hidden behind dots or stars; it is not the whole token"
        case .redactionMarker: "this is what OpenClaw shows in place of a secret, not the secret"
        case .sentinel: "this is OpenClaw's stand-in for a secret (a sentinel), not the secret"
        case .alteredPrefix:
            "a keyboard or an editor changed a hyphen or a capital at the beginning of this token"
        case .variable: "this is the name of a variable, not its value"
        case .reference: "this is a reference to a credential, not a token"
        }
    }

    private static func text(_ counts: [Count]) -> String {
        let total = counts.reduce(0) { $0 + $1.count }
        let parts = counts.map { "\($0.count) \($0.display)" }.joined(separator: ", ")
        return "\(total) different tokens in one paste: \(parts)"
    }

    /// What to do next, printed after `secret: hint: `; a command in it can be pasted as it stands.
    ///
    /// `verb` is `add` or `rotate`; `wanted` is the kind that was asked for, if any.
    package func hint(verb: String, name: CredentialName, wanted: PasteKind? = nil) -> String {
        let again = "`secret \(verb) \(name)`"
        switch self {
        case .empty, .tooLarge: return "copy the token alone and run \(again) again"
        case .noKind(_, let example):
            guard let example, wanted == nil else { return "copy the whole token and run \(again) again" }
            return "say which kind it is, for example: `secret add \(name) --kind \(example)`"
        case .otherKind(let found, _): return Self.store(found, verb: verb, name: name)
        case .shape(let finding, let kind): return Self.hint(finding, kind, verb: verb, name: name)
        case .several: return "paste them one at a time, each with its own name: \(again)"
        case .refreshToken: return "run `claude setup-token` and paste what it prints to \(again)"
        case .loginCode:
            return "paste the code where the sign-in asks for it; it prints the token for \(again)"
        case .masked, .redactionMarker, .sentinel:
            return "copy the token from where it was made, not from a status page, and run \(again) again"
        case .alteredPrefix:
            return "copy the token from where it was made, as plain text, and run \(again) again"
        case .variable: return "print its value with `printenv` and paste that to \(again)"
        case .reference: return "`secret status` shows the credentials that are stored"
        }
    }

    private static func store(_ kind: PasteKind, verb: String, name: CredentialName) -> String {
        guard verb != "add" else { return "store it as what it is: `secret add \(name) --kind \(kind.id)`" }
        let own = kind.id.split(separator: ".").joined(separator: "/")
        return "store it beside this one: `secret add \(own) --kind \(kind.id)`"
    }

    private static func hint(
        _ finding: ShapeFinding, _ kind: PasteKind, verb: String, name: CredentialName
    ) -> String {
        let source =
            kind.command.map { "run `\($0)` again" }
            ?? "copy it again\(kind.page.map { " from \($0)" } ?? "")"
        let asIs =
            "if it is whole, keep it as it is: `secret \(verb) \(name)"
            + "\(verb == "add" ? " --kind \(kind.id)" : "") --as-is`"
        switch finding {
        case .short, .unclearEnd:
            let columns = max(120, (kind.format.lengths.lowerBound + 29) / 20 * 20)
            return "widen the terminal to at least \(columns) columns, \(source) and paste all of it"
        case .exact, .longer, .otherTail, .wrongChecksum, .otherSegments, .badCharacter, .missingInfix, .surplus,
            .foreignPrefix:
            return "\(source) and paste all of it; \(asIs)"
        }
    }
}
