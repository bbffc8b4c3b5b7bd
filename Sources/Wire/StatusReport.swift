package import Lifecycle
package import Sealing

/// What `secret status` shows: redacted by nature.
package struct StatusReport: Equatable, Sendable, Codable {
    package var credentials: [CredentialReport]
    package var daemon: DaemonReport
    /// Counts by state; without a name only.
    package var summary: [String: Int]?
    /// Records that do not authenticate and are left out.
    package var damaged = 0
    /// What `--check` says of all that the query covers, whatever the page: 0, 1 or 2.
    package var check: Int32 = 0
    /// Credentials that are not among what is told, because a large vault was opened a moment ago; nil when all are.
    package var uncounted: Int?

    package init(credentials: [CredentialReport], daemon: DaemonReport, summary: [String: Int]?) {
        self.credentials = credentials
        self.daemon = daemon
        self.summary = summary
    }
}

package struct DaemonReport: Equatable, Sendable, Codable {
    package var running: Bool
    package var locked: Bool
    /// What the kernel grants: whether all secrets are in memory that is not swapped.
    package var memoryLocked: Bool
    /// The same in full.
    package var memory: LockedMemory
    package var database: String
    package var slots: [String]
    /// Whether the key holder reaches the prober.
    package var prober: Bool
    /// Whether an anchor vouches that this is the newest state: `anchored`, `unknown`, `lagging`; nil while locked.
    package var freshness: String?
    /// Our clock minus the providers', while so many disagree that no time is believed.
    package var clockSkewSeconds: Int64?
    /// Hosts that have more credentials than they can be asked about in the wanted interval; nil when there is none.
    package var crowded: [CrowdedHost]?
    package var build: String
    /// What the weakest slot protects, in one plain sentence.
    package var protection: String

    package init(
        running: Bool, locked: Bool, memory: LockedMemory, database: String, slots: [String], prober: Bool,
        protection: String
    ) {
        self.running = running
        self.locked = locked
        memoryLocked = memory != .open
        self.memory = memory
        self.database = database
        self.slots = slots
        self.prober = prober
        self.protection = protection
        build = buildVersion
    }
}

/// A host whose credentials are asked about less often than wanted, because it is sent one request in `probe.host_rate`.
package struct CrowdedHost: Equatable, Sendable, Codable {
    package var host: String
    package var credentials: Int
    /// Between two questions about one of them, in seconds.
    package var intervalSeconds: Int64

    package init(host: String, credentials: Int, intervalSeconds: Int64) {
        self.host = host
        self.credentials = credentials
        self.intervalSeconds = intervalSeconds
    }
}

