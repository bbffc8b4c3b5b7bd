import Foundation
import Lifecycle
import Policies
import Sealing
import Storage
import Synchronization
import TestSupport
import Wire

@testable import Vault

/// A vault with a clock, a provider and a machine of the test's own.
struct Bench {
    let vault: Vault
    let clock: ManualClock
    let prober = ScriptedProber()
    let keeper = ScriptedKeeper()
    let machine = MachineKey()
    let anchor = AnchorBox()
    let faults = Ledger<Fault>()
    let store: any RecordStore
    let surroundings: Surroundings

    /// Read once: YAML takes its time.
    static let catalogue = Result { try BuiltInPolicies.load() }
    static let start = Timestamp(seconds: 1_800_000_000)

    /// - Parameter other: who is asked instead of the scripted prober.
    init(
        store: any RecordStore = MemoryStore(), settings: Settings = .standard, prober other: (any ProbeClient)? = nil,
        clock: ManualClock = ManualClock()
    ) throws {
        self.store = store
        self.clock = clock
        let faults = faults
        surroundings = Surroundings(
            now: { clock.now }, prober: other ?? prober, keeper: keeper, machineKey: machine, anchor: anchor,
            rescheduled: {},
            failed: { faults.append($0) },
            database: "memory")
        vault = Vault(
            store: store, catalogue: try Self.catalogue.get(), settings: settings, surroundings: surroundings)
    }

    /// With a vault that the machine opens.
    static func open(store: any RecordStore = MemoryStore(), settings: Settings = .standard) async throws -> Bench {
        let bench = try Bench(store: store, settings: settings)
        _ = try await bench.vault.initialize(.machine, secret: nil)
        return bench
    }

    /// The same store, machine and clock under a daemon that starts anew.
    func restarted(store other: (any RecordStore)? = nil) throws -> Vault {
        Vault(
            store: other ?? store, catalogue: try Self.catalogue.get(), settings: .standard,
            surroundings: surroundings)
    }

    static let name = Bench.named("anthropic/main")
    static let host = Bench.host("git.example.com")
    static let peer = Peer(connection: 1, user: 1000, program: "/usr/bin/node", title: "gateway")

    /// One of many programs.
    static func reader(_ number: Int) -> Peer {
        Peer(connection: UInt64(100 + number), user: 1000, program: "/opt/reader-\(number)", title: "reader")
    }

    static func host(_ text: String) -> BoundHost {
        guard let host = try? BoundHost(text) else { preconditionFailure("\(text) is a host") }
        return host
    }

    static func named(_ text: String) -> CredentialName {
        guard let name = try? CredentialName(text) else { preconditionFailure("\(text) is a name") }
        return name
    }

    static func order(_ name: CredentialName = name, _ change: (inout StoreOrder) -> Void = { _ in }) -> StoreOrder {
        var order = StoreOrder(name: name)
        order.accepted = [.probe]
        change(&order)
        return order
    }

    /// Adds a setup-token; the provider says what the script says.
    @discardableResult func add(
        _ token: String = Token.setup(1), as order: StoreOrder = order()
    ) async throws -> StoreReport {
        try Self.stored(await vault.add(order, paste: Token.box(token)))
    }

    @discardableResult func rotate(
        _ token: String = Token.setup(2), as order: StoreOrder = order()
    ) async throws -> StoreReport {
        try Self.stored(await vault.rotate(order, paste: Token.box(token)))
    }

    static func stored(_ answer: Answer) throws -> StoreReport {
        guard case .stored(let report) = answer else { throw Unexpected(answer: answer) }
        return report
    }

    func report(_ name: CredentialName = name) async throws -> CredentialReport {
        let report = try await vault.status(StatusQuery(name: name))
        guard let credential = report.credentials.first else { throw Unexpected(answer: .status(report)) }
        return credential
    }

    func events(_ name: CredentialName = name) async throws -> [String] {
        try await vault.history(name, limit: 1000).reversed().map(\.event)
    }

    /// Lets the timer do what is due until `end`, time passing from one due time to the next. Returns how often it ran.
    @discardableResult func run(until end: Timestamp) async throws -> Int {
        var turns = 0
        while let due = try await vault.nextDue(), due <= end {
            clock.set(max(due, clock.now))
            try await vault.tick(limit: 8)
            turns += 1
            guard turns < 10_000 else { throw Unexpected(answer: nil) }
        }
        clock.set(max(end, clock.now))
        return turns
    }

    /// Whether the timer has nothing to do but to remind of an end that is far away.
    var isAtRest: Bool {
        get async throws { try await vault.nextDue().map { $0 > clock.now + .days(100) } ?? true }
    }

    /// The only row of the store.
    func row() throws -> StoredRow {
        guard let row = try store.rows(after: nil, limit: 2).first else { throw StorageError.missing }
        return row
    }
}

struct Unexpected: Error { var answer: Answer? }

/// The fault that a piece of work ends with; nil when it ends well.
func fault<Value>(_ work: () async throws -> Value) async -> Fault? {
    do {
        _ = try await work()
        return nil
    } catch { return error as? Fault }
}

/// Time moves when the test says so.
final class ManualClock: Sendable {
    private let time = Mutex(Bench.start)

    var now: Timestamp { time.withLock(\.self) }
    func set(_ now: Timestamp) { time.withLock { $0 = now } }
    func advance(_ span: Duration) { time.withLock { $0 = $0 + span } }
}

/// What was appended, by whichever task.
final class Ledger<Entry: Sendable>: Sendable {
    private let entries = Mutex<[Entry]>([])

    var all: [Entry] { entries.withLock(\.self) }
    func append(_ entry: Entry) { entries.withLock { $0.append(entry) } }
}

/// The anchor in memory, two turns of it as in the file.
final class AnchorBox: AnchorHome {
    private let turns = Mutex<[[UInt8]]>([[], []])
    private let broken = Mutex(false)

    func read() throws(Fault) -> [[UInt8]] { turns.withLock { $0.filter { !$0.isEmpty } } }

    func write(_ anchor: [UInt8], turn: UInt64) throws(Fault) {
        guard !broken.withLock(\.self) else { throw Fault(.inputOutput, "anchor", "the disk is full") }
        turns.withLock { $0[Int(turn % 2)] = anchor }
    }

    func flush() throws(Fault) {}
    func set(_ anchors: [[UInt8]]) { turns.withLock { $0 = Array((anchors + [[], []]).prefix(2)) } }
    func breaks(_ isBroken: Bool) { broken.withLock { $0 = isBroken } }
}

/// The machine's key in memory.
final class MachineKey: MachineKeyHome {
    private let key = Mutex<SecretBox?>(nil)

    func read() throws(Fault) -> SecretBox? { key.withLock(\.self) }

    func create(_ key: borrowing SecretBytes) throws(Fault) {
        guard let copy = try? SecretBox(key.extracting(0..<key.count)) else {
            throw Fault(.fault, "memory", "no locked memory")
        }
        self.key.withLock { $0 = copy }
    }

    /// As when a person deletes the file.
    func lose() { key.withLock { $0 = nil } }
}
