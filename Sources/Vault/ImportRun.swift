internal import Lifecycle
internal import Sealing
internal import Wire

/// One pass over a source: what it found, and what of it is wrong.
struct ImportRun {
    let order: ImportOrder
    let kinds: [PasteKind]
    let baseURL: BaseURL?
    var report: ImportReport
    private(set) var problems: [ImportProblem] = []
    /// Names that are taken, at most `mostNamed`, and how many there are.
    private var existing: (names: [CredentialName], count: Int) = ([], 0)
    /// Lines by the first half of the name's tag: 1,000,000 names are about 40 MB, and two of them fall together once in 10^7 runs.
    private var lines: [UInt64: Int] = [:]
    /// By kind and host: the first credential that is to be probed, while nobody agreed to such probes; nil when someone did.
    var consents: [String: (id: RecordID, description: Description)?] = [:]
    /// What the next part of the commit holds.
    var batch: [Change] = []

    static let mostNamed = 10

    /// - Throws: exit code 64 for a kind or a base URL that is none.
    init(_ order: ImportOrder, _ catalogue: PolicyCatalogue) throws(Fault) {
        if let kind = order.kind, catalogue[id: kind] == nil { throw .unknownKind(kind, catalogue) }
        self.order = order
        kinds = catalogue.pasteKinds
        baseURL = try Vault.baseURL(order.baseURL, verb: "import")
        report = ImportReport(form: "", isRehearsal: order.isRehearsal)
    }

    var isChosen: Bool { ["json_lines", ImportReader.sealedForm].contains(report.form) }

    /// - Throws: exit code 65 when there is no point in looking for more.
    mutating func add(_ problem: ImportProblem) throws(Fault) {
        problems.append(problem)
        if problems.count == Self.mostNamed { throw refusal(isAll: false) }
    }

    mutating func skip(_ entry: ImportEntry, _ reason: ImportSkip) {
        report.left[reason.rawValue, default: 0] += 1
        if reason.leavesSecret { report.leftSecrets += 1 }
        if report.skipped.count < ImportReport.mostListed {
            report.skipped.append(.init(line: entry.line, reason: reason))
        }
    }

    mutating func addExisting(_ name: CredentialName) {
        existing.count += 1
        if existing.names.count < Self.mostNamed { existing.names.append(name) }
    }

    mutating func addTaken(_ entry: ImportEntry, _ description: Description) {
        report.imported += 1
        report.kinds[description.kind, default: 0] += 1
        guard report.credentials.count < ImportReport.mostListed else { return }
        report.credentials.append(
            .init(
                line: entry.line, name: description.name, kind: description.kind,
                fingerprint: description.fingerprint, length: description.length))
    }

    /// The line that has this name already; nil when none has.
    mutating func line(with tag: [UInt8], or line: Int) -> Int? {
        let key = tag.prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
        if let earlier = lines[key] { return earlier }
        lines[key] = line
        return nil
    }

    /// - Throws: exit code 65 when a line is bad, 64 when names are taken.
    func requireClean() throws(Fault) {
        guard problems.isEmpty else { throw refusal(isAll: true) }
        guard existing.count == 0 else { throw taken }
    }

    private func refusal(isAll: Bool) -> Fault {
        var parts = problems.prefix(3).map(\.message)
        let others = problems.dropFirst(3).map { "\($0.line)" }
        if !others.isEmpty {
            parts.append("also line\(others.count == 1 ? "" : "s") " + others.joined(separator: ", "))
        }
        if !isAll { parts.append("there may be more") }
        let hint =
            problems.allSatisfy { $0.line == 0 }
            ? "secret import --help" : "mend or remove what is named, then run the same command again"
        return Fault(
            .refused, "import_refused", "nothing was imported: " + parts.joined(separator: "; "), hint: hint)
    }

    private var taken: Fault {
        let more = existing.count - existing.names.count
        let names = existing.names.map(\.description).joined(separator: ", ")
        return Fault(
            .usage, "exists",
            "nothing was imported: \(existing.count == 1 ? "a name is" : "names are") stored already: \(names)"
                + (more > 0 ? " and \(more) more" : ""),
            hint: "leave them as they are with --skip-existing, or put all below another name with --prefix")
    }
}
