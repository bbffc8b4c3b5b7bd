package import Lifecycle
internal import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Puts every kept value of a credential into the other home; each is in its new home before it leaves the old one.
    ///
    /// - Returns: what happened, for a person.
    /// - Throws: `.noSuch`, a `keyring_...` fault, `changed_meanwhile`; nothing was moved then.
    package func move(_ name: CredentialName, to home: ValueHome) async throws(Fault) -> String {
        let vault = try opened()
        let credential = try credential(name, vault)
        let elsewhere = credential.row.versions.all.filter { version in
            version.role != .dead && (version.item == nil) == (home == .keyring)
        }
        guard !elsewhere.isEmpty else { return "\(name) is held in the \(home.rawValue) already" }
        switch home {
        case .keyring:
            try await moveToKeyring(credential, elsewhere, vault)
            return "\(name) is held in the keyring; the vault keeps its record and fingerprint"
        case .vault:
            let isClean = try await moveToVault(credential, elsewhere, vault)
            return "\(name) is held in the vault"
                + (isClean ? "" : "; what is left of it in the keyring opens nothing and is removed later")
        }
    }

    private func moveToKeyring(
        _ credential: Credential, _ versions: [Version], _ vault: OpenVault
    ) async throws(Fault) {
        var values: [(value: SecretBox, description: Description, number: Int)] = []
        for version in versions {
            values.append(
                (
                    try await token(credential, version: version.number, vault),
                    try description(of: credential.id, version: version.number, vault), version.number
                ))
        }
        let placed = try await placeInKeyring(values, of: credential.id, vault)
        do throws(Fault) {
            try requireWanted(placed.compactMap(\.item), credential.description.name)
            try commitMove(of: credential, placed, to: .keyring, vault)
        } catch {
            abandon(placed)
            throw error
        }
    }

    /// True when nothing is left in the keyring.
    private func moveToVault(
        _ credential: Credential, _ versions: [Version], _ vault: OpenVault
    ) async throws(Fault) -> Bool {
        let time = KeyringTime()
        var placed: [PlacedVersion] = []
        for version in versions {
            let value: SecretBox
            do throws(Fault) {
                value = try await token(credential, version: version.number, vault, within: time)
            } catch {
                // A replaced value that is lost must not hold the others back.
                guard version.role == .retiring, error.isLoss else { throw error }
                continue
            }
            let description = try description(of: credential.id, version: version.number, vault)
            let stored = try sealed(value, description, version: version.number, of: credential.id, vault)
            placed.append(PlacedVersion(number: version.number, stored: stored))
        }
        try commitMove(of: credential, placed, to: .vault, vault)
        return try await deleteDoomed(within: time)
    }

    /// The one step that makes the new home the home.
    private func commitMove(
        of before: Credential, _ placed: [PlacedVersion], to home: ValueHome, _ vault: OpenVault
    ) throws(Fault) {
        let name = before.description.name
        guard try opened() === vault, var credential = try credential(before.id, vault),
            credential.row.versions == before.row.versions
        else { throw .changedMeanwhile(name) }
        var items: [RecordID] = []
        if home == .vault {
            for version in before.row.versions.all where version.role != .dead {
                guard let item = version.item else { continue }
                items.append(item)
                if !placed.contains(where: { $0.number == version.number }) {
                    credential.row.versions.letGo(version.number)
                }
            }
        }
        var changes: [Change] = []
        for version in placed {
            credential.row.versions.move(version.number, to: version.item)
            changes.append(.store(.replaceVersion(version.stored, number: version.number, of: before.id)))
        }
        credential.row.postponed = nil
        let event = Event(event: .moved, version: nil, detail: "to the \(home.rawValue)")
        changes += [.update(credential), .entry(event, of: before.id)]
        try commit(changes + doomChanges(items) + goneValues(credential))
    }
}

extension Fault {
    /// The value is gone for good.
    fileprivate var isLoss: Bool { ["keyring_missing", "keyring_changed"].contains(id) }
}
