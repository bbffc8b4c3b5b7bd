/// Whose a credential is at its provider, such as the user of a git host; sealed with the credential, it is no secret.
package struct AccountName: Hashable, Sendable {
    package static let longest = 256
    package let text: String

    /// Nil for an empty text, more than `longest` bytes, and control characters: it stands in lines of protocols.
    package init?(_ text: String) {
        guard (1...Self.longest).contains(text.utf8.count),
            text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) })
        else { return nil }
        self.text = text
    }
}

extension AccountName: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let name = AccountName(text) else {
            throw DecodingError.dataCorrupted(.init(codingPath: decoder.codingPath, debugDescription: "no account"))
        }
        self = name
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(text)
    }
}
