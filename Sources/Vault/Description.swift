internal import Foundation
internal import Lifecycle

/// What a version is, without its value; sealed beside it, so that nobody outside the vault can rename it or send it elsewhere.
struct Description: Equatable, Sendable, Codable {
    var name: CredentialName
    /// The id of a policy.
    var kind: String
    /// Where the token may go instead of the policy's hosts.
    var baseURL: BaseURL?
    /// Where helpers may have it sent; nil for what the base URL or the kind says.
    var hosts: [BoundHost]?
    var account: AccountName?
    var fingerprint: String
    /// Of the value, in bytes.
    var length: Int
    var pasted: Timestamp
    var minted: Timestamp?
    var declaredExpiry: Timestamp?
    /// What the value says of its own end, where its kind does.
    var ownExpiry: Timestamp?

    /// When it ends, and how that is known: observed beats declared beats estimated.
    func expiry(observed: Timestamp?, lifetime: Lifetime?) -> Expiry? {
        if let observed = observed ?? ownExpiry { return Expiry(at: observed, source: .observed) }
        if let declaredExpiry { return Expiry(at: declaredExpiry, source: .declared) }
        guard case .fixed(let span) = lifetime else { return nil }
        return Expiry(at: (minted ?? pasted) + span, source: .estimated)
    }
}

/// Public facts as JSON bytes, with sorted keys so that the same facts are the same bytes.
func encoded(_ value: some Encodable) -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = .sortedKeys
    // Our own types hold nothing that JSON cannot say; an empty body fails its check when it is read back.
    return (try? encoder.encode(value)).map { [UInt8]($0) } ?? []
}

func decoded<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) -> Value? {
    try? JSONDecoder().decode(type, from: Data(bytes))
}
