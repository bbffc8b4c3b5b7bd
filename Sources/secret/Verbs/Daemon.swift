import ArgumentParser
import CLinux
import Glibc
import Lifecycle
import Wire

struct Daemon: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "daemon", abstract: "Start, stop or show the daemons.",
        subcommands: [DaemonStartVerb.self, DaemonStopVerb.self, DaemonStatusVerb.self])
}

struct DaemonStartVerb: Verb {
    static let configuration = CommandConfiguration(commandName: "start", abstract: "Start what does not run.")
    @OptionGroup var common: CommonOptions

    func perform() throws(Fault) -> ExitCode {
        let process = try Agent(common: common).connect().process
        try voice.done(.done("secretd runs (process \(process))"))
        return .done
    }
}

struct DaemonStopVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "stop", abstract: "Stop the daemons; returns when they have ended.")
    @OptionGroup var common: CommonOptions
    /// What a daemon may take to finish the answers under way.
    private static let patience: Int32 = 15_000

    func perform() throws(Fault) -> ExitCode {
        let places = Agent.places
        let keyHolder = Result { () throws(Fault) in
            try stop(places.agentSocket, lock: places.vaultLock, "secretd")
        }
        let prober = try stop(places.proberSocket, lock: places.proberLock, "secret-prober")
        let session = try stop(places.sessionSocket, lock: places.sessionLock, "secret-session")
        try voice.done(.done(try keyHolder.get() || prober || session ? "stopped" : "nothing runs"))
        return .done
    }

    /// By signal, which a daemon of any version understands; one whose socket is gone is found by its lock. False when none runs.
    private func stop(_ socket: String, lock: String, _ program: String) throws(Fault) -> Bool {
        var found: Int32?
        do { found = try Client.process(at: socket) } catch {
            guard error == .nobodyThere || error == .busy else { throw Agent.fault(error) }
        }
        guard let process = found ?? FileLock.holder(lock) else { return false }
        let handle = linux_pidfd(process)
        guard handle >= 0 else { return false }
        defer { close(handle) }
        guard kill(process, SIGTERM) == 0 else {
            throw Fault(
                .notPermitted, "not_stopped", "\(program) (process \(process)) cannot be signalled",
                hint: "kill \(process)")
        }
        // A stopped process hears the other signal when it goes on.
        kill(process, SIGCONT)
        var ended = pollfd(fd: handle, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&ended, 1, Self.patience) > 0 else {
            throw Fault(
                .notNow, "still_runs", "\(program) (process \(process)) still runs", hint: "secret daemon status")
        }
        return true
    }
}

struct DaemonStatusVerb: Verb {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Show whether the daemons run; starts nothing.")
    @OptionGroup var common: CommonOptions

    private struct Report: Encodable {
        let running: Bool
        let vault: Welcome.VaultCondition?
        let process: Int32?
        let prober: Bool
        /// Whether the keyring's keeper runs; it need not where no value lies in the keyring.
        let session: Bool
        let socket: String
    }

    func perform() throws(Fault) -> ExitCode {
        let socket = Agent.places.agentSocket
        do throws(WireError) {
            let client = try Client(socket: socket, program: "secret", timeoutSeconds: 5)
            let report = Report(
                running: true, vault: client.welcome.vault, process: client.process, prober: client.welcome.prober,
                session: (try? Client.process(at: Agent.places.sessionSocket)) != nil, socket: socket)
            try show(
                report,
                "secretd runs (process \(client.process)), vault \(client.welcome.vault.rawValue), prober \(client.welcome.prober ? "runs" : "does not run")"
            )
            return .done
        } catch {
            guard error == .nobodyThere else { throw Agent.fault(error) }
        }
        let report = Report(running: false, vault: nil, process: nil, prober: false, session: false, socket: socket)
        try voice.show(report, "secretd does not run; any command starts it")
        return .unreachable
    }

    private func show(_ report: Report, _ text: String) throws(WireError) {
        do { try voice.show(report, text) } catch { throw .malformed }
    }
}
