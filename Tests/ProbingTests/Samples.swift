import Lifecycle
import Policies
import Probing
import Sealing

extension SecretBox {
    /// A secret home for a made-up token.
    convenience init(_ text: String) throws {
        let bytes = Array(text.utf8)
        self.init(
            try SecretBytes(capacity: bytes.count) { output in
                for byte in bytes { output.append(byte) }
            })
    }
}

/// Kinds and replies as the built-in policies have them.
struct Samples {
    static let setupToken = "anthropic.setup-token"
    let policies: PolicyCatalogue

    init() throws { policies = try BuiltInPolicies.load() }

    func reply(_ fixture: String, of kind: String = setupToken) throws -> Reply {
        struct NoSuchFixture: Error { let name: String }
        guard let found = policies[id: kind]?.fixtures.first(where: { $0.name == fixture }) else {
            throw NoSuchFixture(name: fixture)
        }
        return found.reply
    }

    /// A made-up token of the right length.
    func token() throws -> SecretBox {
        try SecretBox("sk-ant-" + "oat01-" + String(repeating: "x", count: 95))
    }
}
