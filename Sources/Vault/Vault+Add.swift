internal import Lifecycle
internal import Sealing
internal import Storage
internal import Synchronization
internal import Wire

extension Vault {
    /// Stores a new credential, then asks the provider once when its probing is active.
    ///
    /// It is stored in every case but a bad shape or an open question; what the provider says is told, not a condition.
    func add(_ order: StoreOrder, paste: SecretBox?) async throws(Fault) -> Answer {
        let vault = try opened()
        let tag = vault.lookup.tag(ofName: order.name.description)
        guard try listedRow(tag: tag, vault) == nil else {
            throw .exists(order.name)
        }
        var intake: Intake
        switch try Intake.read(paste, order, verb: "add", wanted: order.kind, catalogue) {
        case .question(let question): return .question(question)
        case .taken(let taken): intake = taken
        }
        let description = try describe(intake, order, verb: "add", before: nil, vault)
        let probing = try self.probing(order.probing, kind: intake.kind)
        if probing == .on,
            let question = try question(for: description, accepted: order.accepted.contains(.probe), vault)
        {
            return .question(question)
        }
        if let twin = try twin(of: description.fingerprint, vault) {
            intake.notes.append("the same value is stored as \(twin)")
        }
        let id = try await commitNew(
            description, intake.value, tag: tag, probing: probing, in: order.store ?? .vault, vault)
        let first = probing == .on ? await askFirst(id, version: 1, intake.value) : (outcome: nil, note: nil)
        let notes = intake.notes + [first.note].compactMap(\.self)
        return .stored(
            try stored(
                id, version: 1, description, removed: intake.removed, notes: notes, outcome: first.outcome, vault))
    }

    private func commitNew(
        _ description: Description, _ value: SecretBox, tag: [UInt8], probing: Probing, in home: ValueHome,
        _ vault: OpenVault
    ) async throws(Fault) -> RecordID {
        let id = RecordID.random()
        let placed = try await place(value, description, version: 1, of: id, in: home, vault)
        do throws(Fault) {
            try commitNew(placed, description, of: id, tag: tag, probing: probing, vault)
        } catch {
            abandon([placed])
            throw error
        }
        return id
    }

    /// The one step that makes the credential exist; its value may have taken time to get to the keyring.
    private func commitNew(
        _ placed: PlacedVersion, _ description: Description, of id: RecordID, tag: [UInt8], probing: Probing,
        _ vault: OpenVault
    ) throws(Fault) {
        guard try opened() === vault else { throw .changedMeanwhile(description.name) }
        try requireWanted([placed.item].compactMap(\.self), description.name)
        guard try storing({ () throws(StorageError) in try store.row(tag: tag) }) == nil else {
            throw .exists(description.name)
        }
        let now = surroundings.now()
        let versions = Versions(firstStoredAt: now, item: placed.item)
        let row = CredentialRow(versions: versions, storedAt: now, probing: probing)
        let credential = Credential(id: id, tag: tag, row: row, description: description)
        var changes: [Change] = [
            .insert(credential),
            .store(.insertVersion(placed.stored, number: 1, of: id)),
            .entry(Event(event: .added, version: 1, detail: description.kind, name: description.name), of: id),
        ]
        if probing == .on { changes += try consent(description, of: id, vault) }
        try commit(changes)
    }

    /// Records what a person accepted, with an event of its own.
    func consent(_ description: Description, of id: RecordID, _ vault: OpenVault) throws(Fault) -> [Change] {
        guard let change = try consentChange(for: description, vault) else { return [] }
        let event = Event(event: .consented, version: nil, detail: "probes of \(host(for: description)) accepted")
        return [.store(change), .entry(event, of: id)]
    }