/// One credential as DESIGN §8 lists it; every member is always present, null where there is nothing to say.
package struct CredentialReport: Equatable, Sendable, Codable {
    package var name: CredentialName
    package var kind: String
    package var state: State
    package var verdict: String
    package var deadline: Deadline
    package var probing: Probing
    package var reason: String?
    package var fingerprint: String
    package var length: Int
    package var store: String
    package var version: Int
    package var addedAt: String
    package var expiresAt: String?
    package var expirySource: String
    package var versions: [VersionReport]
    package var lastProbe: LastProbeReport?
    package var provenAt: String?
    package var nextProbeAt: String?
    package var action: String?
    /// Where helpers may have it sent.
    package var hosts: [String] = []
    package var account: String?
    /// Who read it, the latest first.
    package var consumers: [ConsumerReport] = []
    package var dates = DatesReport()
    /// What the provider told of it, such as a label or scopes, by name.
    package var facts: [String: String] = [:]
    package var requests: LedgerReport?

    /// What is known of its beginning and its end; RFC 3339, null where nothing is.
    package struct DatesReport: Equatable, Sendable, Codable {
        /// By a person.
        package var minted: String?
        package var pasted: String?
        /// By a person.
        package var declared: String?
        /// By the provider, in a reply or in the token.
        package var observed: String?

        package init() {}

        package func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(minted, forKey: .minted)
            try members.encode(pasted, forKey: .pasted)
            try members.encode(declared, forKey: .declared)
            try members.encode(observed, forKey: .observed)
        }
    }

    /// Requests that were sent to the provider.
    package struct LedgerReport: Equatable, Sendable, Codable {
        package var since: String
        package var sent: Int
        package var billed: Int

        package init(_ ledger: CredentialRow.ProbeLedger) {
            since = ledger.since.rfc3339
            sent = ledger.requests
            billed = ledger.billed
        }
    }

    package struct ConsumerReport: Equatable, Sendable, Codable {
        package var program: String
        package var title: String
        package var use: String
        package var user: UInt32
        package var first: String
        package var last: String
        package var count: Int

        package init(_ record: ConsumerRecord) {
            program = record.consumer.program
            title = record.consumer.title
            use = record.consumer.use.rawValue
            user = record.consumer.user
            first = record.first.rfc3339
            last = record.last.rfc3339
            count = record.count
        }
    }

    package struct VersionReport: Equatable, Sendable, Codable {
        package var n: Int
        package var role: Version.Role
        /// Nil when the value is gone.
        package var fingerprint: String?
        package var at: String
        /// When the provider was first seen to refuse a replaced value.
        package var ended: String?
        /// When it was last seen to accept one all the same.
        package var stillWorks: String?

        package init(n: Int, role: Version.Role, fingerprint: String?, at: String) {
            self.n = n
            self.role = role
            self.fingerprint = fingerprint
            self.at = at
        }

        package func encode(to encoder: any Encoder) throws {
            var members = encoder.container(keyedBy: CodingKeys.self)
            try members.encode(n, forKey: .n)
            try members.encode(role, forKey: .role)
            try members.encode(fingerprint, forKey: .fingerprint)
            try members.encode(at, forKey: .at)
            try members.encode(ended, forKey: .ended)
            try members.encode(stillWorks, forKey: .stillWorks)
        }
    }

    package struct LastProbeReport: Equatable, Sendable, Codable {
        package var at: String
        package var outcome: OutcomeClass
        package var reason: String
        package var requestId: String?

        package init(at: String, outcome: Outcome) {
            self.at = at
            self.outcome = outcome.kind
            reason = outcome.reason
            requestId = outcome.requestID
        }
    }

    package init(
        name: CredentialName, kind: String, state: State, verdict: Verdict, deadline: Deadline, probing: Probing,
        fingerprint: String, length: Int, store: String, version: Int, addedAt: Timestamp
    ) {
        self.name = name
        self.kind = kind
        self.state = state
        self.verdict = verdict.name
        self.deadline = deadline
        self.probing = probing
        self.fingerprint = fingerprint
        self.length = length
        self.store = store
        self.version = version
        self.addedAt = addedAt.rfc3339
        expirySource = "none"
        versions = []
    }

    package func encode(to encoder: any Encoder) throws {
        var members = encoder.container(keyedBy: CodingKeys.self)
        try members.encode(name, forKey: .name)
        try members.encode(kind, forKey: .kind)
        try members.encode(state, forKey: .state)
        try members.encode(verdict, forKey: .verdict)
        try members.encode(deadline, forKey: .deadline)
        try members.encode(probing, forKey: .probing)
        try members.encode(reason, forKey: .reason)
        try members.encode(fingerprint, forKey: .fingerprint)
        try members.encode(length, forKey: .length)
        try members.encode(store, forKey: .store)
        try members.encode(version, forKey: .version)
        try members.encode(addedAt, forKey: .addedAt)
        try members.encode(expiresAt, forKey: .expiresAt)
        try members.encode(expirySource, forKey: .expirySource)
        try members.encode(versions, forKey: .versions)
        try members.encode(lastProbe, forKey: .lastProbe)
        try members.encode(provenAt, forKey: .provenAt)
        try members.encode(nextProbeAt, forKey: .nextProbeAt)
        try members.encode(action, forKey: .action)
        try members.encode(hosts, forKey: .hosts)
        try members.encode(account, forKey: .account)
        try members.encode(consumers, forKey: .consumers)
        try members.encode(dates, forKey: .dates)
        try members.encode(facts, forKey: .facts)
        try members.encode(requests, forKey: .requests)
    }
}
