/// One place of a file where a credential may stand: what it would be called and where its value is, never the value.
package struct ImportEntry: Equatable, Sendable {
    /// Counts from 1.
    package let line: Int
    /// Good as it stands; made unique by `ImportNames` unless a person chose it.
    package let name: CredentialName
    package let content: Content
    package var hint = Hint.none
    package var minted: Timestamp?
    package var expires: Timestamp?
    /// Nil for what the kind's policy says.
    package var probing: Probing?
    /// Where the token may go instead of the hosts of its kind.
    package var baseURL: BaseURL?
    /// Where helpers may have it sent; nil for what the base URL or the kind says.
    package var hosts: [BoundHost]?
    package var account: AccountName?
    /// Nil for the vault.
    package var home: Home?
    /// The value was cleaned when it was pasted, and its kind was known: it is taken byte for byte.
    package var isExact = false

    package enum Content: Equatable, Sendable {
        case value(ImportedValue)
        case skipped(ImportSkip)
    }

    /// What the file says about the kind.
    package enum Hint: Equatable, Sendable {
        case none
        /// The id of a policy, which it must be.
        case kind(String)
        /// The first part of such an id, as `anthropic`.
        case provider(String)
    }

    /// Where the value is kept.
    package enum Home: String, CaseIterable, Equatable, Sendable, Codable { case vault, keyring }
}

/// Where a value stands in the bytes of a file, and how it is spelled there.
package struct ImportedValue: Equatable, Sendable {
    package let range: Range<Int>
    package let spelling: Spelling

    package enum Spelling: Equatable, Sendable {
        case plain
        /// JSON's escapes, RFC 8259 §7.
        case json
        /// The escapes that double quotes allow in a `.env` file.
        case doubleQuoted
    }

    /// Appends what the value is, at most `range.count` bytes: from locked memory to locked memory.
    package func write(_ bytes: Span<UInt8>, to output: inout OutputSpan<UInt8>) {
        switch spelling {
        case .plain: for place in range { output.append(bytes[place]) }
        case .json:
            var content = JSONStringContent(range)
            while let byte = content.next(in: bytes) { output.append(byte) }
        case .doubleQuoted:
            var content = QuotedContent(range)
            while let byte = content.next(in: bytes) { output.append(byte) }
        }
    }
}

/// Why an entry is left where it is; the rest of the file is imported all the same.
package enum ImportSkip: String, CaseIterable, Equatable, Sendable, Codable {
    case empty
    /// A login's access token, which dies within hours.
    case shortLived = "short_lived"
    /// A login's access token that is dead already.
    case ended
    case refreshToken = "refresh_token"
    /// A login of a program that renews it by itself, without anything that could be kept.
    case login
    /// A reference stands where a value would.
    case reference
    /// A value in clear beside a reference, which wins; nobody uses it and it can still leak.
    case shadowed
    /// Dots, stars or a marker in place of the value.
    case placeholder
    /// No kind that is known fits it.
    case noKind = "no_kind"
    /// Several tokens in one value.
    case several
    /// It begins like a kind and is none, under a name that promises nothing.
    case oddShape = "odd_shape"
    case unreadable
    /// Of another kind than the one that was asked for.
    case otherKind = "other_kind"
    /// A credential has its name already.
    case exists
}

extension ImportSkip {
    /// Goes on from `line 7: `.
    package var message: String {
        switch self {
        case .empty: "the value is empty"
        case .shortLived: "an access token of a few hours, which its own program renews; --with-short-lived takes it"
        case .ended: "an access token that has ended already"
        case .refreshToken: "a refresh token, which its own program must keep and renew"
        case .login: "a login that its own program keeps and renews"
        case .reference: "a reference to a secret, not the secret"
        case .shadowed: "a value that nothing uses, because a reference stands beside it; it is still there in clear"
        case .placeholder: "a part of the value is hidden, or a marker stands in its place"
        case .noKind: "no kind of token fits the value"
        case .several: "several tokens in one value"
        case .oddShape: "the value only begins like a token"
        case .unreadable: "this cannot be read"
        case .otherKind: "another kind than the one that was asked for"
        case .exists: "a credential is called like that already"
        }
    }

    /// Whether something that opens a door stays in the file.
    package var leavesSecret: Bool {
        switch self {
        case .shortLived, .refreshToken, .login, .shadowed, .noKind, .several, .oddShape, .otherKind, .exists: true
        case .empty, .ended, .reference, .placeholder, .unreadable: false
        }
    }
}
