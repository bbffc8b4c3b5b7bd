import FoundationEssentials
import Glibc
import Lifecycle
import Sealing
import Synchronization
import Wire

/// The way to the key holder: starts the daemons that do not answer, and opens the vault by the keyring when that is its way.
struct Agent {
    static let places = Places(environment: ProcessInfo.processInfo.environment)
    let common: CommonOptions
    /// What the key holder said first when it was asked last.
    static let heard = Mutex<Welcome?>(nil)

    /// An answer; a failure that the daemon tells becomes the thrown fault.
    ///
    /// What failed for want of `secret-session` changed nothing, and is asked again once that runs. One that knows no keyring ends: the
    /// next learns the bus of this command.
    /// - Parameter file: a descriptor that goes along, beside or in place of a secret.
    func ask(
        _ request: Request, secret: SecretBox? = nil, file: Int32? = nil, opening: Bool = true
    ) throws(Fault) -> (Answer, SecretBox?) {
        var absences = 0
        for _ in 0..<Self.mostSessionStarts {
            do throws(Fault) { return try askOnce(request, secret, file, opening: opening) } catch {
                if error.id == Fault.keyringAbsent { absences += 1 }
                let wantsSession = error.id == Fault.noSession || absences == 1 && error.id == Fault.keyringAbsent
                guard wantsSession, startSession() == nil else { throw error }
                if let file, lseek(file, 0, SEEK_SET) != 0 { throw error }
            }
            // One that is about to end still holds its lock.
            _ = poll(nil, 0, 20)
        }
        return try askOnce(request, secret, file, opening: opening)
    }

    static let mostSessionStarts = 20

    private func askOnce(
        _ request: Request, _ secret: SecretBox?, _ file: Int32?, opening: Bool
    ) throws(Fault) -> (Answer, SecretBox?) {
        let client = try connect()
        Self.heard.withLock { $0 = client.welcome }
        if opening, client.welcome.vault == .locked { try KeyringSlot(agent: self).openQuietly() }
        let result: (Answer, SecretBox?)
        do {
            if let file {
                result = try client.call(request, secret: secret, file: file, as: Answer.self)
            } else if let secret {
                result = try client.call(request, secret: secret.bytes, as: Answer.self)
            } else {
                result = try client.call(request, as: Answer.self)
            }
        } catch { throw Self.fault(error) }
        if case .failure(let fault) = result.0 { throw fault }
        return result
    }

    /// Connected to a daemon of our version; daemons that do not run are started.
    func connect() throws(Fault) -> Client {
        do {
            return try startingOthers(Client(socket: Self.places.agentSocket, program: "secret"))
        } catch let error as WireError {
            guard error == .nobodyThere else { throw Self.fault(error) }
        } catch let fault as Fault {
            throw fault
        } catch {
            throw Fault(.fault, "connect", "the daemon cannot be reached")
        }
        do { try Self.places.make() } catch { throw Self.fault(error) }
        if let fault = try start("secretd", extra: [:]), fault.id != "vault_in_use" { throw fault }
        return try startingOthers(try waitForSocket())
    }

    /// A daemon that holds the lock but does not listen yet is given a moment.
    private func waitForSocket() throws(Fault) -> Client {
        for _ in 0..<50 {
            do throws(WireError) { return try Client(socket: Self.places.agentSocket, program: "secret") } catch {
                guard error == .nobodyThere else { throw Self.fault(error) }
            }
            _ = poll(nil, 0, 100)
        }
        throw Fault(
            .unreachable, "daemon_silent", "another secretd holds the vault and does not answer",
            hint: "secret daemon stop")
    }

    /// The prober and the keyring's keeper are other programs, which the key holder must not start; without them nothing else suffers.
    private func startingOthers(_ client: consuming Client) throws(Fault) -> Client {
        if !client.welcome.prober, let fault = startHelper("secret-prober", runs: "prober_runs"), !common.quiet {
            Voice.note("the prober does not start, so nobody is asked: \(fault.message)")
        }
        if !client.welcome.session || Self.hasIdleDesktop, let fault = startSession(), !common.quiet {
            Voice.note("the keyring cannot be reached: \(fault.message)")
        }
        return client
    }

