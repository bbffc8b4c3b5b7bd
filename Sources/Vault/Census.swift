internal import Lifecycle
internal import Storage

/// What is known of each credential at a glance, so that counts, pages and urgent cases need no look at a million rows.
///
/// Filled a node of the manifest at a time behind the unlocking, kept up by every commit; about 200 bytes each.
struct Census: Sendable {
    struct Entry: Sendable {
        var name: CredentialName
        var state: State
        var check: Check
        /// Whether there is a command that a person should run, and nobody paused it.
        var isUrgent: Bool
        /// Whether the timer asks about it.
        var isAsked: Bool
        var hasOwnHosts: Bool
        /// Into `hosts`.
        var host: UInt32
        /// Of the live value's fingerprint, to find another credential with the same.
        var fingerprint: Int
        /// From then on this is to be looked at again, in seconds since 1970, although nothing was written.
        var until: UInt32
    }

    private(set) var entries: [RecordID: Entry] = [:]
    private var hosts: [String] = []
    private var places: [String: UInt32] = [:]
    /// Asked credentials, by host.
    private var loads: [Int] = []
    /// Records of each node that do not authenticate.
    private var damages: [UInt8: Int] = [:]
    /// The next node to be filled; 256 when all are.
    private(set) var next = 0
    /// Names in their order, while nobody came or went.
    private var order: [CredentialName]?
    /// The store as it was when this was true of it.
    var mark: ChangeMark?

    var isComplete: Bool { next > Int(UInt8.max) }
    var damaged: Int { damages.values.reduce(0, +) }

    /// - Parameter count: of credentials, as far as the manifest tells.
    init(expecting count: Int = 0) { entries.reserveCapacity(count) }

    /// Everything is looked at again; until then what was known stands.
    mutating func startOver() { next = 0 }

    mutating func filled(_ node: UInt8, damaged: Int) {
        damages[node] = damaged > 0 ? damaged : nil
        next = max(next, Int(node) + 1)
    }

    mutating func filledAll(damaged: Int) {
        damages = damaged > 0 ? [0: damaged] : [:]
        next = Int(UInt8.max) + 1
    }

    mutating func place(ofHost host: String) -> UInt32 {
        if let place = places[host] { return place }
        let place = UInt32(hosts.count)
        hosts.append(host)
        loads.append(0)
        places[host] = place
        return place
    }

    mutating func put(_ entry: Entry, _ id: RecordID) {
        let before = entries.updateValue(entry, forKey: id)
        if before?.name != entry.name { order = nil }
        if let before, before.isAsked { loads[Int(before.host)] -= 1 }
        if entry.isAsked { loads[Int(entry.host)] += 1 }
    }

    mutating func remove(_ id: RecordID) {
        guard let entry = entries.removeValue(forKey: id) else { return }
        order = nil
        if entry.isAsked { loads[Int(entry.host)] -= 1 }
    }

    /// How many credentials the timer asks a host about, as far as known.
    func load(of host: String) -> Int { places[host].map { loads[Int($0)] } ?? 0 }

    /// Hosts that the timer asks, with how many credentials it asks each about.
    var loadedHosts: [(host: String, credentials: Int)] {
        zip(hosts, loads).filter { $0.1 > 0 }.map { (host: $0.0, credentials: $0.1) }
    }

    /// Those that time alone may have changed.
    func stale(at now: Timestamp) -> [RecordID] {
        let seconds = UInt32(clamping: now.milliseconds / 1000)
        return entries.filter { $0.value.until <= seconds }.map(\.key)
    }

    func counts() -> (states: [State: Int], check: Check) {
        var (states, check) = ([State: Int](), Check.well)
        for entry in entries.values {
            states[entry.state, default: 0] += 1
            check = max(check, entry.check)
        }
        return (states, check)
    }

    /// The worst of those that need a person, the first by name among equals, and how many others do.
    func mostUrgent() -> (name: CredentialName, others: Int)? {
        let urgent = entries.values.lazy.filter(\.isUrgent)
        guard let worst = urgent.min(by: { ($0.state, $0.name) < ($1.state, $1.name) }) else { return nil }
        return (worst.name, urgent.reduce(0) { count, _ in count + 1 } - 1)
    }

    /// Names behind one of them, in their order.
    mutating func names(after name: CredentialName?, limit: Int) -> ArraySlice<CredentialName> {
        let order = order ?? entries.values.map(\.name).sorted()
        self.order = order
        var (low, high) = (0, order.count)
        while let name, low < high {
            let middle = (low + high) / 2
            if order[middle] > name { high = middle } else { low = middle + 1 }
        }
        return order[low...].prefix(limit)
    }

    func ids(where fits: (Entry) -> Bool) -> [RecordID] { entries.filter { fits($0.value) }.map(\.key) }
}
