import Foundation
import Lifecycle
import Sealing
import Storage
import Wire

@testable import Vault

extension Bench {
    static func keyringOrder(_ name: CredentialName = name) -> StoreOrder {
        order(name) { $0.store = .keyring }
    }

    /// With one credential that the keyring holds.
    static func openWithHeldToken() async throws -> Bench {
        let bench = try await Bench.open()
        try await bench.add(as: keyringOrder())
        return bench
    }

    func value(_ name: CredentialName = name) async throws -> String {
        Token.text(try await vault.read(name).value)
    }

    /// The items that a credential's kept values lie in, by version; all of them open.
    static func openItems(_ name: CredentialName, _ vault: Vault) async throws -> [Int: RecordID] {
        let opened = try await vault.opened()
        let credential = try await vault.credential(name, opened)
        var items: [Int: RecordID] = [:]
        for number in credential.row.versions.kept {
            _ = try await vault.token(credential, version: number, opened)
            items[number] = credential.row.versions[number]?.item
        }
        return items
    }
}
