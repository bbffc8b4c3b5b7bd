internal import FoundationEssentials
internal import Glibc
internal import Lifecycle
internal import Wire

/// How far each channel has told what was to be told, and why one does not: pure but for its file.
struct NoticeLedger: Codable, Equatable {
    struct Channel: Codable, Equatable {
        /// The last entry of the journal that is told, or need not be.
        var after: UInt64
        /// In a row.
        var failures = 0
        var retryAt: Timestamp?
        var problem: String?
        var deliveredAt: Timestamp?
    }
    /// Whose journal is counted.
    var vault: RecordID?
    var channels: [String: Channel] = [:]

    private static let shortest = Duration.seconds(5)
    private static let longest = Duration.hours(1)

    /// Another vault's journal counts anew: from there on.
    mutating func follow(_ page: NoticePage, _ names: [String]) {
        if vault != page.vault { (vault, channels) = (page.vault, [:]) }
        channels = channels.filter { names.contains($0.key) && $0.value.after <= page.upTo }
        for name in names where channels[name] == nil { channels[name] = Channel(after: page.upTo) }
    }

    /// Channels that may be tried now.
    func ready(at now: Timestamp) -> [String] {
        channels.filter { $0.value.retryAt.map { $0 <= now } ?? true }.map(\.key).sorted()
    }

    mutating func delivered(_ name: String, upTo sequence: UInt64, at now: Timestamp, any: Bool) {
        guard var channel = channels[name] else { return }
        channel.after = max(channel.after, sequence)
        (channel.failures, channel.retryAt, channel.problem) = (0, nil, nil)
        if any { channel.deliveredAt = now }
        channels[name] = channel
    }

    mutating func failed(_ name: String, _ problem: String, at now: Timestamp) {
        guard var channel = channels[name] else { return }
        var wait = Self.shortest
        for _ in 0..<min(channel.failures, 16) where wait < Self.longest { wait = wait * 2 }
        channel.failures += 1
        channel.retryAt = now + min(wait, Self.longest)
        channel.problem = problem
        channels[name] = channel
    }

    /// An empty one when there is none that can be read.
    static func load(_ path: String) -> NoticeLedger {
        guard let data = try? Data(contentsOf: URL(filePath: path)) else { return NoticeLedger() }
        return (try? JSONDecoder().decode(NoticeLedger.self, from: data)) ?? NoticeLedger()
    }

    /// Whole or not at all; false when the disk does not take it.
    func save(_ path: String) -> Bool {
        guard let data = try? JSONEncoder().encode(self) else { return false }
        let part = path + ".part"
        let file = unsafe open(part, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard file >= 0 else { return false }
        let bytes = [UInt8](data)
        let isWritten = unsafe write(file, bytes, bytes.count) == bytes.count
        close(file)
        guard isWritten else { return false }
        return unsafe rename(part, path) == 0
    }
}

extension Notice {
    /// What is still worth telling of notices that waited: no incident that is over already, and of the steps to an end the last.
    static func worthTelling(_ waiting: [Notice]) -> [Notice] {
        var kept: [Notice] = []
        for notice in waiting {
            switch notice.kind {
            case .recovered:
                let incident = kept.lastIndex { $0.name == notice.name && $0.kind == .needsPerson }
                if let incident { kept.remove(at: incident) } else { kept.append(notice) }
            case .deadline:
                kept.removeAll { $0.name == notice.name && $0.kind == .deadline }
                kept.append(notice)
            default: kept.append(notice)
            }
        }
        return kept
    }
}
