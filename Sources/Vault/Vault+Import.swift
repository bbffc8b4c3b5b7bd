internal import Lifecycle
internal import Sealing
internal import Storage
package import Wire

extension Vault {
    /// Takes what a file holds into the vault: all of it that is a credential, or nothing.
    ///
    /// The first pass stores nothing and finds what is wrong; the second one stores. Nobody is asked now: the first probes are spread
    /// over time. Nothing else happens to the vault meanwhile.
    package func importing(_ order: ImportOrder, from source: ImportSource) throws(Fault) -> Answer {
        let vault = try opened()
        let reader = ImportReader(
            source: source, request: .init(now: surroundings.now(), withShortLived: order.withShortLived))
        var trial = try ImportRun(order, catalogue)
        try pass(reader, &trial, vault, isStoring: false)
        guard !order.isRehearsal else { return .imported(trial.report) }
        if !order.isAccepted, let question = question(for: trial) { return .question(question) }
        guard trial.report.imported > 0 else { return .imported(trial.report) }
        var run = try ImportRun(order, catalogue)
        try commitTogether { () throws(Fault) in
            try pass(reader, &run, vault, isStoring: true)
            for case .some(let (id, description)) in run.consents.values {
                run.batch += try consent(description, of: id, vault)
            }
            let detail = "\(run.report.imported) credentials from \(run.report.form)"
            try commitPart(run.batch + [.entry(Event(event: .imported, version: nil, detail: detail), of: nil)])
        }
        return .imported(run.report)
    }

    /// Credentials that are written in one part: each has three changes.
    private static let partSize = 500

    private func pass(
        _ reader: ImportReader, _ run: inout ImportRun, _ vault: OpenVault, isStoring: Bool
    ) throws(Fault) {
        var pass = run
        defer { run = pass }
        try reader.read(
            form: { pass.report.form = $0 }, problem: { (problem) throws(Fault) in try pass.add(problem) },
            entry: { (entry, bytes) throws(Fault) in
                guard let found = try credential(in: entry, bytes, &pass, vault) else { return }
                guard isStoring else { return }
                pass.batch += try changes(for: found, place: pass.report.imported - 1, vault)
                guard pass.batch.count >= 3 * Self.partSize else { return }
                try commitPart(pass.batch)
                pass.batch = []
            })
        try pass.requireClean()
    }

    /// Nil for what is left where it is, and for what is wrong.
    private func credential(
        in entry: ImportEntry, _ bytes: Span<UInt8>, _ run: inout ImportRun, _ vault: OpenVault
    ) throws(Fault) -> FoundCredential? {
        do throws(ImportObstacle) {
            let found = try find(entry, bytes, &run, vault)
            run.addTaken(entry, found.description)
            return found
        } catch {
            switch error {
            case .left(let reason): run.skip(entry, reason)
            case .taken(let name): run.addExisting(name)
            case .wrong(let code): try run.add(ImportProblem(line: entry.line, code))
            case .fault(let fault): throw fault
            }
            return nil
        }
    }

    private func find(
        _ entry: ImportEntry, _ bytes: Span<UInt8>, _ run: inout ImportRun, _ vault: OpenVault
    ) throws(ImportObstacle) -> FoundCredential {
        guard case .value(let content) = entry.content else {
            if case .skipped(let reason) = entry.content { throw .left(reason) }
            throw .left(.unreadable)
        }
        guard entry.home != .keyring else { throw .wrong(.keyring) }
        let name = try run.name(of: entry)
        let (value, kind) = try run.value(content, of: entry, bytes)
        let tag = vault.lookup.tag(ofName: name.description)
        if let line = run.line(with: tag, or: entry.line) { throw .wrong(.repeatedName(line: line)) }
        try requireFree(name, tag, run, vault)
        return try orFault { () throws(Fault) in
            let fingerprint = try sealing { () throws(SealingError) in
                try vault.fingerprints.fingerprint(of: value.bytes)
            }
            let description = Description(
                name: name, kind: kind, baseURL: entry.baseURL ?? run.baseURL, hosts: entry.hosts,
                account: entry.account,
                fingerprint: fingerprint, length: value.bytes.count, pasted: surroundings.now(), minted: entry.minted,
                declaredExpiry: entry.expires, ownExpiry: ownExpiry(of: value, kind: kind))
            let found = FoundCredential(
                id: .random(), tag: tag, value: value, description: description,
                probing: try probing(wanted: entry.probing, run.order.probing, kind: kind))
            let place = "\(kind) \(host(for: description))"
            if found.probing == .on, run.consents[place] == nil {
                let isOpen = try self.question(for: description, accepted: false, vault) != nil
                run.consents[place] = .some(isOpen ? (found.id, description) : nil)
            }
            return found
        }
    }

    private func requireFree(
        _ name: CredentialName, _ tag: [UInt8], _ run: ImportRun, _ vault: OpenVault
    ) throws(ImportObstacle) {
        // A store that hides a row is found out when the row's bucket is changed.
        let isTaken = try orFault { () throws(Fault) in
            guard try storing({ () throws(StorageError) in try store.row(tag: tag) }) != nil else { return false }
            return try listedRow(tag: tag, vault) != nil
        }
        guard isTaken else { return }
        throw run.order.skipsExisting ? .left(.exists) : .taken(name)
    }

