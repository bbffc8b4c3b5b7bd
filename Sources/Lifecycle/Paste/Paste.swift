/// What a person pasted, read without copying it.
package enum Paste {
    /// In bytes; a credentials file or a page of chat fits many times over.
    package static let longest = 256 * 1024

    /// Cleans the paste, recognises the kind and checks the shape; total, linear in the length, no effects.
    ///
    /// - Parameters:
    ///   - bytes: lent from locked memory; the result holds ranges of it, never its content.
    ///   - wanted: the id of the kind that was asked for, one of `kinds`; another id counts as none.
    ///   - refreshing: prefixes of tokens that renew others and are never stored.
    ///   - asIs: keeps a value whose shape is odd; look-alikes stay refused.
    package static func read(
        _ bytes: Span<UInt8>, kinds: [PasteKind], refreshing: [String] = [], wanted: String?, asIs: Bool
    ) -> PasteReading {
        guard bytes.count <= longest else { return .refused(.tooLarge(bytes: bytes.count)) }
        let text = PasteLexer.text(of: bytes)
        guard text.glyphs.contains(where: \.isVisible) else { return .refused(.empty) }
        let request = PasteRequest(kinds: kinds, wanted: kinds.first { $0.id == wanted }, asIs: asIs)
        let marks = PasteMark.all(for: kinds, wanted: wanted, refreshing: refreshing)
        let sightings = text.sightings(of: marks, in: bytes)
        let search = PasteSearch(text: text, sightings: sightings, request: request, bytes)
        return search.credentialsFile(bytes).map(PasteReading.credentialsFile)
            ?? search.reading(bytes)
            ?? PasteFallback(text: text, request: request).reading(bytes)
    }
}

/// What a paste turned out to be.
package enum PasteReading: Equatable, Sendable {
    case token(CleanedPaste, KindGuess)
    case credentialsFile(CredentialsFile)
    case refused(PasteRefusal)
}

/// The bytes that are the token, and what was left out.
package struct CleanedPaste: Equatable, Sendable {
    /// Ranges of the pasted bytes, in order; the token is their concatenation.
    package var ranges: [Range<Int>]
    package var removals: [Removal]

    /// Bytes of the token.
    package var count: Int { ranges.reduce(0) { $0 + $1.count } }
}

/// Claude Code's `.credentials.json`, which holds a login of hours and what renews it.
package struct CredentialsFile: Equatable, Sendable {
    /// The access token and how well it fits; nil when the paste holds no whole one.
    package var accessToken: CleanedPaste?
    package var guess: KindGuess?
    package var hasRefreshToken: Bool
    package var expiresAt: Timestamp?

    /// One lower-case line that says what is in it.
    package var message: String {
        let access = accessToken == nil ? "no whole access token" : "an access token of a few hours"
        let until = expiresAt.map { " (until \($0.rfc3339))" } ?? ""
        let refresh = hasRefreshToken ? " and a refresh token, which is not stored" : ""
        return "this is a Claude Code credentials file: it holds \(access)\(until)\(refresh)"
    }

    package func hint(verb: String, name: CredentialName) -> String {
        "run `claude setup-token` for a token of a year and paste it to `secret \(verb) \(name)`"
    }
}

/// What the caller asked for.
struct PasteRequest {
    let kinds: [PasteKind]
    let wanted: PasteKind?
    let asIs: Bool
}

extension PasteText.Glyph {
    var isVisible: Bool { kind != .space && kind != .nonBreakingSpace && kind != .lineBreak }
}