    /// A session bus that notices could go to, with nobody to send them.
    private static let hasIdleDesktop: Bool = {
        let address = ProcessInfo.processInfo.environment["DBUS_SESSION_BUS_ADDRESS"] ?? ""
        let path = address.prefix { $0 != "," }
        guard path.hasPrefix("unix:path=") else { return false }
        let isThere = unsafe access(String(path.dropFirst("unix:path=".count)), R_OK | W_OK) == 0
        return isThere && (try? Client.process(at: places.sessionSocket)) == nil
    }()

    /// Nil when the keyring's keeper serves.
    func startSession() -> Fault? { startHelper("secret-session", ["serve"], runs: "session_runs", within: 1_000) }

    /// Nil when it serves; one that runs already says so by its fault's id.
    private func startHelper(
        _ name: String, _ words: [String] = [], runs: String, within milliseconds: Int32 = 10_000
    ) -> Fault? {
        // Freed memory of the libraries is overwritten at once (facts/security.md §3.3): no copy of a token outlives its probe, where the
        // HTTP client left two. A probe costs the same with and without, 1.3 to 1.7 ms of CPU.
        let tunables = ["GLIBC_TUNABLES": "glibc.malloc.tcache_count=0:glibc.malloc.perturb=165"]
        do throws(Fault) {
            let fault = try start(name, words, extra: tunables, within: milliseconds)
            return fault?.id == runs ? nil : fault
        } catch { return error }
    }

    /// Starts a daemon and waits for its word; nil when it serves.
    private func start(
        _ name: String, _ words: [String] = [], extra: [String: String], within milliseconds: Int32 = 10_000
    ) throws(Fault) -> Fault? {
        var word = try Pipe()
        let log = unsafe open(
            Self.places.state + "/" + name + ".log", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC | O_NOFOLLOW, 0o600)
        defer { if log >= 0 { close(log) } }
        let output: Int32? = log >= 0 ? log : nil
        _ = try Program.start(
            name, words + ["--started"], descriptors: [nil, output, output, word.writing], leads: true, extra: extra)
        word.closeWriting()
        return Readiness.heard(on: word.reading, program: name, within: milliseconds)
    }

    /// What a failure to talk means to a person.
    static func fault(_ error: WireError) -> Fault {
        switch error {
        case .nobodyThere: Fault(.unreachable, "no_daemon", "the daemon does not run", hint: "secret daemon start")
        case .untrustedSocket:
            Fault(
                .notPermitted, "untrusted_socket",
                "the folder \(places.runtime) is not private to this user; nothing was sent",
                hint: "chmod 0700 \(places.runtime)")
        case .foreignPeer(let uid):
            Fault(
                .notPermitted, "foreign_daemon", "another user (uid \(uid)) answers at the socket; nothing was sent",
                hint: "ls -l \(places.runtime)")
        case .otherVersion(let number, let build):
            Fault(
                .unreachable, "other_version",
                "the daemon is of another version (\(Printable.line(build)), protocol \(number); this is \(buildVersion), protocol \(protocolVersion))",
                hint: "secret daemon stop")
        case .closed:
            Fault(.unreachable, "daemon_closed", "the daemon went away before it answered", hint: "secret status")
        case .timedOut, .busy:
            Fault(.unreachable, "daemon_slow", "the daemon did not answer in time", hint: "secret daemon status")
        case .malformed: Fault(.fault, "malformed", "the daemon's answer cannot be read", hint: "secret daemon stop")
        case .lockedMemoryExhausted:
            Fault(.fault, "locked_memory", "no locked memory is left for a secret", hint: "ulimit -l")
        case .failed(let code):
            Fault(
                .inputOutput, "socket", "the socket below \(places.runtime) cannot be used (errno \(code))",
                hint: "secret daemon status")
        }
    }
}
