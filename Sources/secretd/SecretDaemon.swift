import Glibc
import Lifecycle
import Logging
import Policies
import Serving
import Storage
import Vault
import Wire

/// `secretd`, the key holder: opens the vault, keeps the schedule, answers one Unix socket.
@main
struct SecretDaemon {
    static func main() async {
        await DaemonStart.run("secretd") { () async throws(Fault) in try await serve() }
    }

    private static func serve() async throws(Fault) {
        let places = try DaemonStart.places()
        guard let lock = try DaemonStart.lock(places.vaultLock, places) else {
            throw Fault(.notNow, "vault_in_use", "another secretd holds this vault", hint: "secret daemon status")
        }
        let alarm = Alarm()
        let (vault, surroundings) = try open(places, alarm)
        _ = await vault.unlockByMachine()
        let listener = try DaemonStart.listen(places.agentSocket, places)
        let timer = ProbeTimer(vault, alarm: alarm, surroundings: surroundings)
        try await DaemonSocket("secretd", listener, vault).serve(beside: [TimerService(timer: timer)])
        try await vault.close()
        withExtendedLifetime(lock) {}
    }

    private static func machineKey(_ places: Places) -> MachineCredential {
        let folder = unsafe getenv("CREDENTIALS_DIRECTORY").map { unsafe String(cString: $0) }
        return MachineCredential(folder: folder, file: MachineKeyFile(path: places.machineKey))
    }

    private static func open(_ places: Places, _ alarm: Alarm) throws(Fault) -> (Vault, Surroundings) {
        let logger = Logger(label: "secretd")
        let surroundings = Surroundings(
            now: Timestamp.current, prober: SocketProber(path: places.proberSocket),
            keeper: SocketKeeper(path: places.sessionSocket), machineKey: machineKey(places),
            anchor: AnchorFile(path: places.anchor),
            rescheduled: { alarm.ring() },
            failed: { logger.error("\($0.message)", metadata: ["reason": "\($0.id)"]) }, database: "sqlite")
        let settings = try Configuration.settings(places)
        let catalogue = try Configuration.catalogue(places)
        do {
            let store = try SQLiteStore(path: places.database)
            let vault = Vault(store: store, catalogue: catalogue, settings: settings, surroundings: surroundings)
            return (vault, surroundings)
        } catch {
            guard error == .damaged else { throw Fault(error) }
            var fault = Fault(error)
            let data = places.data
            fault.hint =
                "mv \(ShellWord(data)) \(ShellWord(data + ".damaged")), then take a backup back: secret restore --help"
            throw fault
        }
    }
}

/// What an operator and the build configured, or the fault that a person reads.
enum Configuration {
    static func settings(_ places: Places) throws(Fault) -> Settings {
        do { return try Settings.load(from: places.configurationFile) } catch {
            throw Fault(
                .configuration, "configuration", "\(places.configurationFile): \(error.message)",
                hint: "correct the file, then run: secret daemon start")
        }
    }

    /// Files that are wrong are left out; `secret policy check` names them.
    static func catalogue(_ places: Places) throws(Fault) -> PolicyCatalogue {
        do { return try BuiltInPolicies.load(with: OwnPolicies(folder: places.policies)).catalogue } catch {
            throw Fault(.configuration, "policy", error.message)
        }
    }
}
