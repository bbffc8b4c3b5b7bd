package import Lifecycle
internal import NIOCore
internal import NIOPosix
internal import Synchronization

/// Whether this machine reaches hosts at all; nothing is sent to them.
package protocol NetworkCheck: Sendable {
    /// Opens a connection to port 443 and closes it.
    func reaches(_ host: String) async -> Bool
}

/// By TCP, within 3 s.
package struct ConnectionCheck: NetworkCheck {
    private static let timeout = TimeAmount.seconds(3)

    package init() {}

    package func reaches(_ host: String) async -> Bool {
        let bootstrap = ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton).connectTimeout(Self.timeout)
        guard let channel = try? await bootstrap.connect(host: host, port: 443).get() else { return false }
        try? await channel.close()
        return true
    }
}

/// Tells a machine without network from a provider that is down: two hosts that have nothing to do with each other must fail too.
package final class NetworkSense: Sendable {
    /// How long an answer is believed.
    package static let lasting = Duration.seconds(30)
    private let check: any NetworkCheck
    private let hosts: [String]
    private let last = Mutex<(at: Timestamp, isOffline: Bool)?>(nil)

    /// - Parameter hosts: some that many policies name, each of another maker.
    package init(check: any NetworkCheck, hosts: [String]) {
        self.check = check
        self.hosts = hosts
    }

    /// - Parameter host: the one that did not answer; it is not asked again.
    package func isOffline(besides host: String, at now: Timestamp) async -> Bool {
        if let known = last.withLock(\.self), now - known.at < Self.lasting, now >= known.at { return known.isOffline }
        let others = hosts.filter { $0.domain != host.domain }.prefix(2)
        guard others.count == 2 else { return false }
        for other in others where await check.reaches(other) {
            last.withLock { $0 = (now, false) }
            return false
        }
        last.withLock { $0 = (now, true) }
        return true
    }
}

extension String {
    /// The last two labels of a host.
    fileprivate var domain: String { split(separator: ".").suffix(2).joined(separator: ".") }
}