    /// The changes that store it; when it is asked about first depends on how many were stored before it.
    private func changes(for found: FoundCredential, place: Int, _ vault: OpenVault) throws(Fault) -> [Change] {
        let now = surroundings.now()
        let (id, description) = (found.id, found.description)
        var row = CredentialRow(versions: Versions(firstStoredAt: now), storedAt: now, probing: found.probing)
        if found.probing == .on {
            row.due.live = schedule(for: description).firstDue(place: place, seed: id.seed, now: now)
        }
        let event = Event(event: .added, version: 1, detail: description.kind, name: description.name)
        return [
            .insert(Credential(id: id, tag: found.tag, row: row, description: description)),
            .store(.insertVersion(try sealed(found.value, description, version: 1, of: id, vault), number: 1, of: id)),
            .entry(event, of: id),
        ]
    }

    /// One question for all kinds whose probes nobody agreed to yet.
    private func question(for run: ImportRun) -> Question? {
        let open = run.consents.sorted { $0.key < $1.key }.compactMap { $0.value?.description }
        guard !open.isEmpty else { return nil }
        let places = open.map { "\($0.kind) at \(host(for: $0))" }.joined(separator: ", ")
        var terms: [String] = []
        for kind in open.map(\.kind) {
            if let text = catalogue[id: kind]?.probe.consent, !terms.contains(text) { terms.append(text) }
        }
        return Question(
            .probe, "these would be checked on a timer by free requests: \(places). \(terms.joined(separator: " "))")
    }
}

/// A value that is to be stored, and what is known of it.
private struct FoundCredential {
    let id: RecordID
    let tag: [UInt8]
    let value: SecretBox
    let description: Description
    let probing: Probing
}

/// Why an entry is not stored.
enum ImportObstacle: Error {
    case left(ImportSkip)
    /// The name is.
    case taken(CredentialName)
    case wrong(ImportProblem.Code)
    case fault(Fault)
}

/// Work that fails for a reason that is not the entry's.
private func orFault<Value>(_ work: () throws(Fault) -> Value) throws(ImportObstacle) -> Value {
    do throws(Fault) { return try work() } catch { throw .fault(error) }
}

extension ImportRun {
    fileprivate func name(of entry: ImportEntry) throws(ImportObstacle) -> CredentialName {
        guard let prefix = order.prefix else { return entry.name }
        do { return try CredentialName("\(prefix)/\(entry.name)") } catch { throw .wrong(.name(error)) }
    }

    /// The value as `add` would take it, and its kind.
    fileprivate func value(
        _ content: ImportedValue, of entry: ImportEntry, _ bytes: Span<UInt8>
    ) throws(ImportObstacle) -> (SecretBox, String) {
        var wanted: String?
        if case .kind(let kind) = entry.hint {
            if kind == Policy.generic { return (try exact(content, bytes), kind) }
            guard kinds.contains(where: { $0.id == kind }) else { throw .wrong(.content("kind")) }
            if entry.isExact { return (try exact(content, bytes), kind) }
            wanted = kind
        } else if isChosen {
            wanted = order.kind
        }
        guard content.spelling != .plain else { return try value(bytes.extracting(content.range), of: entry, wanted) }
        let resolved: SecretBytes
        do throws(SealingError) {
            resolved = try SecretBytes(capacity: content.range.count) { content.write(bytes, to: &$0) }
        } catch { throw .fault(Fault(error)) }
        return try resolved.withBytes { span throws(ImportObstacle) in try value(span, of: entry, wanted) }
    }

    private func exact(_ content: ImportedValue, _ bytes: Span<UInt8>) throws(ImportObstacle) -> SecretBox {
        do throws(SealingError) {
            let value = try SecretBytes(capacity: content.range.count) { content.write(bytes, to: &$0) }
            guard value.count > 0 else { throw .streamFrame }
            return SecretBox(value)
        } catch { throw .fault(Fault(stream: error, .reading)) }
    }

    private func value(
        _ bytes: Span<UInt8>, of entry: ImportEntry, _ wanted: String?
    ) throws(ImportObstacle) -> (SecretBox, String) {
        let reading = Paste.read(bytes, kinds: kinds, wanted: wanted, asIs: false)
        switch ImportDecision(reading, for: entry, isChosen: isChosen, only: isChosen ? nil : order.kind) {
        case .skip(let reason): throw .left(reason)
        case .refuse(let code): throw .wrong(code)
        case .take(let cleaned, let guess):
            do throws(SealingError) {
                let value = try SecretBytes(capacity: cleaned.count) { output in
                    for range in cleaned.ranges { for place in range { output.append(bytes[place]) } }
                }
                return (SecretBox(value), guess.kind.id)
            } catch { throw .fault(Fault(error)) }
        }
    }
}
