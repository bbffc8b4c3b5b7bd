import Foundation
import Testing

@testable import Lifecycle
@testable import Policies

@Suite struct BuiltInPoliciesTests {
    static let catalogue = Result { try BuiltInPolicies.load() }

    @Test func allLoad() throws {
        let ids = try Self.catalogue.get().policies.map(\.id)
        #expect(
            ids == [
                "anthropic.setup-token", "anthropic.admin-key", "anthropic.api-key", "openrouter.api-key",
                "openai.api-key",
            ])
    }
}
