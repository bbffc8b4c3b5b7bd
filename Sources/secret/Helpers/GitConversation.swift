import Glibc
import Lifecycle
import Sealing
import Wire

/// One call of git: it gets the value that is sealed with its host, and what it learned from a person is kept.
///
/// A value that a server refused is not deleted, because one answer is no proof: it is withheld from git until another is stored.
struct GitConversation {
    private let task: GitTask
    private let input: SecretBox
    private let request: GitRequest
    private let agent = Agent(common: .ofHelper)

    /// - Throws: exit code 64 for what git never writes.
    init(_ task: GitTask, _ input: SecretBox) throws(Fault) {
        guard let request = GitRequest(input.bytes) else {
            throw Fault(
                .usage, "git_request", "stdin does not hold what git writes to a credential helper",
                hint: "printf 'protocol=https\\nhost=github.com\\n\\n' | secret helper git get")
        }
        self.task = task
        self.input = input
        self.request = request
    }

    func perform() throws(Fault) -> ExitCode {
        guard let host = try host() else { return .done }
        switch task {
        case .get: try get(host)
        case .store: try store(host)
        case .erase: try erase(host)
        }
        return .done
    }

    /// Nil for a protocol without hosts of ours, such as ssh or a certificate's passphrase.
    ///
    /// - Throws: exit code 77 for a blank host, one that is none, and http to another machine.
    private func host() throws(Fault) -> BoundHost? {
        guard let scheme = BaseURL.Scheme(rawValue: request.scheme) else { return nil }
        do throws(BaseURL.Problem) { return try BoundHost(request.host, scheme: scheme) } catch {
            throw Fault(
                .notPermitted, "wrong_host",
                error == .plainTextOffThisMachine
                    ? "git would send a token over http in clear; it was not given"
                    : "git names no host that a token may be sent to",
                hint: "git remote -v")
        }
    }

    private func bound(_ host: BoundHost) throws(Fault) -> [BoundReport] {
        guard case .bound(let reports) = try agent.ask(.bound(host, request.account)).0 else {
            throw Fault.unexpectedAnswer
        }
        return reports
    }

    private func get(_ host: BoundHost) throws(Fault) {
        guard let report = try bound(host).first else { return }
        let value = try agent.read(report.name, use: .git, host: host)
        guard value.bytes.isOneLine else { throw Fault.notOneLine(report.name) }
        // Servers that take tokens do not look at the name, but want one: docs.github.com, authenticating as an installation.
        let account = request.account?.text ?? report.account?.text ?? "x-access-token"
        let end = report.expiresAt.flatMap(Timestamp.init(rfc3339:)).map {
            "password_expiry_utc=\($0.milliseconds / 1000)\n"
        }
        guard Voice.output("username=\(account)\n\(end ?? "")password=", secret: value, "\n", to: STDOUT_FILENO) else {
            throw Fault(.inputOutput, "stdout", "stdout cannot be written (errno \(errno))")
        }
    }

    /// git tells every value that worked, also one that it got from here.
    private func store(_ host: BoundHost) throws(Fault) {
        guard let value = try password() else { return }
        let known = try bound(host)
        for report in known where try isStored(report, value, host) { return }
        var order = StoreOrder(name: known.first?.name ?? name(host))
        guard known.isEmpty else { return try rotate(order.name, value) }
        (order.kind, order.hosts, order.account) = (Policy.generic, [host], request.account)
        do throws(Fault) { _ = try agent.ask(.add(order), secret: value) } catch {
            // Withheld, and typed again.
            guard error.id == "exists", try isForHost(order.name, host) else { throw error }
            try rotate(order.name, value)
        }
    }

    /// Live at once, because the server has taken it already; kind, hosts and account stay.
    private func rotate(_ name: CredentialName, _ value: SecretBox) throws(Fault) {
        var order = StoreOrder(name: name)
        order.now = true
        do throws(Fault) { _ = try agent.ask(.rotate(order), secret: value) } catch {
            guard error.id == "same_value" else { throw error }
        }
    }

    /// Two hosts may give the same name; the value of one is not replaced by that of the other.
    private func isForHost(_ name: CredentialName, _ host: BoundHost) throws(Fault) -> Bool {
        guard case .status(let report) = try agent.ask(.status(StatusQuery(name: name))).0 else {
            throw Fault.unexpectedAnswer
        }
        return report.credentials.first?.hosts == [host.description]
    }

    private func erase(_ host: BoundHost) throws(Fault) {
        let value = try password()
        for report in try bound(host) {
            if let value, !(try isStored(report, value, host)) { continue }
            _ = try agent.ask(.withhold(report.name, fingerprint: report.fingerprint))
        }
    }

    private func isStored(_ report: BoundReport, _ value: SecretBox, _ host: BoundHost) throws(Fault) -> Bool {
        try agent.read(report.name, use: .git, host: host).bytes.matches(value.bytes)
    }

    private func password() throws(Fault) -> SecretBox? {
        guard let range = request.password else { return nil }
        do { return SecretBox(try input.bytes.extracting(range)) } catch {
            throw Fault(.fault, "locked_memory", "no locked memory is left for a secret", hint: "ulimit -l")
        }
    }

    /// `git-github.com/alice`.
    private func name(_ host: BoundHost) -> CredentialName {
        CredentialName(nearest: ["git-\(host)"] + [request.account?.text].compactMap(\.self))
    }
}
