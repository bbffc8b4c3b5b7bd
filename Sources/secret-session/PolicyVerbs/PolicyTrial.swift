internal import ArgumentParser
internal import Lifecycle
internal import Policies
internal import Wire

/// `policy check`: reads files strictly and says what a person will be asked about them.
struct PolicyInspection: SessionVerb {
    static let configuration = CommandConfiguration(commandName: "check")
    @Flag var json = false
    @Argument var files: [String] = []

    private struct Row: Encodable {
        let file: String
        let id: String?
        let problem: String?
        let confirm: [String]
    }
    private struct Report: Encodable { let files: [Row] }

    func perform() throws(Fault) -> ExitCode {
        let known: PolicyCatalogue
        do { known = try BuiltInPolicies.load() } catch {
            throw Fault(.configuration, "policy", error.message, hint: "secret --version")
        }
        let rows = files.isEmpty ? own(known) : files.map { inspect($0, known) }
        let lines = rows.map { row in
            if let problem = row.problem { return "wrong: \(problem)" }
            let terms =
                row.confirm.isEmpty
                ? "good" : "good, and `secret probe` will ask: \(row.confirm.joined(separator: "; "))"
            return "\(row.file): \(row.id ?? ""), \(terms)"
        }
        guard let wrong = rows.first(where: { $0.problem != nil }) else {
            let hint = rows.isEmpty ? "no policy file of your own in \(ValueShelf.places.policies)" : ""
            let used = "files of that folder are read when the daemons start: secret daemon stop"
            try show(Report(files: rows), (lines + [rows.isEmpty ? hint : used]).joined(separator: "\n"))
            return .done
        }
        throw Fault(
            .configuration, "policy", wrong.problem ?? "a policy is wrong",
            hint: "correct the file, then run: secret policy check")
    }

    private func own(_ known: PolicyCatalogue) -> [Row] {
        let own = OwnPolicies(folder: ValueShelf.places.policies)
        guard let loaded = try? BuiltInPolicies.load(with: own) else { return [] }
        let wrong = loaded.problems.map { Row(file: $0.file, id: nil, problem: $0.message, confirm: []) }
        let good = loaded.catalogue.policies.filter { $0.origin.digest != nil }.map {
            Row(file: $0.origin.words, id: $0.id, problem: nil, confirm: $0.toConfirm)
        }
        return good + wrong
    }

    private func inspect(_ path: String, _ known: PolicyCatalogue) -> Row {
        do throws(PolicyFileProblem) {
            let policy = try OwnPolicies.policy(at: path)
            return Row(
                file: path, id: policy.id, problem: nil, confirm: policy.confirmations(insteadOf: known[id: policy.id]))
        } catch {
            return Row(file: path, id: nil, problem: error.message, confirm: [])
        }
    }
}

/// `policy test`: judges every example answer.
struct PolicyTrial: SessionVerb {
    static let configuration = CommandConfiguration(commandName: "test")
    @Flag var json = false
    @Argument var subjects: [String] = []

    private struct Row: Encodable {
        let id: String
        let right, fixtures: Int
        let wrong: [String]
    }
    private struct Report: Encodable {
        let policies: [Row]
        let right, fixtures: Int
    }

    func perform() throws(Fault) -> ExitCode {
        let policies = try self.policies().sorted { $0.id < $1.id }
        let rows = policies.map { policy in
            let wrong = policy.fixtures.compactMap { Self.complaint($0, policy) }
            return Row(
                id: policy.id, right: policy.fixtures.count - wrong.count, fixtures: policy.fixtures.count, wrong: wrong
            )
        }
        let (right, all) = (rows.reduce(0) { $0 + $1.right }, rows.reduce(0) { $0 + $1.fixtures })
        if let first = rows.flatMap(\.wrong).first {
            throw Fault(
                .configuration, "fixture",
                "\(right) of \(all) examples are judged right; the first that is not: \(first)",
                hint: "secret policy check")
        }
        let lines = rows.map { [$0.id, "\($0.right) of \($0.fixtures)"] }
        try show(
            Report(policies: rows, right: right, fixtures: all),
            Self.table(lines) + "\n\(right) of \(all) examples of \(rows.count) kinds are judged right")
        return .done
    }

    /// Kinds by id, files by path; without a name, all that the daemons know.
    private func policies() throws(Fault) -> [Policy] {
        let known = try catalogue().catalogue
        guard !subjects.isEmpty else { return known.policies }
        return try subjects.map { (subject) throws(Fault) in
            guard subject.hasSuffix(".yaml") else { return try policy(subject, in: known) }
            do throws(PolicyFileProblem) { return try OwnPolicies.policy(at: subject) } catch {
                throw Fault(.configuration, "policy", error.message, hint: "secret policy check")
            }
        }
    }

    private static func complaint(_ fixture: Fixture, _ policy: Policy) -> String? {
        let outcome = judge(fixture.reply, by: policy, now: Timestamp(seconds: 1_767_225_600), retryFloor: .zero)
        guard outcome.kind != fixture.expect || (fixture.reason ?? outcome.reason) != outcome.reason else { return nil }
        let expected = "\(fixture.expect.rawValue)\(fixture.reason.map { " (\($0))" } ?? "")"
        return "\(policy.id) \(fixture.name): expected \(expected), judged \(outcome.kind.rawValue) (\(outcome.reason))"
    }
}