    /// What was asked for, else what the kind's policy says.
    ///
    /// - Throws: exit code 64 when the timer is to ask what it cannot ask, or what is billed.
    func probing(_ choice: StoreOrder.ProbeChoice?, kind: String) throws(Fault) -> Probing {
        let policy = catalogue[id: kind]
        switch choice {
        case .active where !canBeTimed(kind): throw .isNotTimed(kind, isBilled: isBilled(kind))
        case .active: return .on
        case .passive: return .passive
        case .off: return .off
        case nil where kind == Policy.generic: return .off
        case nil:
            switch policy?.probe.mode {
            case .active: return .on
            case .off: return .off
            case .passive, nil: return .passive
            }
        }
    }

    /// As `probing(_:kind:)` for one of many kinds: what a timer cannot ask is left at what its policy says.
    func probing(wanted: Probing?, _ choice: StoreOrder.ProbeChoice?, kind: String) throws(Fault) -> Probing {
        if let wanted, wanted != .on || canBeTimed(kind) { return wanted }
        return try probing(choice == .active && !canBeTimed(kind) ? nil : choice, kind: kind)
    }

    /// Whether a request exists that a timer may send.
    private func canBeTimed(_ kind: String) -> Bool {
        catalogue[id: kind]?.probe.request != nil && !isBilled(kind)
    }

    /// Whether asking costs money.
    func isBilled(_ kind: String) -> Bool { catalogue[id: kind]?.probe.cost == .metered }

    /// - Throws: exit code 64 for a base URL that is none; the text is not repeated, it may be a token.
    static func baseURL(_ text: String?, verb: String) throws(Fault) -> BaseURL? {
        guard let text else { return nil }
        do { return try BaseURL(text) } catch {
            throw Fault(.usage, "base_url", error.message, hint: "secret help \(verb)")
        }
    }

    /// - Parameter before: in a rotation, what holds where the order says nothing.
    func describe(
        _ intake: Intake, _ order: StoreOrder, verb: String, before: Description?, _ vault: OpenVault
    ) throws(Fault) -> Description {
        let fingerprint = try sealing { () throws(SealingError) in
            try vault.fingerprints.fingerprint(of: intake.value.bytes)
        }
        return Description(
            name: order.name, kind: intake.kind,
            baseURL: try Self.baseURL(order.baseURL, verb: verb) ?? before?.baseURL,
            hosts: order.hosts.isEmpty ? before?.hosts : order.hosts, account: order.account ?? before?.account,
            fingerprint: fingerprint, length: intake.value.bytes.count, pasted: surroundings.now(),
            minted: order.minted,
            declaredExpiry: order.expires ?? intake.expires, ownExpiry: ownExpiry(of: intake.value, kind: intake.kind))
    }

    /// The end that a value names itself, where its kind does.
    func ownExpiry(of value: SecretBox, kind: String) -> Timestamp? {
        guard catalogue[id: kind]?.lifetime == .inToken else { return nil }
        return value.bytes.withBytes { TokenClaims.expiry(of: $0) }
    }

    /// Another credential whose live value is the same.
    private func twin(of fingerprint: String, _ vault: OpenVault) throws(Fault) -> CredentialName? {
        try census(vault)
        let mark = fingerprint.hashValue
        for id in vault.state.withLock({ $0.census.ids { $0.fingerprint == mark } }) {
            let other = try? credential(id, vault)
            if let other, other.description.fingerprint == fingerprint { return other.description.name }
        }
        return nil
    }

    /// What a client is told about a paste that was stored as a version; true even if the vault was locked meanwhile.
    func stored(
        _ id: RecordID, version: Int, _ description: Description, removed: String?, notes: [String], outcome: Outcome?,
        _ vault: OpenVault
    ) throws(Fault) -> StoreReport {
        guard let credential = try credential(id, vault),
            let role = credential.row.versions.all.first(where: { $0.number == version })?.role
        else {
            throw Fault(.noSuchCredential, "removed", "the credential was removed meanwhile", hint: "secret list")
        }
        return StoreReport(
            credential: try report(credential, vault), version: version, fingerprint: description.fingerprint,
            length: description.length, removed: removed, notes: notes, outcome: outcome.map(OutcomeReport.init),
            role: role)
    }
}
