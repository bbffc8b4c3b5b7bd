import Lifecycle
import Policies
import Sealing
import Storage
import Synchronization
import Vault
import Wire

/// A vault in one folder, with the real store, anchor and machine key, and a provider that accepts everything.
struct Workshop {
    let vault: Vault
    let provider: WillingProvider
    /// A path.
    let backup: String

    init(_ folder: String) throws(Fault) {
        backup = folder + "/backup"
        let provider = WillingProvider()
        let clock = Mutex(Timestamp(seconds: 1_800_000_000))
        let surroundings = Surroundings(
            now: {
                clock.withLock { time in
                    time = time + .milliseconds(1)
                    return time
                }
            },
            prober: provider, keeper: NoKeyring(), machineKey: MachineKeyFile(path: folder + "/config/machine.key"),
            anchor: AnchorFile(path: folder + "/state/anchor"), rescheduled: {}, failed: { say("told \($0.id)") },
            database: "sqlite")
        do {
            let store = try SQLiteStore(path: folder + "/data/vault.db")
            vault = Vault(
                store: store, catalogue: try Self.catalogue(), settings: .standard, surroundings: surroundings)
        } catch let error as StorageError {
            throw Fault(error)
        } catch { throw Fault(.configuration, "policy", "the exerciser's own policy is wrong: \(error)") }
        self.provider = provider
    }

    func open() async {
        do throws(Fault) { try await vault.unlock(.machine, secret: nil) } catch {
            say("failed unlock \(error.code.rawValue) \(error.id)")
        }
    }

    func close() async {
        do throws(Fault) {
            try await vault.close()
            say("closed")
        } catch { say("failed close \(error.code.rawValue) \(error.id)") }
    }

    /// The value that a version of a credential has in every run; of no provider's format.
    static func value(_ number: Int, version: Int) -> String {
        let words = "n\(number)v\(version)"
        return "xtok_" + words + String(repeating: "x", count: 35 - words.utf8.count)
    }

    static func box(_ text: String) throws(Fault) -> SecretBox {
        do { return SecretBox(try SecretBytes(copying: Array(text.utf8).span)) } catch {
            throw Fault(.fault, "locked_memory", "no locked memory")
        }
    }

    static func name(_ number: Int) throws(Fault) -> CredentialName {
        do { return try CredentialName("n\(number)") } catch { throw Fault(.fault, "name", "no name") }
    }

    private static func catalogue() throws -> PolicyCatalogue {
        try PolicyCatalogue([
            policy(
                fromYAML: """
                    schema: 1
                    id: exerciser.token
                    display: Exerciser token
                    format: {prefixes: [xtok_], alphabet: alphanumeric, lengths: 40, priority: 1}
                    hosts: [exerciser.invalid]
                    probe: {mode: active, request: {method: GET, path: /, headers: {x-key: "{{token}}"}}, evidence: K}
                    provider_evidence: {any_header: [x-exerciser]}
                    rules: [{when: {status: 200}, class: valid, reason: accepted, proves_live: true, evidence: K}]
                    lifetime: hidden
                    schedule: {interval: 12h, minimum: 1h}
                    hysteresis: generic
                    replace: {page: exerciser.invalid}
                    fixtures:
                      - {name: accepted, status: 200, headers: {x-exerciser: "1"}, json: {}, expect: valid}
                    sources: [this file]
                    """, file: "exerciser.yaml")
        ])
    }
}

/// Says yes at once, with a number that grows.
final class WillingProvider: ProbeClient {
    private let asked = Atomic(0)

    func isReachable() -> Bool { true }

    func probe(_ order: ProbeOrder, token: SecretBox) async -> ProbeReport {
        let number = asked.add(1, ordering: .relaxed).newValue
        let outcome = Outcome(.valid, reason: "accepted", provesLive: true, requestID: "req_\(number)")
        return ProbeReport(outcome: outcome, requests: 1)
    }
}
