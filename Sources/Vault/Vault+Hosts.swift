internal import Lifecycle
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// Where helpers may have a credential sent: the hosts that it is sealed with, else its base URL's, else those of its kind.
    func hosts(of description: Description) -> [BoundHost] {
        if let hosts = description.hosts { return hosts }
        if let url = description.baseURL { return [BoundHost(url)] }
        let hosts = catalogue[id: description.kind]?.probe.hosts ?? []
        return hosts.compactMap { try? BoundHost($0) }
    }

    /// - Throws: exit code 77 for a host that the credential is not for.
    func require(_ host: BoundHost, of credential: Credential) throws(Fault) {
        let name = credential.description.name
        guard !hosts(of: credential.description).contains(host) else { return }
        throw Fault(
            .notPermitted, "wrong_host", "\(name) is not for \(host); it was not given",
            hint: "see what it is for with `secret status \(name)`")
    }

    /// Credentials that are sealed with that host; hosts of a kind do not count, because nobody chose them.
    func bound(to host: BoundHost, _ account: AccountName?) throws(Fault) -> [BoundReport] {
        let vault = try opened()
        try census(vault)
        let found = vault.state.withLock { $0.census.ids(where: \.hasOwnHosts) }.compactMap {
            (try? credential($0, vault)) ?? nil
        }
        let fitting = found.sorted { $0.description.name < $1.description.name }.filter { credential in
            let (row, description) = (credential.row, credential.description)
            guard let hosts = description.hosts, hosts.contains(host), row.withheld != row.versions.live?.number
            else { return false }
            return account == nil || description.account == nil || description.account == account
        }
        let ranked = fitting.sorted { account != nil && $0.description.account != nil && $1.description.account == nil }
        return ranked.map { credential in
            let description = credential.description
            let end = description.expiry(
                observed: credential.row.observedExpiry, lifetime: catalogue[id: description.kind]?.lifetime)
            return BoundReport(
                name: description.name, account: description.account, fingerprint: description.fingerprint,
                expiresAt: end?.at.rfc3339)
        }
    }

    /// Keeps a value that its program was refused with from that program's helper, until another value is live; it is not deleted, and
    /// its verdict is not touched.
    ///
    /// - Throws: exit code 75 when another value is live by now.
    func withhold(_ name: CredentialName, fingerprint: String) throws(Fault) {
        let vault = try opened()
        var credential = try credential(name, vault)
        guard credential.description.fingerprint == fingerprint, let live = credential.row.versions.live else {
            throw .changedMeanwhile(name)
        }
        credential.row.withheld = live.number
        let event = Event(
            event: .withheld, version: live.number, detail: "a program was refused with it; its helper gives it no more"
        )
        try commit([.update(credential), .entry(event, of: credential.id)])
    }
}
